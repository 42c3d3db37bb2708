package zones

import (
	"testing"

	"github.com/miekg/dns"
)

func TestFind(t *testing.T) {
	var zones []*Zone
	for origin, more := range map[string]string{
		"com.":                "example 60 NS ns.example\n",
		"example.com.":        "sub 60 NS ns.sub\nsub 60 DS 1 8 2 00\n*.wild 60 A 192.0.2.1\n",
		"sub.example.com.":    "", // delegated above
		"lone.example.com.":   "", // served, but not delegated above
		"x.wild.example.com.": "", // the wildcard above is no delegation
		"c.b.a.":              "",
		"a.":                  "b 60 NS ns.b\n", // an ancestor, but not the parent of c.b.a.
	} {
		z, _, err := parseText(t, origin, "@ 60 SOA ns host 1 2 3 4 5\n@ 60 NS ns\n"+more)
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, z)
	}
	all := NewSet(zones...)
	for _, row := range []struct{ qname, a, ds string }{
		{"example.com.", "example.com.", "com."},
		{"www.example.com.", "example.com.", "example.com."},
		{"sub.example.com.", "sub.example.com.", "example.com."},
		{"lone.example.com.", "lone.example.com.", "lone.example.com."},
		{"x.wild.example.com.", "x.wild.example.com.", "x.wild.example.com."},
		{"c.b.a.", "c.b.a.", "c.b.a."},
		{"a.b.c.d.e.f.g.sub.example.com.", "sub.example.com.", "sub.example.com."},
		{"com.", "com.", "com."},
		{"org.", "", ""},
		{"notcom.", "", ""},
		{".", "", ""},
	} {
		for qtype, want := range map[uint16]string{dns.TypeA: row.a, dns.TypeDS: row.ds} {
			got := ""
			if z := all.Find([]byte(name(t, row.qname)), qtype); z != nil {
				got = z.Origin().String()
			}
			if got != want {
				t.Errorf("%s %s: zone %q, want %q", row.qname, TypeName(qtype), got, want)
			}
		}
	}
}

func TestSetsAreValues(t *testing.T) {
	zone := func(origin string) *Zone {
		z, _, err := parseText(t, origin, "@ 60 SOA ns host 1 2 3 4 5\n@ 60 NS ns\n")
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	a, b := zone("a."), zone("b.")
	one := NewSet(a)
	two := one.With(b)
	again := zone("a.")
	if len(one.All()) != 1 || len(two.All()) != 2 || two.Zone(name(t, "B.")) != b {
		t.Error("With changes the set itself, or not the copy")
	}
	if three := two.With(again); three.Zone(name(t, "a")) != again || two.Zone(name(t, "a")) != a {
		t.Error("With does not replace")
	}
	if (&Set{}).Find([]byte(name(t, "a")), dns.TypeA) != nil {
		t.Error("the zero set serves something")
	}
}
