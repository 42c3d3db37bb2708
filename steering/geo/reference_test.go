package geo_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"leeward/steering"
)

// reference is a map that searches all networks for each address.
type reference struct {
	network   *steering.Network
	fallback  steering.Location
	places    []placed // of the geo database
	asns      []placed // of the AS database
	nets      []placed // of the nets file, by prefix
	ofASN     map[uint32]placed
	ofCountry map[string]placed
	latency   []placed
}

// placed is a network with what is said of it.
type placed struct {
	prefix  netip.Prefix
	first   []string // colos that come first
	at      *steering.Location
	country string
	asn     uint32
	ms      map[string]float64
}

func longest(list []placed, addr netip.Addr) placed {
	found := placed{prefix: netip.PrefixFrom(addr, -1)}
	for _, p := range list {
		if p.prefix.Contains(addr) && p.prefix.Bits() > found.prefix.Bits() {
			found = p
		}
	}
	return found
}

// order is the colos for an address: "ams lhr".
func (r *reference) order(addr netip.Addr) string {
	place := longest(r.places, addr)
	line := longest(r.nets, addr)
	if line.prefix.Bits() < 0 {
		var ok bool
		if line, ok = r.ofASN[longest(r.asns, addr).asn]; !ok {
			line = r.ofCountry[place.country]
		}
	}
	loc := r.fallback
	for _, at := range []*steering.Location{place.at, line.at} {
		if at != nil {
			loc = *at
		}
	}
	order := slices.Clone(line.first)
	for _, name := range strings.Fields(names(r.network, steering.NewRegion(r.network.Nearest(loc)))) {
		if !slices.Contains(order, name) {
			order = append(order, name)
		}
	}
	exchange(order[len(line.first):], longest(r.latency, addr).ms)
	return strings.Join(order, " ")
}

// exchange exchanges two measured colos that have no measured one between them and stand in the wrong order, until there are
// no such two.
func exchange(order []string, ms map[string]float64) {
	for again := true; again; {
		again = false
		last := -1
		for i, name := range order {
			if ms[name] == 0 {
				continue
			}
			if last >= 0 && ms[order[last]] > ms[name] {
				order[last], order[i] = name, order[last]
				again = true
			}
			last = i
		}
	}
}

// origin is where an address is from: "JP 64496".
func (r *reference) origin(addr netip.Addr) string {
	country := longest(r.places, addr).country
	if country == "ZZ" {
		country = ""
	}
	return fmt.Sprint(country, " ", longest(r.asns, addr).asn)
}

// edges are all addresses at which something can change, with those before them, and what of says of them.
func (r *reference) edges(is4 bool, of func(netip.Addr) string) map[netip.Addr]string {
	edges := map[netip.Addr]string{}
	add := func(a netip.Addr) {
		if a.IsValid() {
			edges[a] = of(a)
		}
	}
	if is4 {
		add(netip.IPv4Unspecified())
	} else {
		add(netip.IPv6Unspecified())
	}
	for _, p := range slices.Concat(r.places, r.asns, r.nets, r.latency) {
		if p.prefix.Addr().Is4() == is4 {
			last := lastOf(p.prefix)
			add(p.prefix.Addr().Prev())
			add(p.prefix.Addr())
			add(last)
			add(last.Next())
		}
	}
	return edges
}

func lastOf(p netip.Prefix) netip.Addr {
	a := p.Addr().AsSlice()
	for i := p.Bits(); i < len(a)*8; i++ {
		a[i/8] |= 0x80 >> (i % 8)
	}
	last, _ := netip.AddrFromSlice(a)
	return last
}

// sibling is the other half of the prefix that is one bit shorter.
func sibling(p netip.Prefix) netip.Prefix {
	a := p.Addr().AsSlice()
	a[(p.Bits()-1)/8] ^= 0x80 >> ((p.Bits() - 1) % 8)
	addr, _ := netip.AddrFromSlice(a)
	return netip.PrefixFrom(addr, p.Bits())
}

// Every address gets what the reference says; all addresses within its scope get the same, and some address in the sibling of
// the scope gets something else.
func TestMapAgreesWithALinearSearch(t *testing.T) {
	for seed := range uint64(300) {
		r, m := dice{rand.New(rand.NewPCG(seed, 0))}.world(t)
		for what, of := range map[string]struct {
			reference func(netip.Addr) string
			m         func(netip.Addr) (string, int)
		}{
			"order": {r.order, func(a netip.Addr) (string, int) {
				region, depth := m.Lookup(a)
				return names(r.network, region), depth
			}},
			"origin": {r.origin, func(a netip.Addr) (string, int) {
				o, depth := m.Origin(a)
				return fmt.Sprint(o.Country, " ", o.ASN), depth
			}},
		} {
			for _, is4 := range []bool{true, false} {
				edges := r.edges(is4, of.reference)
				for addr, want := range edges {
					got, depth := of.m(addr)
					if got != want {
						t.Fatalf("seed %d: %s of %s is %s, not %s\n%+v", seed, what, addr, got, want, r)
					}
					scope, _ := addr.Prefix(depth)
					if other := differs(edges, scope, want, of.reference); other.IsValid() {
						t.Fatalf("seed %d: %s has scope %s, but %s in it has another %s\n%+v", seed, addr, scope, other, what, r)
					}
					if depth > 0 && !differs(edges, sibling(scope), want, of.reference).IsValid() {
						t.Fatalf("seed %d: %s has scope %s, but all in %s have the same %s\n%+v", seed, addr, scope, sibling(scope), what, r)
					}
				}
			}
		}
	}
}

// differs finds an address within the prefix of which something else is said.
func differs(edges map[netip.Addr]string, p netip.Prefix, said string, of func(netip.Addr) string) netip.Addr {
	if of(p.Addr()) != said {
		return p.Addr()
	}
	for addr, o := range edges {
		if o != said && p.Contains(addr) {
			return addr
		}
	}
	return netip.Addr{}
}
