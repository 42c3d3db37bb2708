package migrate

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"leeward/steering"
)

// network is the colos of a site, and which address lies in which.
type network struct {
	colos []steering.Colo
	of    map[netip.Addr]int // position in colos
	known []bool             // whether the location of a colo is
	from  []Place            // where a colo comes from
}

// layout puts every address that a name wants into a colo.
//
//	the address is                                   its colo
//	in a group that the peer has a name for          that one; the first, if there are several
//	in other groups alone                            all addresses that are in the same groups share one, named after the first
//
// Each colo has one uplink, through an upstream of the colo's name. The addresses that the peer probes are probed.
func (s *Site) layout(locate func(netip.Addr) (steering.Location, bool)) *network {
	n := &network{of: map[netip.Addr]int{}}
	byName := map[string]int{}
	for _, c := range s.Colos {
		byName[c.Name] = n.add(freeName(c.Name, byName), Place{})
	}
	for w := range s.wants() {
		for _, g := range w.Groups {
			if i, named := byName[g.Colo]; named && g.Colo != "" {
				n.put(s, w, i, g)
			}
		}
	}
	for _, class := range s.classes(n) {
		name := freeName(strings.ReplaceAll(class.addrs[0].String(), ":", "-"), byName)
		byName[name] = n.add(name, class.at)
		for _, a := range class.addrs {
			n.take(a, byName[name])
		}
	}
	n.probe(s)
	n.locate(s, locate)
	return n.used()
}

// wants are what all names want, zone by zone, in the order of their owners.
func (s *Site) wants() func(yield func(*Want) bool) {
	return func(yield func(*Want) bool) {
		for _, z := range s.Zones {
			for _, owner := range slices.Sorted(maps.Keys(z.wants)) {
				if !yield(z.wants[owner]) {
					return
				}
			}
		}
	}
}

func (n *network) add(name string, from Place) int {
	n.colos = append(n.colos, steering.Colo{Name: name, Uplinks: []steering.Uplink{{Upstreams: []string{name}}}})
	n.known, n.from = append(n.known, false), append(n.from, from)
	return len(n.colos) - 1
}

// take puts an address into a colo.
func (n *network) take(a netip.Addr, colo int) {
	n.of[a] = colo
	u := &n.colos[colo].Uplinks[0]
	u.Prefixes = append(u.Prefixes, netip.PrefixFrom(a, a.BitLen()))
}

// put puts the addresses of a group into a colo that the peer names.
func (n *network) put(s *Site, w *Want, colo int, g Group) {
	if n.from[colo] == (Place{}) {
		n.from[colo] = w.At
	}
	for _, a := range g.Addrs {
		switch before, taken := n.of[a]; {
		case !taken:
			n.take(a, colo)
		case before != colo:
			s.Lose(w.At, fmt.Sprintf("%s: %s in %s", w.Was, a, g.Colo),
				fmt.Sprintf("the address lies in %s already, by another resource", n.colos[before].Name),
				"an address lies in one colo: give each its own, or make one colo of the two")
		}
	}
}

// class is addresses that are in the same groups.
type class struct {
	addrs []netip.Addr
	at    Place
}

// classes are the addresses that no colo has so far.
func (s *Site) classes(n *network) []*class {
	type member struct {
		in []int
		at Place
	}
	var order []netip.Addr
	members := map[netip.Addr]*member{}
	group := 0
	for w := range s.wants() {
		for _, g := range w.Groups {
			group++
			for _, a := range g.Addrs {
				if _, taken := n.of[a]; taken {
					continue
				}
				m := members[a]
				if m == nil {
					m = &member{at: w.At}
					members[a], order = m, append(order, a)
				}
				if last := len(m.in) - 1; last < 0 || m.in[last] != group {
					m.in = append(m.in, group)
				}
			}
		}
	}
	var all []*class
	byGroups := map[string]*class{}
	for _, a := range order {
		key := fmt.Sprint(members[a].in)
		if byGroups[key] == nil {
			byGroups[key] = &class{at: members[a].at}
			all = append(all, byGroups[key])
		}
		byGroups[key].addrs = append(byGroups[key].addrs, a)
	}
	return all
}

// freeName is a colo's name of letters, digits, hyphens, dots and underscores, and unlike those that there are.
func freeName(name string, taken map[string]int) string {
	name = strings.Map(func(r rune) rune {
		if r < 0x80 && strings.ContainsRune("-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", r) {
			return r
		}
		return '-'
	}, name)
	free := cmp.Or(name, "colo")
	for i := 2; ; i++ {
		if _, is := taken[free]; !is {
			return free
		}
		free = fmt.Sprintf("%s-%d", name, i)
	}
}

// probe has the addresses probed that some name wants probed by the check that most have. Those that have another are probed
// by that, for their names alone.
func (n *network) probe(s *Site) {
	main := s.check()
	seen := map[netip.Addr]bool{}
	for w := range s.wants() {
		for _, a := range w.addrs() {
			if w.Check != nil && w.Check.same(main) && !seen[a] {
				seen[a] = true
				u := &n.colos[n.of[a]].Uplinks[0]
				u.Probe = append(u.Probe, a)
			}
		}
	}
}

// locate says where colos are: where the peer says, else where the country map puts their first address that it knows.
func (n *network) locate(s *Site, locate func(netip.Addr) (steering.Location, bool)) {
	for i := range n.colos {
		c := &n.colos[i]
		if i < len(s.Colos) && s.Colos[i].Location != nil {
			c.Location, n.known[i] = *s.Colos[i].Location, true
			continue
		}
		for _, p := range c.Uplinks[0].Prefixes {
			if at, ok := locate(p.Addr()); ok && !nowhere(p.Addr()) {
				c.Location = at
				break
			}
		}
	}
}

// nowhere says whether an address belongs to nobody: private ones (RFC 1918, RFC 4193), and those of documentation (RFC
// 5737, RFC 3849).
func nowhere(a netip.Addr) bool {
	for _, prefix := range []string{"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"} {
		if netip.MustParsePrefix(prefix).Contains(a) {
			return true
		}
	}
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast()
}

// used is the network without colos that have no address.
func (n *network) used() *network {
	left := &network{of: map[netip.Addr]int{}}
	moved := map[int]int{}
	for i, c := range n.colos {
		if len(c.Uplinks[0].Prefixes) > 0 {
			moved[i] = len(left.colos)
			left.colos, left.known, left.from = append(left.colos, c), append(left.known, n.known[i]), append(left.from, n.from[i])
		}
	}
	for a, c := range n.of {
		left.of[a] = moved[c]
	}
	return left
}

// names are the colos of a group, each once, in the order of its addresses.
func (n *network) names(g Group) (all []string) {
	for _, a := range g.Addrs {
		if name := n.colos[n.of[a]].Name; !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}
