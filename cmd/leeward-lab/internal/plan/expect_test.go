package plan

import (
	"net/netip"
	"slices"
	"testing"
)

func TestExpect(t *testing.T) {
	w := Six()
	frankfurt, newYork := w.Eyes[0].Location, w.Eyes[1].Location
	for _, row := range []struct {
		what string
		at   Location
		dead []Uplink
		want Answer
	}{
		{"all is well", frankfurt, nil, "10.1.1.1 10.1.2.1"},
		{"one of two uplinks", frankfurt, w.Through("northway"), "10.1.2.1"},
		{"the nearest colo", newYork, w.Of("iad"), "10.4.1.1 10.4.2.1"},
		{"the nearest two", frankfurt, w.Of("ams", "lhr"), "10.3.1.1"},
		{"an upstream, and the second nearest keeps one uplink", newYork, w.Through("northway", "transpac"), "10.4.2.1"},
		{"everything: fail open", frankfurt, w.Uplinks(), "10.1.1.1 10.1.2.1"},
	} {
		if got := w.Expect(row.at, SetOf(row.dead...)); got != row.want {
			t.Errorf("%s: %q, not %q", row.what, got, row.want)
		}
	}
}

func TestAllowedIsWhateverMayBeConcludedOnTheWay(t *testing.T) {
	w := Six()
	got := w.Allowed(w.Eyes[0].Location, append(w.Of("ams"), w.Of("iad")...))
	want := []Answer{"10.1.1.1 10.1.2.1", "10.1.1.1", "10.1.2.1", "10.2.1.1"}
	if len(got) != len(want) || slices.ContainsFunc(want, func(a Answer) bool { return !got[a] }) {
		t.Errorf("%v, not %v", got, want)
	}
}

func TestAnswers(t *testing.T) {
	w := Six()
	if a := AnswerOf(netip.MustParseAddr("10.1.2.1"), netip.MustParseAddr("10.1.1.1"), netip.MustParseAddr("10.1.2.1")); a != "10.1.1.1 10.1.2.1" {
		t.Errorf("an answer is %q", a)
	}
	for _, row := range []struct {
		answer Answer
		colo   string
	}{
		{"10.1.1.1 10.1.2.1", "ams"},
		{"10.3.1.1", "iad"},
		{"10.1.1.1 10.3.1.1", ""}, // of two colos
		{"10.1.1.53", ""},         // nobody's
		{"SERVFAIL", ""},
		{"", ""},
	} {
		if got := w.ColoOf(row.answer); got != row.colo {
			t.Errorf("%q lies in %q, not %q", row.answer, got, row.colo)
		}
	}
	if !w.Holds("10.1.1.1 10.1.2.1", SetOf(w.Through("eastlink")...)) || w.Holds("10.1.1.1", SetOf(w.Through("eastlink")...)) {
		t.Error("an answer holds an uplink when one of its addresses is there")
	}
}
