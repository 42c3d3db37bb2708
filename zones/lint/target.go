package lint

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/miekg/dns"

	"leeward/zones"
)

// fate is what becomes of who looks for the address of a name of the zone.
type fate struct {
	kind fateKind
	cut  *zones.RRset // for delegated: the NS RRset
}

type fateKind uint8

const (
	found     fateKind = iota
	delegated          // another zone knows
	alias
	renamed // below a DNAME
	bare    // it exists without address
	missing
)

func (f fate) String() string {
	switch f.kind {
	case alias:
		return "is a CNAME"
	case renamed:
		return "lies below a DNAME"
	case bare:
		return "has no address"
	default:
		return "does not exist"
	}
}

func (c *check) fate(name zones.Name) fate {
	lower := []byte(name.Lower())
	switch r := c.zone.Lookup(lower, dns.TypeA); {
	case r.Kind == zones.Answer, r.Kind == zones.Alias: // what that leads to is looked at by itself
		return fate{kind: found}
	case r.Kind == zones.Referral:
		return fate{delegated, r.Set}
	case r.Kind == zones.CNAME:
		return fate{kind: alias}
	case r.Kind == zones.DNAME:
		return fate{kind: renamed}
	case r.Kind == zones.NXDomain:
		return fate{kind: missing}
	case c.zone.Lookup(lower, dns.TypeAAAA).Kind == zones.Answer:
		return fate{kind: found}
	default:
		return fate{kind: bare}
	}
}

// target is the name that a record of some types leads to, or "".
func target(s *zones.RRset, i int) zones.Name {
	at := 0
	switch s.Type {
	case dns.TypeNS, dns.TypeCNAME, dns.TypeDNAME, dns.TypePTR, zones.TypeALIAS:
	case dns.TypeMX, dns.TypeSVCB, dns.TypeHTTPS:
		at = 2
	case dns.TypeSRV:
		at = 6
	default:
		return ""
	}
	rdata := s.RData(i)[at:]
	end := 0
	for rdata[end] != 0 {
		end += 1 + int(rdata[end])
	}
	return zones.Name(rdata[:end+1])
}

// targets looks at what MX, SRV, SVCB and HTTPS records lead to. The root says "none" (RFC 7505, RFC 2782, RFC 9460).
func (c *check) targets(s *zones.RRset) {
	switch s.Type {
	case dns.TypeMX, dns.TypeSRV, dns.TypeSVCB, dns.TypeHTTPS:
	default:
		return
	}
	for i := range s.Len() {
		to := target(s, i)
		if to == zones.Root {
			continue
		}
		if s.Type == dns.TypeMX && c.looksLikeAddress(s, i, to) || !c.inside(to) {
			continue
		}
		f, name := c.fate(to), c.draft.Relative(to)
		switch {
		case f.kind == found, f.kind == delegated:
		case f.kind == alias && (s.Type == dns.TypeSVCB || s.Type == dns.TypeHTTPS):
		case f.kind == alias:
			c.say(rule{"target-alias", Warning, "an alias is not allowed there (RFC 2181 section 10.3, RFC 2782), and some who ask do not follow it",
				"name what the CNAME leads to"}, s, i, "the target %s of its %s is a CNAME", name, typeName(s.Type))
		default:
			c.say(rule{"target-missing", Warning, "whoever asks for this service finds nobody: mail is lost, connections fail",
				"add an A or AAAA record for the target, or correct its name (a dot at the end is for full names)"},
				s, i, "the target %s of its %s %s", name, typeName(s.Type), f)
		}
	}
}

// looksLikeAddress warns of a name that is an address, as a person mistakes one for the other.
func (c *check) looksLikeAddress(s *zones.RRset, i int, name zones.Name) bool {
	text := strings.TrimSuffix(c.draft.Relative(name), ".")
	if _, err := netip.ParseAddr(text); err != nil {
		return false
	}
	c.say(rule{"target-address", Warning, "an address stands where a name is wanted: nobody finds it",
		"name a host, and give that the address"}, s, i, "the target of its %s is the address %s", typeName(s.Type), text)
	return true
}

// maxAliases is how many CNAMEs in a row pass without remark.
const maxAliases = 2

// alias follows CNAME, DNAME and ALIAS records through the zone.
func (c *check) alias(s *zones.RRset) {
	if s.Type == zones.TypeALIAS {
		c.flattened(s)
		return
	}
	if s.Type != dns.TypeCNAME && s.Type != dns.TypeDNAME {
		return
	}
	loop := rule{"alias-loop", Warning, "whoever asks goes in circles and is answered nothing", "lead it to a name with data"}
	first := target(s, 0)
	if s.Type == dns.TypeDNAME {
		if within(first, s.Owner) {
			c.say(loop, s, 0, "the DNAME leads to a name at or below itself")
		}
		return
	}
	seen := map[zones.Name]bool{s.Owner.Lower(): true}
	at := first
	for links := 1; c.inside(at); links++ {
		if seen[at.Lower()] {
			c.say(loop, s, 0, "the CNAME comes back to %s", c.draft.Relative(at))
			return
		}
		seen[at.Lower()] = true
		r := c.zone.Lookup([]byte(at.Lower()), dns.TypeA)
		if r.Kind == zones.NXDomain {
			c.say(rule{"alias-missing", Warning, "whoever asks is told that the name does not exist",
				"correct the target (a dot at the end is for full names), or take the alias out"}, s, 0,
				"the CNAME leads to %s, which does not exist", c.draft.Relative(at))
		}
		if r.Kind != zones.CNAME {
			return
		}
		if at = target(r.Set, 0); links == maxAliases {
			c.say(rule{"alias-chain", Warning, "each CNAME costs resolvers time, and some give up early",
				"lead the CNAME to the last name of the chain"}, s, 0, "a chain of more than %d CNAMEs", maxAliases)
		}
	}
}

// flattened looks at where an ALIAS leads.
func (c *check) flattened(s *zones.RRset) {
	beyond, fault := c.zone.AliasEnd(s)
	if beyond != "" && c.beside.Served != nil && !c.beside.Served(beyond) {
		fault = fmt.Sprintf("leads to %s, which is in no other zone that is served here", c.draft.Relative(beyond))
	}
	if fault != "" {
		c.say(rule{"alias-target", Error, "whoever asks for the address of this name gets an error, or none: other servers are not asked",
			"lead it to a name with an A or AAAA record in a zone that is served here"}, s, 0, "the ALIAS %s", fault)
	}
	if name := c.fallbackOf(s); name != "" && !c.inside(name) && c.beside.Served != nil && !c.beside.Served(name) {
		c.say(rule{"alias-fallback", Warning, "just when no colo is left, whoever asks for the address of this name gets an error: an ALIAS cannot give a CNAME",
			"give addresses as the fallback, or serve the zone of that name here"}, s, 0,
			"the ALIAS leads to a name whose fallback is %s, which is in no zone that is served here", name.Bare())
	}
}

// fallbackOf is the name that the addresses at the end of an ALIAS fall back to, "" if there is none.
func (c *check) fallbackOf(s *zones.RRset) zones.Name {
	at := target(s, 0)
	for range maxAliases {
		r := c.zone.Lookup([]byte(at.Lower()), dns.TypeA)
		if r.Kind == zones.CNAME || r.Kind == zones.Alias {
			at = target(r.Set, 0)
			continue
		}
		if r.Kind == zones.Answer && r.Set.Reach() != nil && r.Set.Reach().Policy() != nil {
			return zones.Name(r.Set.Reach().Policy().FallbackName)
		}
		break
	}
	return ""
}
