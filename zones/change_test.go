package zones

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// versionOf is the text of a random version of the zone z, which keeps the rules of a zone: owners in any letter case,
// RRsets of several records, different TTLs, signatures, hashes.
func versionOf(random *rand.Rand, serial int) string {
	var text strings.Builder
	fmt.Fprintf(&text, "z. %d SOA ns.z. host.z. %d 2 3 4 5\nz. 60 NS ns.z.\n", 60*(1+random.IntN(2)), serial)
	cname := map[string]bool{"z.": false}
	for range random.IntN(10) {
		owner := smallName(random)
		is := random.IntN(4) == 0
		if had, known := cname[owner]; known && had != is || is && known {
			continue
		}
		cname[owner] = is
		shown := owner
		if random.IntN(3) == 0 {
			shown = strings.ToUpper(owner)
		}
		ttl := 60 * (1 + random.IntN(3))
		if is {
			fmt.Fprintf(&text, "%s %d %s %s\n", shown, ttl, [...]string{"CNAME", "ALIAS"}[random.IntN(2)], smallName(random))
			continue
		}
		kind := [...]string{"A 192.0.2.%d", "MX %d A.z.", "TXT %d", "NS n%d.z.", "TYPE65280 \\# 1 0%d", "HTTPS 1 a.z. ipv4hint=192.0.2.%d"}[random.IntN(6)]
		for i := range 1 + random.IntN(3) {
			fmt.Fprintf(&text, "%s %d "+kind+"\n", shown, ttl, i+random.IntN(3))
		}
		if random.IntN(4) == 0 {
			typ, _, _ := strings.Cut(kind, " ")
			fmt.Fprintf(&text, "%s %d RRSIG %s 8 1 60 20300101000000 20200101000000 %d z. AAAA\n", owner, ttl, typ, random.IntN(3))
			fmt.Fprintf(&text, "%s %d NSEC3 1 0 0 - %s A\n", "0P9MHAVEQVM6T7VBL5LOP2U3T2RP3TOM.z.", ttl, "2T7B4G4VSA5SMI47K61MV5BV1A22BOJR")
		}
	}
	return text.String()
}

func version(t testing.TB, random *rand.Rand, serial int) *Zone {
	t.Helper()
	text := versionOf(random, serial)
	zone, _, err := parseText(t, "z", text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return zone.Resteer(testNetwork(t))
}

// content is what a zone says, in an order of its own.
func content(z *Zone) map[Record]bool {
	all := map[Record]bool{}
	for r := range z.All() {
		all[r] = true
	}
	return all
}

func wantSame(t *testing.T, what string, got, want *Zone) {
	t.Helper()
	if a, b := content(got), content(want); !maps.Equal(a, b) {
		t.Fatalf("%s:\n got %v\nwant %v", what, a, b)
	}
	if got.Digest() != want.Digest() || got.Serial() != want.Serial() || got.Records() != want.Records() ||
		got.text.octets != want.text.octets || got.Signed() != want.Signed() {
		t.Fatalf("%s: digest, serial, records, octets or signature differ: %v %v", what, got.text, want.text)
	}
	wantSameTree(t, what, got)
}

// checkVersions makes a row of versions, and goes from each to the next by changes.
func checkVersions(t *testing.T, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 0))
	served := version(t, random, 1)
	first := served
	versions := []*Zone{served}
	for serial := 2; serial < 6; serial++ {
		next := version(t, random, serial)
		c := Between(served, next)
		wantDifference(t, c, served, next)
		if got := served.Digest().After(c); got != next.Digest() {
			t.Fatalf("seed %d: digest %s after the change, want %s", seed, got, next.Digest())
		}
		applied, err := served.Apply(c)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		wantSame(t, fmt.Sprintf("seed %d, serial %d", seed, serial), applied, next)
		if c := Between(applied, next); c != nil {
			t.Fatalf("seed %d: a difference where there is none: %+v", seed, c)
		}
		loaded := next.After(served, epoch)
		if got, want := loaded.History()[serial-2], applied.History()[serial-2]; !sameChange(got, want) {
			t.Fatalf("seed %d: the change is remembered as %+v by one way, %+v by the other", seed, got, want)
		}
		served = loaded
		versions = append(versions, next)
	}
	for _, old := range versions {
		c, ok := served.Since(old.Serial())
		if !ok {
			t.Fatalf("seed %d: nothing known since %d", seed, old.Serial())
		}
		wantDifference(t, c, old, served)
		got, err := old.Apply(c)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		wantSame(t, fmt.Sprintf("seed %d, since %d", seed, old.Serial()), got, served)
	}
	replayed, err := first.Replay(served.History())
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	wantSame(t, fmt.Sprintf("seed %d, replayed", seed), replayed, served)
}

