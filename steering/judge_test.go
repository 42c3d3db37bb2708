package steering

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// Rows follow the charts of find, quorum and insideView: who says what of one uplink, and what is concluded.
func TestJudgeOneUplink(t *testing.T) {
	three := []string{"a: north", "b: east", "c: west"}
	for _, row := range []struct {
		name   string
		world  []string
		uplink string
		votes  []string
		want   State
		reason string
	}{
		{"all groups say up", three, "a/north", []string{"n1@b=up", "n2@c=up"}, Up, "2 of 2 provider groups say up"},
		{"all groups say down", three, "a/north", []string{"n1@b=down", "n2@c=down"}, Down, "2 of 2 provider groups say down: timeout"},
		{"one of two: no majority", three, "a/north", []string{"n1@b=down", "n2@c=up"}, Up, "1 of 2 provider groups say down: timeout, no majority"},
		{"the inside view does not count beside an outside one", three, "a/north", []string{"n0@a=down", "n1@b=up", "n2@c=up"}, Up, "2 of 2 provider groups say up"},
		{"inside view alone", three, "a/north", []string{"n0@a=down"}, Down, "no outside vote; 1 of 1 inside nodes say down: timeout"},
		{"inside view, a tie says up", three, "a/north", []string{"n0@a=down", "n9@a=up"}, Up, "no outside vote; 1 of 2 inside nodes say down: timeout"},
		{"inside view, all up", three, "a/north", []string{"n0@a=up"}, Up, "no outside vote; 1 of 1 inside nodes say up"},
		{"stale votes do not count", three, "a/north", []string{"n1@b=down~", "n2@c=up"}, Up, "1 of 1 provider groups say up"},
		{"none fresh outside: the inside view", three, "a/north", []string{"n1@b=down~", "n0@a=up"}, Up, "no outside vote; 1 of 1 inside nodes say up"},
		{"no vote", three, "a/north", nil, Unknown, "no vote heard yet"},
		{"no fresh vote and no last verdict", three, "a/north", []string{"n1@b=down~"}, Unknown, "no vote heard yet"},

		{"a colo's voice is the majority of its nodes", three, "a/north", []string{"n1@b=down", "n2@b=down", "n3@b=up", "n4@c=down"}, Down, "2 of 2 provider groups say down: timeout"},
		{"a tie in a colo says up", three, "a/north", []string{"n1@b=down", "n2@b=up"}, Up, "1 of 1 provider groups say up"},
		{"two colos: one voice decides", []string{"a: north", "b: north"}, "a/north", []string{"n1@b=down"}, Down, "1 of 1 provider groups say down: timeout"},

		{"a group's voice is the majority of its colos", []string{"a: north", "b: east", "c: east", "d: east", "e: west"}, "a/north",
			[]string{"n1@b=down", "n2@c=down", "n3@d=up", "n4@e=down"}, Down, "2 of 2 provider groups say down: timeout"},
		{"a tie in a group says up", []string{"a: north", "b: east", "c: east", "d: west"}, "a/north",
			[]string{"n1@b=down", "n2@c=up", "n3@d=down"}, Up, "1 of 2 provider groups say down: timeout, no majority"},

		{"a provider of observers that is wrong convicts nobody", []string{"a: north", "b: east", "c: east west", "d: south"}, "a/north",
			[]string{"n1@b=down", "n2@c=down", "n3@d=up"}, Up, "2 of 3 provider groups say down: timeout, but east alone would explain it"},
		{"however many its colos are", []string{"a: north", "b: east", "c: east west", "d: east mid", "e: south"}, "a/north",
			[]string{"n1@b=down", "n2@c=down", "n3@d=down", "n4@e=up"}, Up, "3 of 4 provider groups say down: timeout, but east alone would explain it"},
		{"the target's own upstream explains nothing away", []string{"a: north", "b: north", "c: north west", "d: north mid", "e: south"}, "a/north",
			[]string{"n1@b=down", "n2@c=down", "n3@d=down", "n4@e=up"}, Down, "3 of 4 provider groups say down: timeout"},
		{"leaving out a provider that leaves nobody proves nothing", []string{"a: north", "b: east", "c: east west"}, "a/north",
			[]string{"n1@b=down", "n2@c=down"}, Down, "2 of 2 provider groups say down: timeout"},

		{"lossy by quorum is at risk", three, "a/north", []string{"n1@b=lossy", "n2@c=lossy"}, AtRisk, "2 of 2 provider groups say lossy: timeout"},
		{"down and lossy together are at risk", three, "a/north", []string{"n1@b=down", "n2@c=lossy"}, AtRisk, "2 of 2 provider groups say lossy: timeout"},
		{"lossy without majority is up", three, "a/north", []string{"n1@b=lossy", "n2@c=up"}, Up, "1 of 2 provider groups say lossy: timeout, no majority"},

		{"a node outside every colo has a voice of no upstream", three, "a/north", []string{"n1@=down", "n2@b=down", "n3@c=down"}, Down, "3 of 3 provider groups say down: timeout"},
		{"a colo that the network does not have stands beside it", three, "a/north", []string{"n1@x=down", "n2@=up", "n3@b=up"}, Up, "2 of 2 provider groups say up"},

		{"six colos: the demo, lhr fails", nil, "lhr/northway", []string{"n1@ams=down", "n3@iad=down", "n4@sjc=down", "n5@sin=down", "n6@nrt=down"}, Down, "4 of 4 provider groups say down: timeout"},
		{"six colos: all behind eastlink are wrong", nil, "lhr/northway", []string{"n1@ams=down", "n3@iad=up", "n4@sjc=down", "n5@sin=up", "n6@nrt=down"}, Up, "2 of 4 provider groups say down: timeout, no majority"},
	} {
		t.Run(row.name, func(t *testing.T) {
			n := demo(t)
			if row.world != nil {
				n = network(t, row.world...)
			}
			v := judge(n, sheets(t, n, row.uplink, row.votes...)).Uplinks[n.uplinkNamed(t, row.uplink)]
			if v.State != row.want || v.Reason != row.reason {
				t.Errorf("got %s (%s), want %s (%s)", v.State, v.Reason, row.want, row.reason)
			}
		})
	}
}

