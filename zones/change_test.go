package zones

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// versionOf is the text of a random version of the zone z, which keeps the rules of a zone: owners in any letter case, RRsets of
// several records, different TTLs, signatures, hashes.
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
			fmt.Fprintf(&text, "%s %d CNAME %s\n", shown, ttl, smallName(random))
			continue
		}
		kind := [...]string{"A 192.0.2.%d", "MX %d A.z.", "TXT %d", "NS n%d.z.", "TYPE65280 \\# 1 0%d"}[random.IntN(5)]
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
	if len(got.nodes) != len(want.nodes) || got.Steered() != want.Steered() {
		t.Fatalf("%s: %d names with %d steered, want %d with %d", what, len(got.nodes), got.Steered(), len(want.nodes), want.Steered())
	}
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
		{"what is there already", one, two + "WWW.z. 60 MX 1 mail.z.", ""},
		{"what is not there", one + "ns.z. 60 A 192.0.2.9", two, "zone z: a change from serial 1 to 2: it removes ns A, which is not there as such"},
		{"one record twice", one + "ns.z. 60 A 192.0.2.1\nNS.z. 60 A 192.0.2.1", two, "it removes NS A twice"},
		{"another serial", two, two, "the zone has serial 1"},
		{"the last NS", one + "z. 60 NS ns.z.", two, `"@": no NS record at the apex`},
		{"a CNAME beside other data", one, two + "www.z. 60 CNAME ns.z.", `"www": CNAME beside other data`},
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

// TestSince has versions with the serials of each row, one after the other.
func TestSince(t *testing.T) {
	const far = 1 << 31
	for _, row := range []struct {
		title   string
		serials []int
		since   uint32
		known   bool
	}{
		{"the present one", []int{1, 2}, 2, true},
		{"the one before", []int{1, 2, 3}, 2, true},
		{"the first", []int{1, 2, 3}, 1, true},
		{"around the circle", []int{1<<32 - 1, 3, 4}, 1<<32 - 1, true},
		{"before the first", []int{2, 3}, 1, false},
		{"ahead", []int{2, 3}, 4, false},
		{"before a step back", []int{3, 2, 4}, 3, false},
		{"after a step back", []int{3, 2, 4}, 2, true},
		{"before a step on the spot", []int{1, 2, 2, 3}, 1, false},
		{"on the spot", []int{1, 2, 2, 3}, 2, true},
		{"half around the circle", []int{1, far - 5, far + 5}, 1, false},
	} {
		t.Run(row.title, func(t *testing.T) {
			var served *Zone
			for n, serial := range row.serials {
				next, _, err := parseText(t, "z", zoneText(serial, n))
				if err != nil {
					t.Fatal(err)
				}
				served = next.After(served, epoch)
			}
			if _, known := served.Since(row.since); known != row.known {
				t.Errorf("known: %t, want %t", known, row.known)
			}
		})
	}
}

// TestHistoryIsBounded wants no more of the past than is worth it, and always the last change.
func TestHistoryIsBounded(t *testing.T) {
	var served *Zone
	for n := range maxChanges + 10 {
		next, _, err := parseText(t, "z", zoneText(n+1, n%250))
		if err != nil {
			t.Fatal(err)
		}
		served = next.After(served, time.Unix(int64(n), 0))
	}
	if got := served.History(); len(got) != maxChanges || got[0].From() != 10 || !got[maxChanges-1].At.Equal(time.Unix(maxChanges+9, 0)) {
		t.Errorf("%d changes from %d on", len(got), got[0].From())
	}
	large := strings.Repeat("x", 200)
	for n := range 3 {
		text := zoneText(2000+n, 1)
		for i := range 3000 {
			text += fmt.Sprintf("t%d TXT %s%d\n", i, large, n)
		}
		next, _, err := parseText(t, "z", text)
		if err != nil {
			t.Fatal(err)
		}
		served = next.After(served, epoch)
	}
	if got := served.History(); len(got) != 1 || served.history.octets != got[0].octets() {
		t.Errorf("%d changes of %d octets", len(got), served.history.octets)
	}
}

