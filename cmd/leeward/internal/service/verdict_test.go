package service

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/miekg/dns"

	"leeward/dnsserver"
	"leeward/steering"
)

// BenchmarkVerdictToAnswer is from a verdict that changes to the first answer that differs, with few zones and with many: an
// operator's drain of a colo, and its end, which are judged, published and answered.
func BenchmarkVerdictToAnswer(b *testing.B) {
	for _, zones := range []int{1, 10_000} {
		b.Run(fmt.Sprintf("%d zones", zones), func(b *testing.B) {
			p := newPlace(b)
			for i := range zones - 1 {
				p.write(b, fmt.Sprintf("zones/z%d.example.zone", i), zoneText)
			}
			s, stop := p.start(b)
			defer func() {
				if err := stop(); err != nil {
					b.Fatal(err)
				}
			}()
			first, drained := s.answer(b), false
			orders := map[bool]steering.Action{true: steering.Drain, false: steering.Undrain}
			for b.Loop() {
				drained = !drained
				if err := s.node.Override(steering.Override{Place: "colo:ams", Action: orders[drained], By: "b", Reason: "b", Issued: now()}); err != nil {
					b.Fatal(err)
				}
				s.poke()
				if got := s.answer(b); (got != first) != drained {
					b.Fatalf("drained %v: %s", drained, got)
				}
			}
		})
	}
}

// answer is the address that www.example.org has for a client in the Netherlands.
func (s *Service) answer(t testing.TB) string {
	t.Helper()
	m := new(dns.Msg)
	m.SetQuestion("www.example.org.", dns.TypeA)
	query, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Unpack(s.server.Answer(query, netip.MustParseAddr("145.97.0.1"), dnsserver.UDP, nil)); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(m.Answer)
}
