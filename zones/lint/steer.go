package lint

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"leeward/steering"
	"leeward/zones"
)

// steered looks at addresses of RRsets that lie in several uplinks: the zone lists them all, and one that is forgotten is
// not noticed before its colo is needed.
func (c *check) steered(s *zones.RRset) {
	if s.Type != dns.TypeA && s.Type != dns.TypeAAAA || c.src.Network == nil || c.standing(s.Owner) != own {
		return
	}
	addrs := make([]netip.Addr, s.Len())
	for i := range addrs {
		addrs[i], _ = netip.AddrFromSlice(s.RData(i)) // 4 or 16 octets, checked when it was read
	}
	_, reach := c.src.Network.Reach(addrs, nil)
	if reach == nil {
		return
	}
	if s.Signatures() != nil {
		c.say(rule{"steer-signed", Warning, "a signature covers all of it or nothing", "leave the RRset unsigned if it is to be steered"},
			s, 0, "the RRset of type %s is signed in the file: it is given whole and not steered", typeName(s.Type))
		return
	}
	served := c.at(s.Owner, s.Type)
	if served == nil || served.Reach() == nil {
		return // its policy has it given as written
	}
	reach = served.Reach()
	for i, a := range addrs {
		if c.src.Network.UplinkOf(a) == steering.NoUplink {
			c.say(rule{"steer-outside", Warning, "most likely it is mistyped, or its prefix is not in the configuration",
				"correct it, or add its prefix to an uplink"}, s, i, "%s lies in no uplink and is never given, while the other addresses are steered", a)
		}
	}
	if _, asn := reach.Pins(); asn && c.beside.WithoutAS {
		c.say(rule{"steer-asn", Warning, "nobody is known to be in any autonomous system, so that the pin holds for nobody",
			"name a database at steering.geo.asn, or take the pin out"}, s, 0, "its policy has asn=, and there is no database of autonomous systems")
	}
	c.families(s, reach)
	if reach.Policy() != nil {
		return // it says itself which colos it wants
	}
	c.colos = append(c.colos, placed{s, c.colosOf(reach)})
}

// placed is a steered RRset with the colos that it has addresses in.
type placed struct {
	set   *zones.RRset
	colos colos
}

type colos map[string]bool

func (c *check) colosOf(reach *steering.Reach) colos {
	in := colos{}
	for _, run := range reach.Runs() {
		in[c.src.Network.Colos()[run.Colo].Name] = true
	}
	return in
}

// without names the colos of these that are not among those.
func (in colos) without(others colos) string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(in)) {
		if !others[name] {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// families compares the A RRset of a name with its AAAA RRset.
func (c *check) families(s *zones.RRset, reach *steering.Reach) {
	other := c.at(s.Owner, dns.TypeA+dns.TypeAAAA-s.Type)
	if other == nil {
		return
	}
	theirs := colos{}
	for i := range other.Len() {
		addr, _ := netip.AddrFromSlice(other.RData(i)) // checked when it was read
		if u := c.src.Network.UplinkOf(addr); u != steering.NoUplink {
			theirs[c.src.Network.Colos()[c.src.Network.ColoOf(u)].Name] = true
		}
	}
	if more := c.colosOf(reach).without(theirs); more != "" {
		c.say(rule{"steer-families", Warning, "clients of the one family are sent elsewhere than those of the other, and have fewer colos to fall back to",
			"add the missing addresses, if the colo has them"}, s, 0, "%s in %s, and no %s there", typeName(s.Type), more, typeName(other.Type))
	}
}

// neighbours compares each steered RRset with the others of its type: the colos that most of them have, it should have.
func (c *check) neighbours() {
	for _, t := range []uint16{dns.TypeA, dns.TypeAAAA} {
		count, all := map[string]int{}, 0
		for _, p := range c.colos {
			if p.set.Type != t {
				continue
			}
			all++
			for name := range p.colos {
				count[name]++
			}
		}
		usual := colos{}
		for name, n := range count {
			if 2*n > all && n >= 2 {
				usual[name] = true
			}
		}
		for _, p := range c.colos {
			if missing := usual.without(p.colos); p.set.Type == t && missing != "" {
				c.say(rule{"steer-missing", Warning, "clients near that colo are sent farther away than for the other names, and it cannot take over",
					"add its address in that colo, if it is served there"}, p.set, 0, "%s without address in %s, where most steered names have one", typeName(t), missing)
			}
		}
	}
}
