package lint

import (
	"slices"

	"github.com/miekg/dns"

	"leeward/zones"
)

// occluded notes data that is never answered with, or only as glue.
func (c *check) occluded(s *zones.RRset, at standing) {
	switch {
	case at == belowDNAME:
		c.say(rule{"below-dname", Error, "the DNAME answers for all names below it (RFC 6672 section 2.4): Knot and NSD refuse the zone",
			"take the record or the DNAME out"}, s, 0, "%s below a DNAME", typeName(s.Type))
	case at == belowCut, at == cut && !atCut(s):
		c.below = append(c.below, s)
	}
}

// atCut holds for what the parent has of a delegated name (RFC 4035 section 2).
func atCut(s *zones.RRset) bool {
	switch s.Type {
	case dns.TypeNS, dns.TypeDS, dns.TypeNSEC, dns.TypeRRSIG:
		return true
	default:
		return false
	}
}

// needless tells of data at or below delegations that is no glue. All NS records are known by now.
func (c *check) needless() {
	for _, s := range c.below {
		address := s.Type == dns.TypeA || s.Type == dns.TypeAAAA
		switch {
		case address && c.servers[s.Owner.Lower()]:
		case address:
			c.say(rule{"glue-needless", Warning, "it is never given, and goes stale unnoticed: the zone below the delegation has the real one",
				"take it out, or name it in an NS record of the delegation"}, s, 0, "%s in a delegated zone, of a name that no NS record here names", typeName(s.Type))
		case s.Type == dns.TypeRRSIG:
		default:
			c.say(rule{"occluded", Warning, "it is never answered: the delegation answers for this name",
				"take it out, or move it to the zone that is delegated"}, s, 0, "%s at or below a delegation", typeName(s.Type))
		}
	}
}

// delegation looks at how NS, DS and DNAME stand to each other.
func (c *check) delegation(s *zones.RRset, at standing) {
	apex := s.Owner.Lower() == c.zone.Origin()
	switch {
	case s.Type == dns.TypeNS && s.Owner[0] == 1 && s.Owner[1] == '*':
		c.say(rule{"wildcard-ns", Error, "a wildcard delegates nothing one can rely on (RFC 4592 section 4.2): BIND refuses the zone",
			"delegate each name by itself"}, s, 0, "NS at a wildcard")
	case s.Type == dns.TypeDNAME && at == cut:
		c.say(rule{"dname-ns", Error, "the delegation hides the DNAME (RFC 6672 section 2.3): Knot refuses the zone",
			"take one of them out"}, s, 0, "DNAME beside NS")
	case s.Type == dns.TypeDS && apex:
		c.say(rule{"ds-apex", Error, "DS belongs to the parent's side (RFC 4035 section 2.4): BIND refuses the zone",
			"take it out here, and have the parent publish it"}, s, 0, "DS at the apex")
	case s.Type == dns.TypeDS && at == own:
		c.say(rule{"ds-alone", Warning, "without NS nothing is delegated, and the DS secures nothing",
			"add the NS records of the delegation, or take the DS out"}, s, 0, "DS without NS")
	}
}

// nameServers looks at what NS records lead to.
//
//	target in the zone              finding
//	is a CNAME                      ns-target (RFC 2181 section 10.3)
//	without address, below a DNAME  ns-target
//	at or below the same cut        glue-missing without address
//	below another cut               sibling-glue without address
func (c *check) nameServers(s *zones.RRset, at standing) {
	if s.Type != dns.TypeNS || at != own && at != cut {
		return
	}
	served := c.served(s)
	for i := range s.Len() {
		target := zones.Name(s.RData(i))
		if !c.inside(target) {
			c.looksLikeAddress(s, i, target)
			continue
		}
		f := c.fate(target)
		if f.kind == delegated {
			c.servers[target.Lower()] = true
		}
		has := slices.ContainsFunc(served, func(a *zones.RRset) bool { return a.Owner.Lower() == target.Lower() })
		name := c.draft.Relative(target)
		switch {
		case f.kind == delegated && !has && f.cut.Owner.Lower() == s.Owner.Lower():
			c.say(rule{"glue-missing", Error, "resolvers that are sent to it cannot find it, because only it knows its address: Knot refuses the zone",
				"add its A or AAAA record to this zone"}, s, i, "its name server %s lies at or below the delegation and has no glue", name)
		case f.kind == delegated && !has:
			c.say(rule{"sibling-glue", Warning, "resolvers need one more delegation to find it; two that name each other are never found",
				"add its A or AAAA record to this zone"}, s, i, "its name server %s lies below another delegation and has no glue", name)
		case f.kind != delegated && f.kind != found:
			c.say(rule{"ns-target", Error, "resolvers do not find this name server (RFC 2181 section 10.3): BIND or Knot refuses the zone",
				"give it an A or AAAA record of its own, or name another server"}, s, i, "its name server %s %s", name, f)
		}
	}
}

// served is the addresses that go with an NS RRset in answers.
func (c *check) served(s *zones.RRset) []*zones.RRset {
	r := c.zone.Lookup([]byte(s.Owner.Lower()), dns.TypeNS)
	if r.Set == nil {
		return nil
	}
	return slices.Concat(r.Set.Glue(), r.Set.Additional())
}
