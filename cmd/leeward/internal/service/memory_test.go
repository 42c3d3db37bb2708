package service

import (
	"testing"
	"time"
)

// Rows follow the chart of due: the heap was collected at 100 MiB, and has allocated 1,000 by the look before.
func TestGiveBackIsDue(t *testing.T) {
	const mib = 1 << 20
	start := time.Unix(1000, 0)
	for _, row := range []struct {
		name            string
		held, allocated uint64 // MiB
		after           time.Duration
		want            bool
	}{
		{"it was done just now", 500, 1001, time.Second / 2, false},
		{"work goes on", 500, 1100, time.Minute, false},
		{"it has hardly grown", 119, 1001, time.Minute, false},
		{"it has grown", 122, 1001, time.Minute, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			var d dirt
			d.collected(100*mib, start)
			d.due(100*mib, 1000*mib, start)
			if got := d.due(row.held*mib, row.allocated*mib, start.Add(row.after)); got != row.want {
				t.Errorf("due is %v", got)
			}
		})
	}
}

// TestGiveBackAfterLess: what was once held does not hide what is left idle after most zones are gone.
func TestGiveBackAfterLess(t *testing.T) {
	const mib = 1 << 20
	now := time.Unix(1000, 0)
	var d dirt
	d.collected(1000*mib, now)
	now = now.Add(time.Minute)
	if d.due(100*mib, mib, now) {
		t.Error("due though it has less")
	}
	if !d.due(600*mib, 2*mib, now.Add(time.Minute)) {
		t.Error("not due though it holds six times as much")
	}
}
