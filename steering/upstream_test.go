package steering

import (
	"strings"
	"testing"
	"time"
)

// Rows follow the charts of attribute and judgeUpstreams: which uplinks are down, which upstreams are failing by that, and
// which uplinks are at risk.
func TestJudgeUpstreams(t *testing.T) {
	overlapping := []string{"a: north+east", "b: north+east", "c: north", "d: east", "e: west", "f: west"}
	for _, row := range []struct {
		name   string
		world  []string // nil: the demo
		down   string
		want   string // all upstreams that are not up
		atRisk string
	}{
		{"nothing down", nil, "", "", ""},
		{"one colo's uplink is not the upstream", nil, "lhr/northway", "", ""},
		{"two uplinks of one colo are not the upstream", []string{"a: north north+east", "b: west", "c: west"}, "a/north a/north+east", "", ""},
		{"two colos of three", nil, "lhr/northway iad/northway", "northway=failing", "ams/northway"},
		{"all of it", nil, "lhr/northway iad/northway ams/northway", "northway=failing", ""},
		{"less than 60 %", []string{"a: north", "b: north", "c: north", "d: north", "e: west"}, "a/north b/north", "", ""},
		{"two of three, and as many elsewhere", nil, "lhr/northway iad/northway sin/transpac nrt/transpac nrt/eastlink", "", ""},
		{"everything down: nothing points at one", nil, "ams/northway ams/eastlink lhr/northway iad/northway " +
			"sjc/transpac sjc/eastlink sin/transpac nrt/eastlink nrt/transpac", "", ""},

		{"two at once", nil, "lhr/northway iad/northway ams/northway sjc/transpac sin/transpac nrt/transpac",
			"northway=failing transpac=failing", ""},
		{"two at once, one of them hidden by the other at first", []string{"a: north", "b: north", "c: north", "d: north", "e: south", "f: south",
			"g: south", "h: south", "i: west", "j: west", "k: west", "l: west"}, "a/north b/north c/north d/north e/south f/south g/south",
			"north=failing south=failing", "h/south"},
		{"the fewest healthy members explain it", overlapping, "a/north+east b/north+east d/east", "east=failing", ""},
		{"as many healthy: the most explained", []string{"a: north+east", "b: north+east", "c: north", "d: north", "e: east", "f: west", "g: west"},
			"a/north+east b/north+east c/north", "north=failing", "d/north"},
		{"as many healthy, as many explained: the first mentioned", overlapping, "a/north+east b/north+east", "north=failing", "c/north"},
		{"what is left over is looked at again", []string{"a: north+east", "b: north+east", "c: north", "d: north", "e: east", "f: east", "g: west", "h: west"},
			"a/north+east b/north+east c/north d/north e/east f/east", "north=failing east=failing", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			n := demo(t)
			if row.world != nil {
				n = network(t, row.world...)
			}
			v := judge(n, allSay(n, strings.Fields(row.down)...))
			var states, risky []string
			for i, u := range v.Upstreams {
				if u.State != UpstreamUp {
					states = append(states, n.upstreams[i]+"="+u.State.String())
				}
			}
			for u := range v.Uplinks {
				if v.Uplinks[u].State == AtRisk {
					risky = append(risky, n.UplinkName(UplinkIndex(u)))
				}
			}
			if got := strings.Join(states, " "); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
			if got := strings.Join(risky, " "); got != row.atRisk {
				t.Errorf("at risk %q, want %q", got, row.atRisk)
			}
		})
	}
}

// What an upstream's verdict says, from before its failure to long after it.
func TestUpstreamReasons(t *testing.T) {
	n := demo(t)
	all := []string{"ams/northway", "lhr/northway", "iad/northway"}
	var before *Verdicts
	for _, row := range []struct {
		after time.Duration
		down  []string
		drain bool
		state UpstreamState
		want  string
	}{
		{0, nil, false, UpstreamUp, "0 of 3 uplinks down, elsewhere 0 of 6"},
		{time.Second, all[1:2], false, UpstreamUp, "1 of 3 uplinks down, elsewhere 0 of 6"},
		{2 * time.Second, all[1:], false, UpstreamFailing, "lhr, iad down since 03:04:06, seen by 4 of 4 provider groups; elsewhere 0 of 6"},
		{3 * time.Second, append(all, "sin/transpac"), false, UpstreamFailing,
			"lhr, iad, ams/northway down since 03:04:06, seen by 4 of 4 provider groups; elsewhere 1 of 6"},
		{time.Minute, all, true, UpstreamDrained, "upstream:northway drained by op@ns1 (works); measured failing: " +
			"lhr, iad, ams/northway down since 03:04:06, seen by 4 of 4 provider groups; elsewhere 0 of 6"},
		{2 * time.Minute, all[:2], false, UpstreamFailing, "lhr, ams/northway down since 03:04:06, seen by 4 of 4 provider groups; elsewhere 0 of 6"},
		{3 * time.Minute, nil, false, UpstreamUp, "0 of 3 uplinks down, elsewhere 0 of 6; failed 03:04:06 to 03:07:05: lhr, iad, ams/northway"},
		{26 * time.Hour, nil, false, UpstreamUp,
			"0 of 3 uplinks down, elsewhere 0 of 6; failed 2026-01-02 03:04:06 to 2026-01-02 03:07:05: lhr, iad, ams/northway"},
	} {
		f := Facts{Sheets: allSay(n, row.down...), Before: before, Stale: time.Second, Now: testNow.Add(row.after)}
		if row.drain {
			f.Overrides = []Override{drain("upstream:northway")}
		}
		before = Judge(n, f)
		if got := before.Upstreams[0]; got.State != row.state || got.Reason != row.want {
			t.Errorf("after %s: %s (%s), want %s (%s)", row.after, got.State, got.Reason, row.state, row.want)
		}
	}
	if got := judge(n, nil, drain("upstream:eastlink")).Upstreams; got[0].State != UpstreamUnknown || got[1].State != UpstreamDrained {
		t.Errorf("drained: %v", got)
	}
}

// An upstream that shares uplinks with a failing one says what explains them.
func TestUpstreamExplained(t *testing.T) {
	n := network(t, "a: north+east", "b: north+east", "c: north", "d: east", "e: east", "f: west", "g: west")
	for _, row := range []struct{ down, want string }{
		{"a/north+east b/north+east c/north", "2 of 4 uplinks down, explained by north"},
		{"a/north+east b/north+east c/north d/east", "3 of 4 uplinks down, 2 of them explained by north; elsewhere 1 of 3"},
	} {
		v := judge(n, allSay(n, strings.Fields(row.down)...))
		if v.Upstreams[0].State != UpstreamFailing || v.Upstreams[1].State != UpstreamUp || v.Upstreams[1].Reason != row.want {
			t.Errorf("%s: %+v", row.down, v.Upstreams)
		}
	}
}
