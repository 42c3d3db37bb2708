package dnsserver

import (
	"math"
	"net/netip"
	"testing"

	"leeward/steering"
)

// Who was moved by what happened is who would have been by the forecast of it, and there is an end to counting.
func TestMoved(t *testing.T) {
	w := newWorld(t)
	for _, place := range w.network.Places() {
		w.publish(w.facts(t, nil, nil))
		before := w.server.View()
		f, err := w.server.WhatIf(Supposition{Down: []steering.Place{place}}, netip.Prefix{})
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, u := range w.network.Covers(place) {
			names = append(names, w.network.UplinkName(u))
		}
		w.publish(w.facts(t, names, nil))
		moved := w.server.Moved(before, w.server.View(), func() bool { return false })
		want := 0.
		for _, c := range f.Changes {
			for _, m := range c.Moves {
				if m.To != m.From+" (failing open)" { // who is sent to the same colo is not moved, though it is down
					want += float64(c.Names) * m.ClientShare
				}
			}
		}
		if got := moved.Share * float64(moved.Total); math.Abs(got-want) > 1e-6 || !moved.Complete || moved.Total == 0 || len(moved.Names) == 0 || moved.TTL == 0 {
			t.Errorf("%s: %+v: %f clients of names, and foreseen were %f", place, moved, got, want)
		}
		if none := w.server.Moved(before, before, func() bool { return false }); none.Total != 0 || none.Share != 0 || !none.Complete {
			t.Errorf("where nothing changed: %+v", none)
		}
		if none := w.server.Moved(before, w.server.View(), func() bool { return true }); none.Complete || none.Total != 0 {
			t.Errorf("without time: %+v", none)
		}
	}
}

// Who is sent to the same colo as before, which is down, is not moved: when everything is down, answers fail open.
func TestElsewhere(t *testing.T) {
	for _, row := range []struct {
		from, to string
		want     bool
	}{
		{"ams", "iad", true},
		{"ams", "ams (failing open)", false},
		{"ams (failing open)", "ams", false},
		{"ams", "iad (failing open)", true},
		{"ams+iad", "ams", true},
		{"ams", "fallback", true},
		{"nothing", "nothing", false},
	} {
		if got := elsewhere(row.from, row.to); got != row.want {
			t.Errorf("from %s to %s: got %v", row.from, row.to, got)
		}
	}
}