func TestJudgeTurning(t *testing.T) {
	n := network(t, "a: north", "b: east", "c: west")
	for _, row := range []struct {
		votes []string
		want  bool
	}{
		{[]string{"n1@b=up", "n2@c=up"}, false},
		{[]string{"n1@b=turning", "n2@c=up"}, true},
		{[]string{"n1@b=down", "n2@c=rising"}, true},
		{[]string{"n1@b=turning~", "n2@c=up"}, false},
		{[]string{"n0@a=turning", "n2@c=up"}, false},
	} {
		if got := judge(n, sheets(t, n, "a/north", row.votes...)).Uplinks[0].Turning; got != row.want {
			t.Errorf("%v: turning is %v", row.votes, got)
		}
	}
}

// Rows follow the chart of Judge for an uplink with several probe addresses.
func TestJudgeFamilies(t *testing.T) {
	colos := []Colo{
		{Name: "a", Uplinks: []Uplink{{Upstreams: []string{"north"}, Probe: addrs("10.0.0.1", "10.0.0.2", "2001:db8::1")}}},
		{Name: "b", Uplinks: []Uplink{{Upstreams: []string{"east"}}}},
	}
	n, err := NewNetwork(colos, testCheck)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		votes  [3]VoteState
		want   State
		reason string
	}{
		{[3]VoteState{VoteUp, VoteUp, VoteUp}, Up, "10.0.0.1: 1 of 1 provider groups say up"},
		{[3]VoteState{VoteDown, VoteUp, VoteUp}, AtRisk, "10.0.0.1: 1 of 1 provider groups say down"},
		{[3]VoteState{VoteDown, VoteDown, VoteUp}, Down, "10.0.0.1: 1 of 1 provider groups say down"},
		{[3]VoteState{VoteUp, VoteUp, VoteDown}, Down, "2001:db8::1: 1 of 1 provider groups say down"},
		{[3]VoteState{VoteUp, VoteLossy, VoteUp}, AtRisk, "10.0.0.2: 1 of 1 provider groups say lossy"},
	} {
		sheet := &Sheet{Observer: "n1", Colo: "b"}
		for i, s := range row.votes {
			sheet.Votes = append(sheet.Votes, Vote{Target: n.targets[i].ID, State: s})
		}
		v := judge(n, []Heard{{Sheet: sheet}}).Uplinks[0]
		if v.State != row.want || v.Reason != row.reason {
			t.Errorf("%v: got %s (%s), want %s (%s)", row.votes, v.State, v.Reason, row.want, row.reason)
		}
	}
	if v := judge(n, nil).Uplinks[1]; v.State != Unknown || v.Reason != "no probe address is configured" {
		t.Errorf("an uplink without a probe address: %s (%s)", v.State, v.Reason)
	}
}

