package dnsserver

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/miekg/dns"

	"leeward/steering"
)

// The scope of an answer is honest, whatever the policy and the health: every address in it is given the same.
func TestScopeIsHonest(t *testing.T) {
	const prefixes = 10_000
	w := newWorld(t)
	returning := w.facts(t, nil, nil)
	w.rise(&returning, "nrt/eastlink", 40)
	w.rise(&returning, "ams/northway", 70)
	names := []string{"checked", "pinned", "apart", "two", "origin", "nearest", "failover", "below.failover", "own.failover", "weighted", "all", "none", "closed", "home", "x.wild"}
	for state, facts := range map[string]steering.Facts{
		"all up":       w.facts(t, nil, nil),
		"clients back": returning,
		"one down":     w.facts(t, []string{"nrt/eastlink"}, nil),
		"all down":     w.facts(t, []string{"ams/northway", "ams/eastlink", "lhr/northway", "nrt/eastlink", "nrt/transpac"}, nil),
	} {
		w.publish(facts)
		draw := rand.New(rand.NewPCG(1, 2))
		scopes := map[int]int{}
		for i := range prefixes / 4 {
			name := names[i%len(names)] + ".steer.example."
			subnet := anyPrefix(draw)
			given, scope := w.given(t, name, subnet)
			scopes[scope]++
			within := inside(draw, netip.PrefixFrom(subnet.Addr(), scope))
			if other, _ := w.given(t, name, netip.PrefixFrom(within, within.BitLen())); !slices.Equal(given, other) {
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
