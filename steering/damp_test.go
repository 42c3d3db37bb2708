package steering

import (
	"strings"
	"testing"
	"time"
)

// Rows follow the chart of damp: what is measured second by second, and the verdicts that follow. U is up, R at risk, D down.
func TestDamp(t *testing.T) {
	n := network(t, "a: north", "b: east")
	for _, row := range []struct{ name, measured, want string }{
		{"as measured", "UUURRUUDDUU", "UUURRUUDDUU"},
		{"the seventh change may be for the worse only", "UDUDUDUDUUUU", "UDUDUDUDDDDD"},
		{"from at risk it may get worse still", "URURURURUD", "URURURURRD"},
		{"and not better", "URURURURDRU", "URURURURDDD"},
		{"held until only five changes are younger than a minute", "UDUDUDUD" + strings.Repeat("U", 60), "UDUDUDUD" + strings.Repeat("D", 54) + "UUUUUU"},
		{"a stale verdict is no change", "UDUDUDUD" + strings.Repeat("-", 55) + "U", "UDUDUDUD" + strings.Repeat("D", 55) + "U"},
	} {
		got := ""
		var v *Verdicts
		for i, measured := range row.measured {
			votes := map[rune]string{'U': "n1@b=up", 'R': "n1@b=lossy", 'D': "n1@b=down", '-': "n1@b=up~"}[measured]
			v = Judge(n, Facts{Sheets: sheets(t, n, "a/north", votes), Before: v, Stale: time.Second, Now: testNow.Add(time.Duration(i) * time.Second)})
			got += map[State]string{Up: "U", AtRisk: "R", Down: "D"}[v.Uplinks[0].State]
			held := measured != '-' && strings.HasPrefix(v.Uplinks[0].Reason, "held: changed ")
			if held != (measured != '-' && got[i] != row.measured[i]) || held && !v.Uplinks[0].Turning {
				t.Errorf("%s: second %d: %s, turning %v", row.name, i, v.Uplinks[0].Reason, v.Uplinks[0].Turning)
			}
		}
		if got != row.want {
			t.Errorf("%s:\n%s gives\n%s, want\n%s", row.name, row.measured, got, row.want)
		}
	}
}

// Whatever is measured, a verdict changes at most mostChanges times within any dampFor, an upstream's too.
func TestMostChanges(t *testing.T) {
	n := network(t, "a: north", "b: north", "c: east", "d: west")
	rng := newRand(7)
	for _, levels := range []string{"UD", "URD", "UURRD", "DRU"} {
		var v *Verdicts
		var uplink, upstream []time.Time
		now := testNow
		for i := range 3000 {
			now = now.Add(time.Duration(rng.IntN(4000)) * time.Millisecond)
			measured := levels[i%len(levels)]
			if i >= 1500 {
				measured = levels[rng.IntN(len(levels))]
			}
			sheet := &Sheet{Observer: "n1", Colo: "c"}
			for _, target := range n.targets[:2] {
				sheet.Votes = append(sheet.Votes, Vote{Target: target.ID, State: map[byte]VoteState{'R': VoteLossy, 'D': VoteDown}[measured]})
			}
			after := Judge(n, Facts{Sheets: []Heard{{Sheet: sheet}}, Before: v, Stale: time.Second, Now: now})
			if v != nil && after.Uplinks[0].Measured != v.Uplinks[0].Measured {
				uplink = append(uplink, now)
			}
			if v != nil && after.Upstreams[0].State != v.Upstreams[0].State {
				upstream = append(upstream, now)
			}
			v = after
		}
		for what, times := range map[string][]time.Time{"uplink": uplink, "upstream": upstream} {
			if len(times) < 50 {
				t.Errorf("%s: the %s changed only %d times", levels, what, len(times))
			}
			for i := mostChanges; i < len(times); i++ {
				if d := times[i].Sub(times[i-mostChanges]); d < dampFor {
					t.Fatalf("%s: the %s changed %d times within %s", levels, what, mostChanges+1, d)
				}
			}
		}
	}
}

// A clock that was set back holds nothing.
func TestDampClockSetBack(t *testing.T) {
	f := flips{testNow.Add(time.Second), testNow.Add(2 * time.Second), testNow.Add(-time.Second), testNow.Add(-time.Minute)}
	if got := f.recent(testNow); len(got) != 1 || !got[0].Equal(testNow.Add(-time.Second)) {
		t.Errorf("recent: %v", got)
	}
}