// Without a fresh vote the last verdict holds, and is marked; it follows an uplink into a changed network.
func TestJudgeLastVerdict(t *testing.T) {
	n := network(t, "a: north", "b: east", "c: west")
	before := judge(n, sheets(t, n, "a/north", "n1@b=down", "n2@c=down"))
	changed := network(t, "z: south", "a: north", "b: east", "c: west")
	for name, n := range map[string]*Network{"same network": n, "changed network": changed} {
		later := testNow.Add(time.Minute)
		v := Judge(n, Facts{Before: before, Stale: time.Second, Now: later}).Uplinks[n.uplinkNamed(t, "a/north")]
		if v.State != Down || !v.Stale || !v.Since.Equal(testNow) || v.Reason != "no fresh vote since 03:04:05; the last verdict holds" {
			t.Errorf("%s: got %+v", name, v)
		}
		v = Judge(n, Facts{Before: before, Stale: time.Second, Now: later,
			Sheets: sheets(t, n, "a/north", "n1@b=up")}).Uplinks[n.uplinkNamed(t, "a/north")]
		if v.State != Up || v.Stale || !v.Since.Equal(later) {
			t.Errorf("%s, with a fresh vote: got %+v", name, v)
		}
	}
}

// Votes on targets of another network are counted, and those on services of zones that are not served here are not.
func TestJudgeStrangers(t *testing.T) {
	n := network(t, "a: north", "b: east")
	v := judge(n, []Heard{{Sheet: &Sheet{Observer: "n1", Colo: "b", Votes: []Vote{{Target: 2, State: VoteDown}, {Target: 3, State: VoteDown}, {Target: n.targets[0].ID}}}}})
	if v.Strangers != 1 || v.Uplinks[0].State != Up || len(v.Uplinks[0].Votes) != 1 {
		t.Errorf("got %d strangers, %+v", v.Strangers, v.Uplinks[0])
	}
}

func TestJudgeOverrides(t *testing.T) {
	n := demo(t)
	heard := allSay(n, "lhr/northway")
	ended := drain("colo:ams")
	ended.Until = testNow
	undrained := drain("colo:ams")
	undrained.Action = Undrain
	for _, row := range []struct {
		name     string
		override Override
		drained  string
	}{
		{"a colo", drain("colo:ams"), "ams/northway ams/eastlink"},
		{"an uplink", drain("uplink:ams/eastlink"), "ams/eastlink"},
		{"an upstream", drain("upstream:transpac"), "sjc/transpac sin/transpac nrt/transpac"},
		{"what the network does not have", drain("colo:xxx"), ""},
		{"ended by time", ended, ""},
		{"ended by undrain", undrained, ""},
	} {
		v := judge(n, heard, row.override)
		got := ""
		for u := range v.Uplinks {
			if v.Uplinks[u].State == Drained {
				got += " " + n.UplinkName(UplinkIndex(u))
			}
		}
		if got != "" {
			got = got[1:]
		}
		if got != row.drained {
			t.Errorf("%s: drained %q, want %q", row.name, got, row.drained)
		}
	}
	v := judge(n, heard, drain("colo:lhr")).Uplinks[n.uplinkNamed(t, "lhr/northway")]
	if v.Measured != Down || v.Reason != "colo:lhr drained by op@ns1 (works); measured down: 4 of 4 provider groups say down: timeout" {
		t.Errorf("drained and down: %s, %s", v.Measured, v.Reason)
	}
}

