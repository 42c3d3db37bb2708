package zones

import (
	"fmt"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// bigZone is the text of a zone with this many names.
func bigZone(names int) string {
	var b strings.Builder
	b.WriteString("$TTL 60\n@ SOA ns host 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n*.wild A 192.0.2.2\nsub NS ns.sub\nns.sub A 192.0.2.3\n")
	for i := range names {
		fmt.Fprintf(&b, "host-%d A 10.%d.%d.%d\n", i, i>>16&255, i>>8&255, i&255)
	}
	return b.String()
}

func BenchmarkLookup(b *testing.B) {
	zone, _, err := parseText(b, "example.com", bigZone(100_000))
	if err != nil {
		b.Fatal(err)
	}
	set := NewSet(zone)
	for _, query := range []string{"host-77777", "nowhere", "x.wild", "www.sub"} {
		wire := []byte(name(b, query+".example.com"))
		b.Run(query, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				set.Find(wire, dns.TypeA).Lookup(wire, dns.TypeA)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	const names = 100_000
	text := bigZone(names)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := parseText(b, "example.com", text); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*names/b.Elapsed().Seconds(), "names/s")
}
