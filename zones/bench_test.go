package zones

import (
	"fmt"
	"slices"
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

// delegations is the text of a zone with this many delegations.
func delegations(names, serial int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "$TTL 60\n@ SOA ns host %d 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n", serial)
	for i := range names {
		fmt.Fprintf(&b, "d%07d NS ns1.d%07d\n NS ns2.example.net.\nns1.d%07d A 10.%d.%d.%d\n", i, i, i, i>>16&255, i>>8&255, i&255)
	}
	fmt.Fprintf(&b, "last A 192.0.2.%d\n", serial)
	return b.String()
}

// BenchmarkSuccession makes the next version of a zone of delegations: by a change, and of a text that was read.
func BenchmarkSuccession(b *testing.B) {
	const names = 100_000
	first, _, err := parseText(b, "big", delegations(names, 1))
	if err != nil {
		b.Fatal(err)
	}
	second, _, err := parseText(b, "big", delegations(names, 2))
	if err != nil {
		b.Fatal(err)
	}
	change := Between(first, second)
	b.Run("apply", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := first.Apply(change); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("edited", func(b *testing.B) {
		b.ReportAllocs()
		sets := second.text.sets
		for b.Loop() {
			fresh := *second.text
			fresh.sets = slices.Clone(sets)
			first.edited(&fresh, 2).After(first, epoch)
		}
	})
}

// BenchmarkServe puts a zone of 100,000 names that was parsed into service: anew, and as the next version of one of which a
// name has changed.
func BenchmarkServe(b *testing.B) {
	first, _, err := parseText(b, "big", bigZone(100_000))
	if err != nil {
		b.Fatal(err)
	}
	b.Run("anew", func(b *testing.B) {
		for b.Loop() {
			NewSet(first.text.zone(nil, 1))
		}
	})
	second, _, err := parseText(b, "big", strings.Replace(bigZone(100_000), "host-77777 A", "host-77777 TXT", 1))
	if err != nil {
		b.Fatal(err)
	}
	b.Run("next", func(b *testing.B) {
		sets := second.text.sets
		for b.Loop() {
			fresh := *second.text
			fresh.sets = slices.Clone(sets)
			NewSet(first.edited(&fresh, 2).After(first, epoch))
		}
	})
}

func BenchmarkParse(b *testing.B) {
	const names = 100_000
	text := delegations(names, 1)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := parseText(b, "example.com", text); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*3*names/b.Elapsed().Seconds(), "records/s")
}
