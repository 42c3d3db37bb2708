package lint

import (
	"maps"
	"slices"

	"github.com/miekg/dns"

	"leeward/zones"
)

// present is a name of a signed zone that its chain has to tell of.
type present struct {
	name  zones.Name // in lower case
	types []uint16   // in order, without doubles
	weak  bool       // an unsigned delegation, or an empty name above such: opt-out may pass over it
	set   *zones.RRset
}

const resign = "sign the zone anew"

// chain looks whether the chain of NSEC (RFC 4034 section 4) or NSEC3 (RFC 5155 section 7.1) tells of all names and no more.
func (c *check) chain() {
	names := c.names()
	if param := c.at(c.zone.Origin(), dns.TypeNSEC3PARAM); param != nil {
		c.hashedChain(param, names)
		return
	}
	if c.anySet(dns.TypeNSEC3) {
		c.add(rule{"nsec3param", Error, "secondaries cannot use the chain", resign},
			Place{File: c.src.File, Name: "@", What: "NSEC3 records, and no NSEC3PARAM at the apex"})
		return
	}
	list := slices.Collect(maps.Values(names))
	list = slices.DeleteFunc(list, func(p *present) bool { return len(p.types) == 0 })
	slices.SortFunc(list, func(a, b *present) int { return a.name.Compare(b.name) })
	for i, p := range list {
		nsec := c.nsecs[p.name]
		if nsec == nil {
			c.say(rule{"nsec-missing", Error, "validators cannot be shown what the name lacks: Knot refuses the zone", resign},
				p.set, 0, "it has no NSEC")
			continue
		}
		next := list[(i+1)%len(list)].name
		records(nsec, func(_ int, n *dns.NSEC) {
			if to, err := zones.ParseName(n.NextDomain); err != nil || to.Lower() != next {
				c.say(rule{"nsec-chain", Error, "names are shown not to exist that do, or the other way round: Knot refuses the zone", resign},
					nsec, 0, "its NSEC leads to %s, and the next name is %s", n.NextDomain, next)
			}
			c.bitmap(nsec, n.TypeBitMap, p.types)
		})
	}
}

func (c *check) anySet(t uint16) bool {
	return slices.ContainsFunc(c.draft.Sets(), func(s *zones.RRset) bool { return s.Type == t })
}

func (c *check) bitmap(s *zones.RRset, has, wants []uint16) {
	if slices.Equal(has, wants) {
		return
	}
	c.say(rule{"nsec-types", Error, "validators are shown that data is missing that is there, or the other way round: Knot refuses the zone", resign},
		s, 0, "its %s lists the types%s, and the name has%s", typeName(s.Type), list(has), list(wants))
}

func list(types []uint16) string {
	text := ""
	for _, t := range types {
		text += " " + typeName(t)
	}
	if text == "" {
		return " none"
	}
	return text
}

// names are all names of the zone's own, with the delegations and the empty names between, by name.
func (c *check) names() map[zones.Name]*present {
	names := map[zones.Name]*present{}
	c.nsecs = map[zones.Name]*zones.RRset{}
	for _, s := range c.draft.Sets() {
		if s.Type == dns.TypeNSEC3 || s.Covers() == dns.TypeNSEC3 {
			continue
		}
		at := c.standing(s.Owner)
		if at != own && (at != cut || !atCut(s)) {
			continue
		}
		name := s.Owner.Lower()
		p := names[name]
		if p == nil {
			p = &present{name: name, weak: at == cut, set: s}
			names[name] = p
		}
		p.weak = p.weak && s.Type != dns.TypeDS
		if !slices.Contains(p.types, s.Type) {
			p.types = append(p.types, s.Type)
		}
		if s.Type == dns.TypeNSEC {
			c.nsecs[name] = s
		}
	}
	for _, p := range slices.Collect(maps.Values(names)) {
		slices.Sort(p.types)
		c.between(names, p)
	}
	return names
}

// between adds the empty names above a name.
func (c *check) between(names map[zones.Name]*present, p *present) {
	for name := p.name; name != c.zone.Origin(); {
		name = name[1+int(name[0]):]
		above := names[name]
		if above == nil {
			above = &present{name: name, weak: true, set: p.set}
			names[name] = above
		}
		if len(above.types) == 0 {
			above.weak = above.weak && p.weak
		}
	}
}