func TestUnready(t *testing.T) {
	zone := Unready(name(t, "Example.com"), "never transferred yet").WithHidden(true).Resteer(testNetwork(t))
	if zone.Unready() != "never transferred yet" || !zone.Hidden() || zone.Origin() != name(t, "example.com") || zone.SOA() != nil {
		t.Errorf("%+v", zone)
	}
	if got := slices.Collect(zone.All()); len(got) != 0 {
		t.Errorf("it has %v", got)
	}
	if found := NewSet(zone).Find([]byte(name(t, "www.example.com")), dns.TypeDS); found != zone {
		t.Error("it is not found")
	}
	if _, err := zone.Apply(&Change{}); err == nil {
		t.Error("a change to nothing is taken")
	}
}

func TestAssemble(t *testing.T) {
	for _, row := range []struct{ records, want string }{
		{"z. 60 NS ns.z.\nz. 60 SOA ns.z. host.z. 1 2 3 4 5\nz. 60 NS NS.z.\nz. 60 SOA ns.z. host.z. 1 2 3 4 5", ""},
		{"z. 60 SOA ns.z. host.z. 1 2 3 4 5", `zone z: "@": no NS record at the apex`},
		{"z. 60 NS ns.z.", `zone z: "@": no SOA record at the apex`},
		{"y. 60 NS ns.z.", `zone z: "y.": record out of zone`},
		{"z. 60 CH NS ns.z.", `zone z: "@": class CH, but zones here are of class IN`},
	} {
		a := Assemble(name(t, "Z"))
		for _, rr := range rrs(t, row.records) {
			_ = a.Add(rr) // told again by Zone
		}
		zone, err := a.Zone(nil)
		switch {
		case row.want != "" && (err == nil || err.Error() != row.want):
			t.Errorf("%v, want %s", err, row.want)
		case row.want == "" && (err != nil || zone.Records() != 2 || zone.Serial() != 1):
			t.Errorf("%s: %v", row.records, err)
		}
	}
}

// FuzzChange puts together a zone and a change of it from records of any kind, and wants errors or zones.
func FuzzChange(f *testing.F) {
	f.Add([]byte("\x01\x01z\x00\x00\x02\x00\x00\x00\x00"), uint8(1), uint8(2))
	f.Fuzz(func(t *testing.T, data []byte, removes, adds uint8) {
		zone, _, err := parseText(t, "z", zoneText(1, 1)+"a CNAME www\nb MX 1 www\n")
		if err != nil {
			t.Fatal(err)
		}
		c := &Change{Before: zone.soa.record(0), After: withSerial(zone.soa, 2).record(0)}
		for len(data) > 4 {
			size := min(int(data[0])%32, len(data)-4)
			r := Record{Owner: Name(data[4:4+size]) + "\x01z\x00", Type: uint16(data[1]) | uint16(data[2]&1)<<8, TTL: 60}
			at := min(4+size+int(data[3]), len(data))
			r.RData, data = string(data[4+size:at]), data[at:]
			if len(c.Removed) < int(removes) {
				c.Removed = append(c.Removed, r)
			} else if len(c.Added) < int(adds) {
				c.Added = append(c.Added, r)
			}
		}
		next, err := zone.Apply(c)
		if err != nil {
			return
		}
		assembled := Assemble(zone.Origin())
		for r := range next.All() {
			if err := assembled.Put(r); err != nil {
				t.Fatal(err)
			}
		}
		again, err := assembled.Zone(nil)
		if err != nil {
			t.Fatal(err)
		}
		wantSame(t, "put together again", again, next)
		back, err := next.Apply(next.History()[0].inverse())
		if err != nil {
			t.Fatal(err)
		}
		wantSame(t, "and back", back, zone)
	})
}
