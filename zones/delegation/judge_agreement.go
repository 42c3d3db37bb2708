package delegation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// said is one thing that servers say, and which of them say it.
type said struct {
	what string
	by   []string
}

// compare groups the servers by what they say, in order of first mention. Those that say nothing ("") are left out.
func (j *judgement) compare(says func(*Server) string) []said {
	var all []said
	for i := range j.Servers {
		s := &j.Servers[i]
		what := says(s)
		if what == "" {
			continue
		}
		at := slices.IndexFunc(all, func(a said) bool { return a.what == what })
		if at < 0 {
			all, at = append(all, said{what: what}), len(all)
		}
		all[at].by = append(all[at].by, s.String())
	}
	return all
}

// agree finds an error when servers say different things.
func (j *judgement) agree(rule Rule, thing, do string, says func(*Server) string) {
	all := j.compare(says)
	if len(all) > 1 {
		var parts []string
		for _, a := range all {
			parts = append(parts, fmt.Sprintf("%s on %s", a.what, strings.Join(a.by, ", ")))
		}
		j.find(Error, rule, fmt.Sprintf("the servers differ in the %s: %s", thing, strings.Join(parts, "; ")), do)
	}
	if len(all) == 1 {
		j.find(OK, rule, fmt.Sprintf("the same %s on all: %s", thing, all[0].what), "")
	}
}

// agreement judges whether all servers say the same. What differs is an error, but for the serial of a zone that has
// just been edited, which is the same once the edit has spread: an error all the same, and to be tried again.
func (j *judgement) agreement() {
	j.agree(RuleSerial, "serial", "wait until the edit has reached all, or find out why transfers do not", func(s *Server) string {
		if soa := s.soa(j.Zone); soa != nil {
			return fmt.Sprint(soa.Serial)
		}
		return ""
	})
	j.agree(RuleSOA, "SOA", "serve the same zone everywhere", func(s *Server) string {
		if soa := s.soa(j.Zone); soa != nil {
			return fmt.Sprintf("%s %s %d %d %d %d", dns.CanonicalName(soa.Ns), dns.CanonicalName(soa.Mbox), soa.Refresh, soa.Retry, soa.Expire, soa.Minttl)
		}
		return ""
	})
	j.agree(RuleNS, "NS set", "serve the same zone everywhere", func(s *Server) string { return list(s.ns()) })
	for _, n := range j.Names {
		if j.Inside(n.Host) {
			j.agree(RuleGlueSame, "addresses of "+bare(n.Host), "serve the same zone everywhere, and do not steer the addresses of name servers",
				func(s *Server) string { return addressesOf(s, n.Host) })
		}
	}
}

// addressesOf is what a server says of the addresses of a name, "" if it has no authority over it: below a cut.
func addressesOf(s *Server, host string) string {
	m := s.Replies[AskAddress(host, dns.TypeA)].Msg
	if m == nil || !m.Authoritative {
		return ""
	}
	if addrs := s.addresses(host); len(addrs) > 0 {
		return list(addrs)
	}
	return "none"
}
