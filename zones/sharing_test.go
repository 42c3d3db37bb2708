package zones

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"testing"
)

// wantSameTree holds a tree, however it came to be, against the one that is made of its text from the beginning.
func wantSameTree(t testing.TB, what string, got *Zone) {
	t.Helper()
	want := got.text.zone(got.network, got.serial)
	a, b := drawn(got), drawn(want)
	for name := range maps.Keys(b) {
		if a[name] != b[name] {
			t.Fatalf("%s: %s is\n%s\nwant\n%s", what, name, a[name], b[name])
		}
	}
	if len(a) != len(b) || got.steered != want.steered || got.depth < want.depth || len(got.whole) != len(want.whole) ||
		got.apex != got.nodes.of(got.origin) || got.soa != got.apex.set(6) || got.negative != negativeTTL(got.soa) {
		t.Fatalf("%s: %d names with %d steered, want %d with %d", what, len(a), got.steered, len(b), want.steered)
	}
}

// drawn is all that each node of a tree knows, and of the others that it leads to whether they are those of this tree.
func drawn(z *Zone) map[Name]string {
	known := map[*RRset]bool{nil: true}
	for _, s := range z.text.sets {
		known[s] = true
	}
	for _, n := range z.nodes.all() {
		for _, s := range n.sets {
			known[s] = true
		}
	}
	draw := func(s *RRset) string {
		if s == nil {
			return "-"
		}
		return fmt.Sprint(s.Owner, s.Type, s.Covers(), s.TTL, s.octets(), steeredBy(s), known[s])
	}
	drawAll := func(sets []*RRset) (text string) {
		for _, s := range slices.SortedFunc(slices.Values(sets), func(a, b *RRset) int { return cmp.Compare(draw(a), draw(b)) }) {
			text += draw(s) + " "
		}
		return text
	}
	all := map[Name]string{}
	for name, n := range z.nodes.all() {
		text := fmt.Sprintln(n.children, n.delegates, n.settled, draw(n.proof()), draw(n.rule), draw(n.ruleBelow()))
		for _, s := range n.sets {
			text += fmt.Sprintln(draw(s), draw(s.Signatures()), draw(s.DS()), s.linked().hints, "glue", drawAll(s.Glue()), "additional", drawAll(s.Additional()))
		}
		if n.wildcard() != nil {
			text += fmt.Sprintln("wildcard", n.wildcard() == z.nodes.of("\x01*"+name))
		}
		all[name] = text
	}
	return all
}

// steeredBy is the policy of a steered RRset.
func steeredBy(s *RRset) string {
	switch {
	case s.Reach() == nil:
		return "unsteered"
	case s.Reach().Policy() == nil:
		return "nearest"
	}
	return s.Reach().Policy().Text
}
