package zones

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

const extraZone = `
@          300 IN SOA ns1 hostmaster 7 3600 600 604800 300
           300 IN NS  ns1
ns1        300 IN A   192.0.2.53
_acme-challenge 300 IN TXT "of the file"
www        300 IN A   192.0.2.1
moved      300 IN CNAME www
elsewhere  300 IN DNAME example.net.
sub        300 IN NS  ns.sub
ns.sub     300 IN A   192.0.2.54
*.apps     300 IN A   192.0.2.2
           300 IN TXT "any app"
*.alias    300 IN CNAME www
`

func txt(t testing.TB, owner, text string) Record {
	t.Helper()
	return Record{Owner: name(t, owner), Type: dns.TypeTXT, TTL: 30, RData: string(byte(len(text))) + text}
}

// The rows are those of the chart above Bars.
func TestBars(t *testing.T) {
	z, _, err := parseText(t, "example.com.", extraZone)
	if err != nil {
		t.Fatal(err)
	}
	signed, _, err := parseText(t, "example.com.", extraZone+"@ 300 IN RRSIG SOA 8 2 300 20300101000000 20200101000000 1 example.com. AAAA\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		zone *Zone
		name string
		want string
	}{
		{Unready("\x07example\x03com\x00", "expired at noon"), "_acme-challenge.example.com.", "zone example.com has nothing to answer with: expired at noon"},
		{z.WithHidden(true), "_acme-challenge.example.com.", "zone example.com is for other servers only"},
		{signed, "_acme-challenge.example.com.", "zone example.com is signed in its file: a record without a signature would be bogus"},
		{z, "_acme-challenge.sub.example.com.", "sub.example.com is delegated to ns.sub.example.com: ask there"},
		{z, "sub.example.com.", "sub.example.com is delegated to"},
		{z, "_acme-challenge.x.elsewhere.example.com.", "elsewhere.example.com has a DNAME that leads to example.net: _acme-challenge.x.elsewhere.example.com is asked for there"},
		{z, "moved.example.com.", "moved.example.com has a CNAME that leads to www.example.com: it is asked for there"},
		{z, "_acme-challenge.alias.example.com.", ""},
		{z, "_acme-challenge.x.alias.example.com.", ""},
		{z, "_acme-challenge.moved.example.com.", ""},
		{z, "_acme-challenge.example.com.", ""},
		{z, "elsewhere.example.com.", ""},
	} {
		err := c.zone.Bars(name(t, c.name))
		if (err == nil) != (c.want == "") || err != nil && !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestWith(t *testing.T) {
	z, _, err := parseText(t, "example.com.", extraZone)
	if err != nil {
		t.Fatal(err)
	}
	before := drawn(z)
	with := z.With([]Record{
		txt(t, "_ACME-challenge.example.com.", "one"), txt(t, "_acme-challenge.example.com.", "two"), txt(t, "_acme-challenge.example.com.", "one"),
		txt(t, "_acme-challenge.www.example.com.", "three"), txt(t, "_acme-challenge.a.b.apps.example.com.", "four"),
		txt(t, "_acme-challenge.deep.down.example.com.", "five"),
	})
	for _, c := range []struct{ query, want string }{
		{"_acme-challenge.example.com. TXT", `ANSWER 30 "of the file" "one" "two"`},
		{"_acme-challenge.example.com. A", "NODATA"},
		{"_acme-challenge.example.com. ANY", "ANSWER"},
		{"_acme-challenge.www.example.com. TXT", `ANSWER 30 "three"`},
		{"_acme-challenge.www.example.com. ANY", "ANSWER"},
		{"_acme-challenge.deep.down.example.com. TXT", `ANSWER 30 "five"`},
		{"x._acme-challenge.www.example.com. TXT", "NXDOMAIN"},
		{"deep.down.example.com. TXT", "NODATA"}, // an empty non-terminal
		{"down.example.com. ANY", "NODATA"},
		{"other.example.com. TXT", "NXDOMAIN"},
		{"www.example.com. A", "ANSWER 300"},
		// What has a wildcard keeps it.
		{"_acme-challenge.a.b.apps.example.com. TXT", `ANSWER 30 "four"`},
		{"_acme-challenge.a.b.apps.example.com. A", "NODATA"},
		{"a.b.apps.example.com. A", "ANSWER 300"},
		{"b.apps.example.com. A", "ANSWER 300"},
		{"x.b.apps.example.com. TXT", `ANSWER 300 "any app" by wildcard`},
		{"x.a.b.apps.example.com. A", "ANSWER 300 by wildcard"},
		{"other.apps.example.com. A", "ANSWER 300 by wildcard"},
	} {
		if got := asked(t, with, c.query); got != c.want {
			t.Errorf("%s: %s, not %s", c.query, got, c.want)
		}
	}
	if after := drawn(z); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Error("the zone without has changed")
	}
	if got, want := slices.Collect(with.All()), slices.Collect(z.All()); !slices.Equal(got, want) || with.Serial() != z.Serial() || with.Records() != z.Records() {
		t.Error("it is transferred otherwise than the zone without")
	}
}

// asked is what a zone has for a name and a type, with TTL and texts.
func asked(t testing.TB, z *Zone, query string) string {
	t.Helper()
	owner, typ, _ := strings.Cut(query, " ")
	r := z.Lookup([]byte(name(t, owner)), dns.StringToType[typ])
	s := [...]string{"NXDOMAIN", "NODATA", "ANSWER", "CNAME", "ALIAS", "DNAME", "REFERRAL"}[r.Kind]
	if r.Set != nil {
		s += fmt.Sprint(" ", r.Set.TTL)
	}
	if r.Set != nil && typ == "TXT" {
		for rdata := range r.Set.All() {
			s += fmt.Sprintf(" %q", rdata[1:])
		}
	}
	if r.Wildcard {
		s += " by wildcard"
	}
	return s
}

// Any zone answers with records beside it as one that has them in its text, but where a wildcard would be hidden. Large
// zones, whose nodes lie in shards, likewise.
func TestWithIsAsWritten(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 7))
		var text strings.Builder
		text.WriteString("@ 300 IN SOA ns1 h 7 3600 600 604800 300\n 300 IN NS ns1\n")
		for i := range 1 + r.IntN(4)*r.IntN(700) {
			fmt.Fprintf(&text, "n%d.z%d 300 IN A 192.0.2.1\n", i, i%7)
		}
		written, records := text.String(), []Record(nil)
		for range 1 + r.IntN(30) {
			owner := fmt.Sprintf("_acme-challenge.n%d.z%d.z.", r.IntN(2000), r.IntN(9))
			records = append(records, txt(t, owner, fmt.Sprint(len(records))))
			written += fmt.Sprintf("%s 30 IN TXT %d\n", owner, len(records)-1)
		}
		z, _, err := parseText(t, "z.", text.String())
		if err != nil {
			t.Fatal(err)
		}
		want, _, err := parseText(t, "z.", written)
		if err != nil {
			t.Fatal(err)
		}
		got := z.With(records)
		for name, n := range want.nodes.all() {
			for _, typ := range []string{"TXT", "A", "ANY"} {
				if a, b := asked(t, got, name.String()+" "+typ), asked(t, want, name.String()+" "+typ); a != b {
					t.Fatalf("seed %d: %s %s: %s, not %s", seed, name, typ, a, b)
				}
			}
			if have := got.nodes.of(name); have.children != n.children {
				t.Fatalf("seed %d: %s has %d children, not %d", seed, name, have.children, n.children)
			}
		}
	}
}

