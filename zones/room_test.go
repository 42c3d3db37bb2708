package zones

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// The records of RRsets come one after the other or in between each other, few and many, and each RRset has its own.
func TestRoom(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 0))
	want := map[string][]string{}
	var text strings.Builder
	text.WriteString("$TTL 60\n@ SOA ns host 1 2 3 4 5\n@ NS ns.x.\n")
	owner := 0
	for i := range 20_000 {
		if random.IntN(3) == 0 {
			owner = [...]int{owner + 1, random.IntN(50), random.IntN(3000)}[random.IntN(3)]
		}
		name, data := fmt.Sprintf("o%d", owner), fmt.Sprintf("%d%s", i, strings.Repeat("x", random.IntN(40)))
		if len(want[name]) > 500 {
			continue
		}
		want[name] = append(want[name], data)
		fmt.Fprintf(&text, "%s TXT %s\n", name, data)
		if again := want[name][random.IntN(len(want[name]))]; random.IntN(4) == 0 {
			fmt.Fprintf(&text, "%s TXT %s\n", strings.ToUpper(name), again)
		}
	}
	zone, _, err := parseText(t, "z", text.String())
	if err != nil {
		t.Fatal(err)
	}
	for owner, records := range want {
		s := zone.nodes.of(name(t, owner+".z")).set(16)
		got := make([]string, s.Len())
		for i := range got {
			got[i] = string(s.RData(i)[1:])
		}
		if strings.Join(got, " ") != strings.Join(records, " ") {
			t.Fatalf("%s: %v, want %v", owner, got, records)
		}
		if fresh := s.detached(); !fresh.same(s) {
			t.Fatalf("%s: a copy that says something else", owner)
		}
	}
}

// A large zone lies by itself, so that it is not kept for the sake of small ones beside it.
func TestLargeZonesShareNoPiece(t *testing.T) {
	m := &room{used: 1000}
	m.zone(mostFew)
	m.text(mostFew)
	zones, texts := len(m.zones), len(m.texts)
	m.zone(mostFew + 1)
	m.text(mostFew + 1)
	if zones == 0 || texts == 0 || len(m.zones) != zones || len(m.texts) != texts {
		t.Errorf("%d of %d places for zones are left, and %d of %d for texts", len(m.zones), zones, len(m.texts), texts)
	}
}
