package geo_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"

	"leeward/steering"
	"leeward/steering/geo"
)

// reference is a map that searches all networks for each address.
type reference struct {
	network  *steering.Network
	fallback steering.Location
	places   []placed // of the database
	nets     []placed // of the nets file
}

// placed is a network with what is said of it: colos that come first, a location, or neither.
type placed struct {
	prefix netip.Prefix
	first  []string
	at     *steering.Location
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
	loc := r.fallback
	if p := longest(r.places, addr); p.at != nil {
		loc = *p.at
	}
	net := longest(r.nets, addr)
	if net.at != nil {
		loc = *net.at
	}
	order := slices.Clone(net.first)
	for _, name := range strings.Fields(names(r.network, steering.NewRegion(r.network.Nearest(loc)))) {
		if !slices.Contains(order, name) {
			order = append(order, name)
		}
	}
	return strings.Join(order, " ")
}

// edges are all addresses at which the order can change, with those before them.
func (r *reference) edges(is4 bool) map[netip.Addr]string {
	edges := map[netip.Addr]string{}
	add := func(a netip.Addr) {
		if a.IsValid() {
			edges[a] = r.order(a)
		}
	}
	if is4 {
		add(netip.IPv4Unspecified())
	} else {
		add(netip.IPv6Unspecified())
	}
	for _, p := range slices.Concat(r.places, r.nets) {
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

// dice makes random worlds: few bits vary, so that networks nest and neighbour each other.
type dice struct{ *rand.Rand }

func (d dice) location() steering.Location {
	return steering.Location{Lat: float64(d.IntN(180) - 90), Lon: float64(d.IntN(360) - 180)}
}

func (d dice) prefix(is4 bool) netip.Prefix {
	if is4 {
		a := [4]byte{byte(d.IntN(4)) << 6, byte(d.IntN(2)), 0, byte(d.IntN(4))}
		return netip.PrefixFrom(netip.AddrFrom4(a), 1+d.IntN(32)).Masked()
	}
	a := [16]byte{0x28 | byte(d.IntN(2)), byte(d.IntN(4)), 7: byte(d.IntN(2)), 8: byte(d.IntN(2)) << 7, 15: byte(d.IntN(4))}
	return netip.PrefixFrom(netip.AddrFrom16(a), 4+d.IntN(125)).Masked()
}

// record is a random record in either layout, and where it puts its clients: nil is unknown.
func (d dice) record() (mmdbtype.Map, *steering.Location) {
	loc := d.location()
	switch d.IntN(8) {
	case 0:
		return flat(mmdbtype.Float32(loc.Lat), mmdbtype.Float32(loc.Lon)), &loc
	case 1:
		return flat(mmdbtype.String(fmt.Sprint(loc.Lat)), mmdbtype.String(fmt.Sprint(loc.Lon))), &loc
	case 2:
		return maxmindCountry("JP"), &steering.Location{Lat: 35.7, Lon: 139.8}
	case 3:
		return flatCountry("JP"), &steering.Location{Lat: 35.7, Lon: 139.8}
	case 4:
		return flatCountry("ZZ"), nil
	default:
		return maxmind(loc.Lat, loc.Lon), &loc
	}
}

// world makes a reference and the map to be held against it.
func (d dice) world(t *testing.T) (*reference, *geo.Map) {
	var colos []steering.Colo
	for i := range 2 + d.IntN(4) {
		loc := d.location()
		colos = append(colos, at(fmt.Sprintf("colo%d", i), loc.Lat, loc.Lon))
	}
	r := &reference{network: network(t, colos...), fallback: d.location()}
	version := 4 + 2*d.IntN(2)
	taken := map[netip.Prefix]bool{}
	var entries []entry
	for range 1 + d.IntN(12) {
		p := d.prefix(version == 4 || d.IntN(2) == 0)
		if taken[p] {
			continue
		}
		taken[p] = true
		record, at := d.record()
		r.places = append(r.places, placed{prefix: p, at: at})
		entries = append(entries, entry{p.String(), record})
	}
	if !slices.ContainsFunc(r.places, func(p placed) bool { return p.at != nil }) {
		return d.world(t) // a database that locates nobody is refused
	}
	// The writer overwrites what was written before, so that shorter prefixes must come first.
	slices.SortStableFunc(entries, func(a, b entry) int {
		return netip.MustParsePrefix(a.prefix).Bits() - netip.MustParsePrefix(b.prefix).Bits()
	})
	data := write(t, mmdbwriter.Options{IPVersion: version, RecordSize: 24 + 4*d.IntN(3), DisableIPv4Aliasing: true}, entries...)
	m, err := geo.Compile(geo.Options{Database: open(t, data), Network: r.network, Fallback: r.fallback, Nets: d.nets(t, r)})
	if err != nil {
		t.Fatal(err)
	}
	return r, m
}

func (d dice) nets(t *testing.T, r *reference) *geo.Nets {
	var text strings.Builder
	taken := map[netip.Prefix]bool{}
	for range d.IntN(6) {
		p := placed{prefix: d.prefix(d.IntN(2) == 0)}
		if taken[p.prefix] {
			continue
		}
		taken[p.prefix] = true
		if d.IntN(2) == 0 {
			loc := d.location()
			p.at = &loc
			fmt.Fprintf(&text, "%s @%g,%g\n", p.prefix, loc.Lat, loc.Lon)
		} else {
			for _, i := range d.Perm(len(r.network.Colos()))[:1+d.IntN(2)] {
				p.first = append(p.first, r.network.Colos()[i].Name)
			}
			fmt.Fprintf(&text, "%s %s\n", p.prefix, strings.Join(p.first, " "))
		}
		r.nets = append(r.nets, p)
	}
	return nets(t, text.String(), r.network)
}

// Every address gets its order; all addresses within its scope have the same one, and some address in the sibling of
// the scope has another.
func TestMapAgreesWithALinearSearch(t *testing.T) {
	for seed := range uint64(150) {
		r, m := dice{rand.New(rand.NewPCG(seed, 0))}.world(t)
		for _, is4 := range []bool{true, false} {
			edges := r.edges(is4)
			for addr, order := range edges {
				region, depth := m.Lookup(addr)
				if got := names(r.network, region); got != order {
					t.Fatalf("seed %d: %s has %s, not %s\n%v", seed, addr, got, order, r)
				}
				scope, _ := addr.Prefix(depth)
				if other := differs(r, edges, scope, order); other.IsValid() {
					t.Fatalf("seed %d: %s has scope %s, but %s in it has another order\n%v", seed, addr, scope, other, r)
				}
				if depth > 0 && !differs(r, edges, sibling(scope), order).IsValid() {
					t.Fatalf("seed %d: %s has scope %s, but all in %s have the same order\n%v", seed, addr, scope, sibling(scope), r)
				}
			}
		}
	}
}

// differs finds an address within the prefix that has another order.
func differs(r *reference, edges map[netip.Addr]string, p netip.Prefix, order string) netip.Addr {
	if r.order(p.Addr()) != order {
		return p.Addr()
	}
	for addr, o := range edges {
		if o != order && p.Contains(addr) {
			return addr
		}
	}
	return netip.Addr{}
}