// In any zone, with records at any names that are not barred, all other names are answered as before, but that a name above
// one exists.
func TestWithLeavesTheRest(t *testing.T) {
	for seed := range uint64(500) {
		random := rand.New(rand.NewPCG(seed, 3))
		zone, _, err := parseText(t, "z", smallZone(random))
		if err != nil {
			t.Fatal(err)
		}
		var records []Record
		for range 3 {
			if owner := name(t, "_acme-challenge."+smallName(random)); zone.Bars(owner) == nil && !strings.Contains(string(owner), "*") {
				records = append(records, txt(t, owner.String(), "x"))
			}
		}
		with := zone.With(records)
		for range 40 {
			qname := name(t, smallName(random))
			for _, qtype := range []uint16{dns.TypeA, dns.TypeNS, dns.TypeDS, dns.TypeANY, dns.TypeMX} {
				before, after := inWords(zone.Lookup([]byte(qname), qtype)), inWords(with.Lookup([]byte(qname), qtype))
				above := slices.ContainsFunc(records, func(r Record) bool { return r.Owner.within(qname) })
				before, after = strings.TrimSuffix(before, " by wildcard"), strings.TrimSuffix(after, " by wildcard")
				if above && before == "NXDOMAIN" {
					before = "NODATA"
				}
				if before != after {
					t.Fatalf("seed %d: %s %s: %s, and %s with %v", seed, qname, TypeName(qtype), before, after, records)
				}
			}
		}
	}
}
