package dnsserver

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/miekg/dns"

	"leeward/steering"
	"leeward/steering/geo"
)

// What the operator knows better than the databases, and what was measured.
const (
	scopeNets = `
81.2.64.0/19    nrt
81.2.69.128/25  lhr
133.11.0.0/16   @48.8,2.3
AS64500         ams
BR              nrt lhr
ZA              @-33.9,18.4
2a00::/12       nrt
2a02:8000::/18  ams
`
	scopeLatency = `
80.0.0.0/6      ams 80
80.0.0.0/6      nrt 20
81.2.69.64/26   lhr 90
81.2.69.64/26   ams 12
200.0.0.0/7     ams 30
200.0.0.0/7     lhr 20
2a01::/16       nrt 10
2a01::/16       lhr 50
`
)

// overlaid is the same world with a nets file and a latency table, and with colos that cannot bear all.
func overlaid(t *testing.T) *world {
	w := newWorld(t)
	for i := range w.network.Colos() {
		w.network.Colos()[i].Capacity = 100
	}
	nets, err := geo.ParseNets(scopeNets, "nets", w.network)
	if err != nil {
		t.Fatal(err)
	}
	latency, err := geo.ParseLatency(scopeLatency, "latency", w.network)
	if err != nil {
		t.Fatal(err)
	}
	database, err := geo.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	w.view.Map, err = geo.Compile(geo.Options{Database: database, ASNs: asns(t), Nets: nets, Latency: latency, Network: w.network,
		Fallback: w.network.Colos()[0].Location})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// full is the facts when every region asks for as much as a third of what a colo can bear, and some colo gives clients away.
func (w *world) full(t *testing.T, down ...string) steering.Facts {
	f := w.facts(t, down, nil)
	f.Regions = &steering.Regions{Map: steering.Digest{1}, List: w.view.Map.Regions()}
	d := steering.Demand{Map: f.Regions.Map}
	for r := range f.Regions.List {
		d.Regions = append(d.Regions, steering.RegionDemand{Region: uint32(r), Rate: 60 * 33})
	}
	for _, h := range f.Sheets {
		if h.Sheet.Colo == "lhr" {
			h.Sheet.Demand, h.Sheet.Load = d, steering.Load{Known: true, Shed: 20}
		}
	}
	return f
}

// The scope of an answer is honest, whatever the policy and the health, and whatever lies over the map: every address in it
// is given the same.
func TestScopeIsHonest(t *testing.T) {
	const prefixes = 3_400 // in each of the states: 10,000 and more in each of the worlds
	w, over := newWorld(t), overlaid(t)
	returning := w.facts(t, nil, nil)
	w.rise(&returning, "nrt/eastlink", 40)
	w.rise(&returning, "ams/northway", 70)
	names := []string{"checked", "pinned", "apart", "two", "origin", "nearest", "failover", "below.failover", "own.failover", "weighted", "all", "none",
		"closed", "home", "x.wild", "flat"}
	for state, s := range map[string]struct {
		world *world
		facts steering.Facts
	}{
		"all up":            {w, w.facts(t, nil, nil)},
		"clients back":      {w, returning},
		"one down":          {w, w.facts(t, []string{"nrt/eastlink"}, nil)},
		"all down":          {w, w.facts(t, []string{"ams/northway", "ams/eastlink", "lhr/northway", "nrt/eastlink", "nrt/transpac"}, nil)},
		"overlaid":          {over, over.facts(t, nil, nil)},
		"full":              {over, over.full(t)},
		"full and one down": {over, over.full(t, "ams/northway", "ams/eastlink")},
	} {
		s.world.publish(s.facts)
		draw := rand.New(rand.NewPCG(1, 2))
		scopes := map[int]int{}
		for i := range prefixes {
			name := names[i%len(names)] + ".steer.example."
			subnet := anyPrefix(draw)
			given, scope := s.world.given(t, name, subnet)
			scopes[scope]++
			within := inside(draw, netip.PrefixFrom(subnet.Addr(), scope))
			if other, _ := s.world.given(t, name, netip.PrefixFrom(within, within.BitLen())); !slices.Equal(given, other) {
				t.Fatalf("%s, %s: %s has %v with scope %d, and %s in it has %v", state, name, subnet, given, scope, within, other)
			}
		}
		if len(scopes) < 5 {
			t.Errorf("%s: the scopes are but %v", state, scopes)
		}
	}
}

// anyPrefix is a client subnet of either family, with nothing behind its length.
func anyPrefix(draw *rand.Rand) netip.Prefix {
	if draw.IntN(8) == 0 { // where the files say something
		said := [...]string{"81.2.69.0/24", "81.2.64.0/18", "133.11.0.0/15", "8.8.8.0/22", "200.0.0.0/7", "2a02:8000::/17", "2a01::/15"}
		within := netip.MustParsePrefix(said[draw.IntN(len(said))])
		return netip.PrefixFrom(inside(draw, within), min(within.Bits()+draw.IntN(8), within.Addr().BitLen())).Masked()
	}
	if draw.IntN(2) == 0 {
		addr := netip.AddrFrom4([4]byte{byte(draw.IntN(224)), byte(draw.IntN(256)), byte(draw.IntN(256)), byte(draw.IntN(256))})
		return netip.PrefixFrom(addr, 8+draw.IntN(25)).Masked()
	}
	var octets [16]byte
	for i := range octets {
		octets[i] = byte(draw.IntN(256))
	}
	octets[0], octets[1] = 0x2a, byte(draw.IntN(16)) // where addresses are in use
	return netip.PrefixFrom(netip.AddrFrom16(octets), 16+draw.IntN(49)).Masked()
}

// inside is an address in a prefix.
func inside(draw *rand.Rand, p netip.Prefix) netip.Addr {
	octets := p.Addr().AsSlice()
	for bit := p.Bits(); bit < p.Addr().BitLen(); bit++ {
		octets[bit/8] = octets[bit/8]&^(0x80>>(bit%8)) | byte(draw.IntN(2))<<(7-bit%8)
	}
	addr, _ := netip.AddrFromSlice(octets)
	return addr
}

// given is the addresses that a client subnet is given, or the name in their place, with their TTL, and the scope.
func (w *world) given(t *testing.T, name string, subnet netip.Prefix) (addrs []string, scope int) {
	t.Helper()
	m := new(dns.Msg).SetQuestion(name, dns.TypeA)
	family := uint16(2)
	if subnet.Addr().Is4() {
		family = 1
	}
	m.Extra = []dns.RR{&dns.OPT{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeOPT, Class: 1232}, Option: []dns.EDNS0{&dns.EDNS0_SUBNET{
		Code: dns.EDNS0SUBNET, Family: family, SourceNetmask: uint8(subnet.Bits()), Address: subnet.Addr().AsSlice()}}}}
	query, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	var response dns.Msg
	var named []string
	if err := response.Unpack(w.server.Answer(query, netip.MustParseAddr("192.0.2.99"), UDP, nil)); err != nil {
		t.Fatal(err)
	}
	for _, rr := range response.Answer {
		switch rr := rr.(type) {
		case *dns.A:
			addrs = append(addrs, fmt.Sprintf("%s %d", rr.A, rr.Hdr.Ttl))
		case *dns.CNAME:
			named = append(named, fmt.Sprintf("%s %d", rr.Target, rr.Hdr.Ttl))
		}
	}
	if named != nil {
		addrs = named
	}
	slices.Sort(addrs)
	for _, o := range response.IsEdns0().Option {
		if s, ok := o.(*dns.EDNS0_SUBNET); ok {
			scope = int(s.SourceScope)
		}
	}
	return addrs, scope
}
