package steering

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// The same facts give the same verdicts to the last word, in whatever order sheets, their votes and overrides came.
func TestOrderDoesNotMatter(t *testing.T) {
	for seed := range uint64(300) {
		rng := newRand(seed)
		n := randomNetwork(rng)
		before := Judge(n, randomFacts(rng, n, testNow, nil))
		f := randomFacts(rng, n, testNow.Add(time.Second), before)
		want := Judge(n, f)
		for range 3 {
			rng.Shuffle(len(f.Sheets), func(i, j int) { f.Sheets[i], f.Sheets[j] = f.Sheets[j], f.Sheets[i] })
			rng.Shuffle(len(f.Overrides), func(i, j int) { f.Overrides[i], f.Overrides[j] = f.Overrides[j], f.Overrides[i] })
			for _, h := range f.Sheets {
				votes := h.Sheet.Votes
				rng.Shuffle(len(votes), func(i, j int) { votes[i], votes[j] = votes[j], votes[i] })
			}
			if got := Judge(n, f); !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d: another order, another verdict:\n%s\n%s", seed, strings.Join(toldBy(got), "\n"), strings.Join(toldBy(want), "\n"))
			}
		}
	}
}

// A further down vote makes no measured verdict better:
//
//   - a vote that gets worse, while its observer stays blind or stays seeing;
//   - a seeing observer's down vote on a target on which it had none, where a seeing observer had a fresh one already.
//
// What this leaves out, TestDownVotesThatHelp shows.
func TestDownVotesDoNotHelp(t *testing.T) {
	worsened, added := 0, 0
	for seed := range uint64(3000) {
		rng := newRand(seed)
		n := randomNetwork(rng)
		before := Judge(n, randomFacts(rng, n, testNow.Add(-time.Second), nil))
		f := randomFacts(rng, n, testNow, before)
		if len(f.Sheets) == 0 || len(n.targets) == 0 {
			continue
		}
		at := rng.IntN(len(f.Sheets))
		was := f.Sheets[at].Sheet
		is := *was
		is.Votes = append([]Vote(nil), was.Votes...)
		target := n.targets[rng.IntN(len(n.targets))].ID
		worse := false
		for i := range is.Votes {
			if v := &is.Votes[i]; v.Target == target {
				worse, v.State = v.State < VoteDown, min(v.State+1+VoteState(rng.IntN(2)), VoteDown)
				target = 0
			}
		}
		add := target != 0
		if add {
			is.Votes = append(is.Votes, Vote{Target: target, State: VoteDown})
		}
		if n.blind(was) != n.blind(&is) || add && (n.blind(was) || !seen(n, f, target)) {
			continue
		}
		old := Judge(n, f)
		f.Sheets[at].Sheet = &is
		for u, v := range Judge(n, f).Uplinks {
			if max(v.Measured, Up) < max(old.Uplinks[u].Measured, Up) {
				t.Fatalf("seed %d: one more down vote of %s makes %s %s, which was %s", seed, was.Observer, n.UplinkName(UplinkIndex(u)),
					v.Measured, old.Uplinks[u].Measured)
			}
		}
		if worse {
			worsened++
		}
		if add {
			added++
		}
	}
	if worsened < 500 || added < 100 {
		t.Errorf("only %d votes got worse, and %d were added", worsened, added)
	}
}

// seen says whether a seeing observer has a fresh vote on a target.
func seen(n *Network, f Facts, target TargetID) bool {
	for _, h := range f.Sheets {
		for _, v := range h.Sheet.Votes {
			if v.Target == target && h.Age <= f.Stale && !n.blind(h.Sheet) {
				return true
			}
		}
	}
	return false
}

// The exceptions to TestDownVotesDoNotHelp, and why they are right.
func TestDownVotesThatHelp(t *testing.T) {
	const blind, seeing = " witness:north=down", " witness:north=up"
	n := witnessed(t, "north", "a: north", "b: east", "c: west")
	for _, row := range []struct {
		why           string
		before, after []string
		uplink        string
		was, is       State
	}{
		{"the last vote that showed it sees: by what it lost since, it is no witness against anybody",
			[]string{"n1@b a/north=down c/west=up", "n2@c b/east=up" + seeing, "n0@a a/north=up c/west=up" + seeing},
			[]string{"n1@b a/north=down c/west=down" + blind, "n2@c b/east=up" + seeing, "n0@a a/north=up c/west=up" + seeing},
			"a/north", Down, Up},
		{"the first vote of one that sees: the blind are heard no more, and inside a tie says up",
			[]string{"n1@b a/north=down" + blind, "n0@a a/north=up" + blind},
			[]string{"n1@b a/north=down" + blind, "n0@a a/north=up" + blind, "n9@a a/north=down b/east=up" + seeing},
			"a/north", Down, Up},
	} {
		was := judge(n, heard(t, n, row.before)).Uplinks[n.uplinkNamed(t, row.uplink)]
		is := judge(n, heard(t, n, row.after)).Uplinks[n.uplinkNamed(t, row.uplink)]
		if was.Measured != row.was || is.Measured != row.is {
			t.Errorf("%s: was %s (%s), is %s (%s)", row.why, was.Measured, was.Reason, is.Measured, is.Reason)
		}
	}
	// What an upstream put at risk is so no more when failures elsewhere show that it was not the upstream.
	d := demo(t)
	few := judge(d, allSay(d, "lhr/northway", "iad/northway")).Uplinks[0].State
	more := judge(d, allSay(d, "lhr/northway", "iad/northway", "sin/transpac", "nrt/transpac", "nrt/eastlink")).Uplinks[0].State
	if few != AtRisk || more != Up {
		t.Errorf("ams/northway is %s, then %s", few, more)
	}
}

// No answer is ever empty: whatever the verdicts, the region, the slice and the node, some address is given.
func TestNoAnswerIsEmpty(t *testing.T) {
	for seed := range uint64(500) {
		rng := newRand(seed)
		n := randomNetwork(rng)
		var all []string
		for u := range n.uplinks {
			if rng.IntN(4) > 0 {
				all = append(all, n.uplinks[u].Prefixes[0].Addr().Next().String())
			}
		}
		_, reach := n.Reach(addrs(append(all, "192.0.2.1")...), nil)
		if reach == nil {
			continue
		}
		var v *Verdicts
		for step := range 8 {
			v = Judge(n, randomFacts(rng, n, testNow.Add(time.Duration(step)*time.Second), v))
			for u := range v.Uplinks {
				if rng.IntN(3) == 0 {
					v.Uplinks[u].State, v.Uplinks[u].Measured = State(rng.IntN(5)), State(rng.IntN(4))
				}
			}
			v.seal(n, pouring{}, nil)
			var order []ColoIndex
			for _, c := range rng.Perm(len(n.colos)) {
				order = append(order, ColoIndex(c))
			}
			c := reach.Choose(Client{Region: NewRegion(order), Key: Key(rng.IntN(Slices))}, v, rng.IntN(2) == 0)
			given := 0
			for _, run := range reach.Runs() {
				if c.Gives(&run, v) {
					given++
				}
			}
			if given == 0 || c.Row == 0 {
				t.Fatalf("seed %d: nothing is given by %s: %s", seed, fmt.Sprintf("%+v", c), strings.Join(toldBy(v), "\n"))
			}
		}
	}
}
