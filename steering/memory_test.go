package steering

import (
	"testing"
	"time"
)

// What was measured before a restart holds until votes come in, also when the network has changed meanwhile.
func TestRecall(t *testing.T) {
	n := demo(t)
	kept := judge(n, allSay(n, "lhr/northway")).Remember()
	if len(kept) != len(n.uplinks) {
		t.Fatalf("kept %d verdicts of %d", len(kept), len(n.uplinks))
	}
	changed := network(t, "new: northway", "lhr: northway", "iad: northway")
	v := Judge(changed, Facts{Before: Recall(changed, nil, kept), Now: testNow.Add(time.Hour)})
	for u, want := range []State{Unknown, Down, Up} {
		got := v.Uplinks[u]
		if got.State != want || got.Stale != (want != Unknown) {
			t.Errorf("%s: %s, stale %v; want %s", changed.UplinkName(UplinkIndex(u)), got.State, got.Stale, want)
		}
	}
	if !v.Uplinks[1].Since.Equal(testNow) {
		t.Errorf("lhr/northway is down since %s", v.Uplinks[1].Since)
	}
}
