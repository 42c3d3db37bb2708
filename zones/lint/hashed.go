package lint

import (
	"maps"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"leeward/zones"
)

// link is one NSEC3 record.
type link struct {
	hash string // in upper case
	set  *zones.RRset
	rr   *dns.NSEC3
}

// hashedChain looks whether the NSEC3 records tell of all names and no more.
//
//	NSEC3 of a name                            finding
//	there                                      nsec-types, when it lists other types
//	missing, an unsigned delegation            nsec3-opt-out, unless the one before it has the flag
//	missing, any other                         nsec-missing
//	of no name                                 nsec3-extra
func (c *check) hashedChain(params *zones.RRset, names map[zones.Name]*present) {
	param := c.param(params)
	if param == nil {
		c.say(rule{"nsec3param", Error, "secondaries cannot use the chain (RFC 5155 section 4)", resign}, params, 0, "no NSEC3PARAM with hash 1 and without flags")
		return
	}
	links := c.links(param)
	byHash := map[string]bool{}
	for _, name := range slices.SortedFunc(maps.Keys(names), zones.Name.Compare) {
		p := names[name]
		hash := dns.HashName(name.String(), dns.SHA1, param.Iterations, param.Salt)
		byHash[hash] = true
		at, found := slices.BinarySearchFunc(links, hash, func(l link, h string) int { return strings.Compare(l.hash, h) })
		switch {
		case found:
			c.bitmap(links[at].set, links[at].rr.TypeBitMap, withoutNSEC(p.types))
		case p.weak && len(links) > 0 && links[(at+len(links)-1)%len(links)].rr.Flags&1 != 0:
		case p.weak:
			c.say(rule{"nsec3-opt-out", Error, "validators cannot be shown that the delegation is unsigned: Knot refuses the zone", resign},
				p.set, 0, "no NSEC3 for %s, and the one before it has no opt-out", c.draft.Relative(name))
		default:
			c.say(rule{"nsec-missing", Error, "validators cannot be shown what the name lacks: Knot refuses the zone", resign},
				p.set, 0, "no NSEC3 for %s", c.draft.Relative(name))
		}
	}
	for i, l := range links {
		next := links[(i+1)%len(links)].hash
		if !strings.EqualFold(l.rr.NextDomain, next) {
			c.say(rule{"nsec-chain", Error, "names are shown not to exist that do, or the other way round: Knot refuses the zone", resign},
				l.set, 0, "its NSEC3 leads to %s, and the next hash is %s", strings.ToLower(l.rr.NextDomain), strings.ToLower(next))
		}
		if !byHash[l.hash] {
			c.say(rule{"nsec3-extra", Error, "it is of no name of the zone", resign}, l.set, 0, "an NSEC3 whose hash is of no name here")
		}
	}
}

func (c *check) param(params *zones.RRset) (found *dns.NSEC3PARAM) {
	records(params, func(_ int, p *dns.NSEC3PARAM) {
		if found == nil && p.Hash == dns.SHA1 && p.Flags == 0 {
			found = p
		}
	})
	return found
}

// links are the NSEC3 records of a chain, in order.
func (c *check) links(param *dns.NSEC3PARAM) []link {
	var links []link
	for _, s := range c.draft.Sets() {
		if s.Type != dns.TypeNSEC3 {
			continue
		}
		records(s, func(_ int, rr *dns.NSEC3) {
			if rr.Hash == param.Hash && rr.Iterations == param.Iterations && strings.EqualFold(rr.Salt, param.Salt) {
				links = append(links, link{strings.ToUpper(string(s.Owner[1 : 1+s.Owner[0]])), s, rr})
			}
		})
	}
	slices.SortFunc(links, func(a, b link) int { return strings.Compare(a.hash, b.hash) })
	return links
}

// withoutNSEC is the types but for NSEC, which a zone with NSEC3 does not have.
func withoutNSEC(types []uint16) []uint16 {
	return slices.DeleteFunc(slices.Clone(types), func(t uint16) bool { return t == dns.TypeNSEC })
}
