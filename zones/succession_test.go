package zones

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// succession is a zone in the course of its edits: few records, so that cuts, DNAMEs, wildcards, empty non-terminals, glue
// and what leads to it get into each other's way.
type succession struct {
	random  *rand.Rand
	filler  int // names that nothing happens to
	records map[string]string
}

// edit takes some records away and adds some.
func (s *succession) edit() {
	for at := range s.records {
		if s.random.IntN(1+len(s.records)) < 2 {
			delete(s.records, at)
		}
	}
	for range 1 + s.random.IntN(4) {
		owner := smallName(s.random)
		kind := [...]string{"A", "A", "AAAA", "NS", "NS", "MX", "SRV", "HTTPS", "HTTPS", "DNAME", "CNAME", "DS", "TXT"}[s.random.IntN(13)]
		if _, alias := s.records[owner+" CNAME"]; alias || kind == "CNAME" && s.has(owner) || owner == "z." && kind != "A" && kind != "HTTPS" && kind != "MX" && s.random.IntN(8) > 0 {
			continue
		}
		s.records[owner+" "+kind] = s.rdata(kind)
	}
}

func (s *succession) has(owner string) bool {
	for at := range s.records {
		if strings.HasPrefix(at, owner+" ") {
			return true
		}
	}
	return owner == "z."
}

func (s *succession) rdata(kind string) string {
	switch kind {
	case "A":
		return [...]string{"192.0.2.1", "192.0.2.2", "198.51.100.1", "203.0.113.1"}[s.random.IntN(4)]
	case "AAAA":
		return fmt.Sprintf("2001:db8::%d", s.random.IntN(3))
	case "NS", "DNAME", "CNAME":
		return smallName(s.random)
	case "MX":
		return "1 " + strings.ToUpper(smallName(s.random))
	case "SRV":
		return "1 2 3 " + smallName(s.random)
	case "HTTPS":
		return "1 " + [...]string{".", smallName(s.random), smallName(s.random)}[s.random.IntN(3)]
	case "DS":
		return "1 8 2 00"
	default:
		return fmt.Sprint(s.random.IntN(3))
	}
}

func (s *succession) text(serial int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "$TTL 60\nz. SOA a.z. host.z. %d 2 3 4 5\nz. NS a.z.\n", serial)
	for i := range s.filler {
		fmt.Fprintf(&b, "f%d.z. NS %s\n", i, [...]string{"a.z.", "ns.f" + fmt.Sprint(i) + ".z.", "b.a.z."}[i%3])
	}
	for at, rdata := range s.records {
		owner, kind, _ := strings.Cut(at, " ")
		fmt.Fprintf(&b, "%s %s %s\n", owner, kind, rdata)
		if kind == "A" && s.random.IntN(3) == 0 {
			fmt.Fprintf(&b, "%s A 198.51.100.7\n", owner)
		}
		if kind == "A" && s.random.IntN(6) == 0 {
			fmt.Fprintf(&b, "%s RRSIG A 8 1 60 20300101000000 20200101000000 1 z. AAAA\n", owner)
		}
	}
	return b.String()
}

// checkSuccession goes through the versions of a zone in both ways, and holds the tree of each against one made of the same
// records from the beginning.
func checkSuccession(t *testing.T, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 0))
	s := &succession{random: random, filler: []int{0, 5, 1500}[min(2, random.IntN(60)/29)], records: map[string]string{}}
	var edited, applied *Zone
	for serial := 1; serial < 8; serial++ {
		s.edit()
		written := s.text(serial)
		read := func() *text {
			r := newReading(Source{Origin: name(t, "z")}, epoch)
			read, err := r.all("z.zone", []byte(written))
			if err != nil {
				t.Fatalf("%v in\n%s", err, written)
			}
			return read
		}
		want := read().zone(testNetwork(t), uint32(serial))
		if serial == 1 {
			edited, applied = want, want
			continue
		}
		change := Between(applied, want)
		var err error
		if applied, err = applied.Apply(change); err != nil {
			t.Fatal(err)
		}
		wantSame(t, fmt.Sprintf("seed %d, serial %d, applied", seed, serial), applied, want)
		edited = edited.edited(read(), uint32(serial))
		wantSame(t, fmt.Sprintf("seed %d, serial %d, edited", seed, serial), edited, want)
		wantSame(t, fmt.Sprintf("seed %d, serial %d, still", seed, serial), want, want)
	}
}

func TestSuccession(t *testing.T) {
	for seed := range uint64(200) {
		checkSuccession(t, seed)
	}
}

func FuzzSuccession(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { checkSuccession(t, seed) })
}
