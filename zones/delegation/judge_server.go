package delegation

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/miekg/dns"
)

// reach judges whether a server can be reached (RFC 9210), and if so all the rest of it.
//
//	UDP      TCP      several over one connection    finding
//	away     away     any                            warning: not tested from here; of all servers: error
//	no       any      any                            error
//	any      no       any                            error
//	any      yes      no                             warning (RFC 7766 section 6.2.1)
func (j *judgement) reach(s *Server) {
	if s.Away != "" {
		level := Error
		if slices.ContainsFunc(j.Servers, func(o Server) bool { return o.Away == "" }) {
			level = Warning
		}
		j.find(level, RuleUDP, "not tested: "+s.Away, "run the check on a host that has a way to it")
		return
	}
	udp, tcp := s.Replies[askSOA], s.Replies[askSOATCP]
	if udp.Msg == nil {
		j.find(Error, RuleUDP, "no answer over UDP: "+udp.Err, "is the server running, port 53/UDP open?")
	}
	j.fine(RuleUDP, "answers over UDP")
	if tcp.Msg == nil {
		j.find(Error, RuleTCP, "no answer over TCP: "+tcp.Err, "open port 53/TCP: truncated answers are asked for again over it")
	} else if s.Replies[askNSTCP].Msg == nil || s.Replies[askTypeTCP].Msg == nil {
		j.find(Warning, RuleTCP, "answers the first query of a TCP connection, and not all that follow: "+s.Replies[askTypeTCP].Err, "let it take several queries on one connection")
	}
	j.fine(RuleTCP, "answers several queries over one TCP connection")
	if udp.Msg == nil && tcp.Msg == nil {
		return
	}
	if udp.Msg != nil {
		j.source(s)
		j.oddCase(s)
	}
	if j.authority(s) {
		j.header(s)
		if udp.Msg != nil {
			j.edns(s)
		}
	}
	j.recursion(s)
	j.transfer(s)
}

func (j *judgement) source(s *Server) {
	from := s.Replies[askSOA].From
	if from != (netip.AddrPort{}) && from != s.Addr {
		j.find(Error, RuleSource, fmt.Sprintf("the answer came from %s: resolvers throw it away", from), "let the server answer from the address that was asked (it may have to listen on each)")
	}
	j.fine(RuleSource, "answers from the address that was asked")
}

// authority judges whether the server serves the zone (RFC 1034 section 4.2.1).
func (j *judgement) authority(s *Server) bool {
	m := s.Replies[askSOA].Msg
	if m == nil {
		m = s.Replies[askSOATCP].Msg
	}
	switch {
	case m.Rcode != dns.RcodeSuccess:
		j.find(Error, RuleAuthority, "does not serve the zone: it answers "+rcode(m.Rcode), "load the zone there")
	case !m.Authoritative:
		j.find(Error, RuleAuthority, "answers without authority (AA)", "load the zone there: it is no cache's business")
	case s.soa(j.Zone) == nil:
		j.find(Error, RuleAuthority, "answers without a SOA record of the zone", "load the zone there")
	}
	j.fine(RuleAuthority, "serves the zone")
	return s.soa(j.Zone) != nil
}

func (j *judgement) oddCase(s *Server) {
	m := s.Replies[askCase].Msg
	switch {
	case m == nil:
		j.find(Error, RuleCase, "no answer to the name in odd case: "+s.Replies[askCase].Err, "resolvers ask so against forgery")
	case len(m.Question) != 1 || m.Question[0].Name != oddCase(j.Zone):
		j.find(Error, RuleCase, "the answer does not repeat the case of the question: resolvers that look throw it away", "copy the question into the answer as it came")
	}
	j.fine(RuleCase, "repeats the case of the question")
}

// recursion judges whether the server is an open resolver (RFC 5358).
//
//	answer to a foreign name                       finding
//	RA in any answer                               error
//	data without authority, or NXDOMAIN so         error
//	NOERROR with the name servers of the root      warning: an upward referral, good for attacks
//	none                                           ok: some servers drop such queries
func (j *judgement) recursion(s *Server) {
	for _, query := range []string{askSOA, askRoot, askForeign} {
		m := s.Replies[query].Msg
		switch {
		case m == nil:
		case m.RecursionAvailable:
			j.find(Error, RuleRecursion, "offers recursion (RA)", "turn recursion off for all but its own clients")
			return
		case query == askSOA, m.Authoritative:
		case len(m.Answer) > 0, m.Rcode == dns.RcodeNameError:
			j.find(Error, RuleRecursion, "resolves foreign names", "turn recursion off")
			return
		case m.Rcode == dns.RcodeSuccess && len(m.Ns) > 0:
			j.find(Warning, RuleRecursion, "answers foreign names with a referral to the root", "answer REFUSED")
		}
	}
	j.fine(RuleRecursion, "does not resolve foreign names")
}

func (j *judgement) transfer(s *Server) {
	m := s.Replies[AskTransfer].Msg
	if m != nil && m.Rcode == dns.RcodeSuccess && len(m.Answer) > 0 {
		j.find(Warning, RuleTransfer, "gives the whole zone to anybody (AXFR)", "allow transfers to the secondaries alone")
	}
	j.fine(RuleTransfer, "refuses to transfer the zone")
}

func rcode(of int) string {
	if of == dns.RcodeBadVers { // 16 is BADSIG too, in signatures of transactions
		return "BADVERS"
	}
	if word := dns.RcodeToString[of]; word != "" {
		return word
	}
	return fmt.Sprint(of)
}