// wantDifference holds a change against the two versions, record by record.
func wantDifference(t *testing.T, c *Change, before, after *Zone) {
	t.Helper()
	had, have := content(before), content(after)
	removed, added := map[Record]bool{}, map[Record]bool{}
	for r := range had {
		if !have[r] && r.Type != dns.TypeSOA {
			removed[r] = true
		}
	}
	for r := range have {
		if !had[r] && r.Type != dns.TypeSOA {
			added[r] = true
		}
	}
	if !maps.Equal(setOf(c.Removed), removed) || !maps.Equal(setOf(c.Added), added) ||
		len(c.Removed) != len(removed) || len(c.Added) != len(added) ||
		!had[c.Before] || !have[c.After] || c.From() != before.Serial() || c.To() != after.Serial() {
		t.Fatalf("the change is %+v\nremoved %v\nadded %v", c, removed, added)
	}
}

func setOf(list []Record) map[Record]bool {
	set := map[Record]bool{}
	for _, r := range list {
		set[r] = true
	}
	return set
}

func sameChange(a, b *Change) bool {
	return a.Before == b.Before && a.After == b.After &&
		maps.Equal(setOf(a.Removed), setOf(b.Removed)) && maps.Equal(setOf(a.Added), setOf(b.Added))
}

func TestChanges(t *testing.T) {
	for seed := range uint64(500) {
		checkVersions(t, seed)
	}
}

// TestApplyRefuses has changes that do not fit.
func TestApplyRefuses(t *testing.T) {
	zone, _, err := parseText(t, "z", "@ 60 SOA ns host 1 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.2.1\nWww 60 MX 1 Mail\n")
	if err != nil {
		t.Fatal(err)
	}
	const one, two = "z. 60 SOA ns.z. host.z. 1 2 3 4 5\n", "z. 60 SOA ns.z. host.z. 2 2 3 4 5\n"
	for _, row := range []struct{ title, removed, added, want string }{
		{"what is there", one + "ns.z. 60 A 192.0.2.1", two + "ns.z. 60 A 192.0.2.2", ""},
		{"in another letter case, with another TTL", one + "wWW.z. 5 MX 1 mAIL.z.", two, ""},
		{"nothing but the SOA", one, two, ""},
		{"what is there already", one, two + "WWW.z. 60 MX 1 mail.z.", "it adds Www MX, which is there already"},
		{"what is not there", one + "ns.z. 60 A 192.0.2.9", two, "zone z: a change from serial 1 to 2: it removes ns A, which is not there as such"},
		{"one record twice", one + "ns.z. 60 A 192.0.2.1\nNS.z. 60 A 192.0.2.1", two, "it removes NS A twice"},
		{"another serial", two, two, "the zone has serial 1"},
		{"the last NS", one + "z. 60 NS ns.z.", two, `"@": no NS record at the apex`},
		{"a CNAME beside other data", one, two + "www.z. 60 CNAME ns.z.", `"www": CNAME beside other data`},
		{"an ALIAS beside an address", one, two + "ns.z. 60 TYPE65401 \\# 3 017a00", `"ns": ALIAS beside A or AAAA`},
		{"a second ALIAS", one, two + "c.z. 60 TYPE65401 \\# 3 017a00\nc.z. 60 TYPE65401 \\# 3 017900", "a second, different ALIAS"},
		{"a second CNAME", one, two + "c.z. 60 CNAME a.z.\nc.z. 60 CNAME b.z.", "a second, different CNAME"},
		{"an added record out of zone", one, two + "y. 60 A 192.0.2.1", `zone z: "y.": record out of zone`},
		{"another SOA", one + two, two, "has its SOA first and no other"},
		{"no SOA", "ns.z. 60 A 192.0.2.1", two, "has its SOA first and no other"},
		{"nothing", "", two, "has its SOA first and no other"},
	} {
		t.Run(row.title, func(t *testing.T) {
			c, err := NewChange(name(t, "Z"), rrs(t, row.removed), rrs(t, row.added))
			var next *Zone
			if err == nil {
				next, err = zone.Apply(c)
			}
			if row.want == "" {
				if err != nil || next.Serial() != 2 || next.FileSerial() != 2 || len(next.History()) != 1 {
					t.Errorf("%v", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("%v, want %s", err, row.want)
			}
		})
	}
}

func rrs(t testing.TB, text string) (list []dns.RR) {
	t.Helper()
	for line := range strings.Lines(text) {
		rr, err := dns.NewRR(line)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, rr)
	}
	return list
}