// What is at risk because its upstream is failing was not measured: it is neither a later judgement's last verdict, nor
// one of the upstream's measured uplinks, nor kept over a restart.
func TestAtRiskIsNotMeasured(t *testing.T) {
	colos := []Colo{
		{Name: "a", Uplinks: []Uplink{{Upstreams: []string{"north"}, Probe: addrs("10.0.0.1")}}},
		{Name: "b", Uplinks: []Uplink{{Upstreams: []string{"north"}, Probe: addrs("10.0.1.1")}}},
		{Name: "c", Uplinks: []Uplink{{Upstreams: []string{"north"}}}},
		{Name: "d", Uplinks: []Uplink{{Upstreams: []string{"east"}, Probe: addrs("10.0.3.1")}}},
	}
	n, err := NewNetwork(colos, testCheck)
	if err != nil {
		t.Fatal(err)
	}
	var v *Verdicts
	for range 3 {
		v = Judge(n, Facts{Sheets: allSay(n, "a/north", "b/north"), Before: v, Stale: time.Second, Now: testNow})
		if v.Upstreams[0].State != UpstreamFailing || v.Uplinks[2].State != AtRisk || v.Uplinks[2].Measured != Unknown || v.Uplinks[2].Stale {
			t.Fatalf("in the outage: upstream %+v, uplink %+v", v.Upstreams[0], v.Uplinks[2])
		}
	}
	v = Judge(n, Facts{Sheets: allSay(n), Before: Recall(n, nil, v.Remember()), Stale: time.Second, Now: testNow})
	if v.Uplinks[2].State != Unknown {
		t.Errorf("after it: %+v", v.Uplinks[2])
	}
}

// The same facts give the same verdicts, in whatever order they came.
func TestJudgeOrder(t *testing.T) {
	n := demo(t)
	heard := allSay(n, "lhr/northway", "iad/northway", "nrt/eastlink")
	want := judge(n, heard)
	for range 20 {
		rand.Shuffle(len(heard), func(i, j int) { heard[i], heard[j] = heard[j], heard[i] })
		got := judge(n, heard)
		if got.Digest() != want.Digest() || !slices.Equal(got.grading.grades, want.grading.grades) || got.Uplinks[2].Reason != want.Uplinks[2].Reason {
			t.Fatalf("another order, another verdict: %+v", got.Uplinks)
		}
	}
}

func TestVerdictDigest(t *testing.T) {
	n := demo(t)
	up, turning := judge(n, sheets(t, n, "lhr/northway", "n1@ams=up")), judge(n, sheets(t, n, "lhr/northway", "n1@ams=turning"))
	down := judge(n, sheets(t, n, "lhr/northway", "n1@ams=down"))
	if up.Digest() == down.Digest() || up.Digest() != turning.Digest() {
		t.Error("digests are those of the states")
	}
}

// BenchmarkJudge judges networks of so many colos, each with one of as many upstreams as colos have a tenth of, every target
// probed by two nodes of seven colos: an upstream fails.
func BenchmarkJudge(b *testing.B) {
	for _, colos := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("%d colos", colos), func(b *testing.B) {
			var list []string
			for c := range colos {
				list = append(list, fmt.Sprintf("c%d: u%d", c, c%(colos/10)))
			}
			n := network(b, list...)
			heard := observed(n, 7, 2, "u0")
			b.ReportAllocs()
			for b.Loop() {
				if v := judge(n, heard); v.Uplinks[0].State != Down || v.Uplinks[1].State == Down && colos > 10 {
					b.Fatal(v.Uplinks[0], v.Uplinks[1])
				}
			}
		})
	}
}

// observed are the sheets of a network in which every target is probed from so many colos, by so many nodes in each, when
// what is behind an upstream does not answer.
func observed(n *Network, colos, nodes int, failed string) []Heard {
	sheets := make([]*Sheet, len(n.colos)*nodes)
	for i := range sheets {
		colo := n.colos[i/nodes].Name
		sheets[i] = &Sheet{Observer: fmt.Sprint("ns", i%nodes, "-", colo), Colo: colo}
	}
	for t, target := range n.targets {
		vote := Vote{Target: target.ID}
		if strings.HasSuffix(n.UplinkName(target.Uplink), "/"+failed) {
			vote.State, vote.Detail = VoteDown, "timeout"
		}
		for c := range colos {
			for i := range nodes {
				at := (t + 1 + c) % len(n.colos) // not the target's own
				sheets[at*nodes+i].Votes = append(sheets[at*nodes+i].Votes, vote)
			}
		}
	}
	var heard []Heard
	for _, s := range sheets {
		heard = append(heard, Heard{Sheet: s, Age: 400 * time.Millisecond})
	}
	return heard
}
