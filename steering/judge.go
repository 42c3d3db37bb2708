package steering

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Facts are all that a judgement stands on.
type Facts struct {
	Sheets    []Heard       // of every observer heard, the judge's own included
	Preempt   bool          // as answers are chosen with, for where demand goes
	Regions   *Regions      // whose demand is poured over the colos; nil: no colo has a capacity, or a load
	Services  []Service     // of all names, as the function Services gives them
	Overrides []Override    // present ones, ended or not
	Before    *Verdicts     // the last judgement, of this or another network; nil: none
	Self      Member        // the judge's own node
	Stale     time.Duration // a vote is fresh while its sheet is at most this old
	Ramp      time.Duration // of the return of an uplink that fell once; 0: all clients return at once
	Now       time.Time     // for overrides and the time of changes
}

// Judge concludes from all votes and overrides how every uplink and upstream of the network stands. An uplink's
// targets are judged family by family, because clients of one family cannot use the other:
//
//	the uplink's targets with a fresh vote     measured
//	in a family, all down                      down
//	none such, but any down or at risk         at risk
//	otherwise                                  up
//	there are none                             the last verdict, stale; else unknown
//
// What is not down of a failing upstream is at risk, and what is drained is drained, whatever is measured; what is
// measured stays in sight, and it alone is what a later judgement may fall back on.
func Judge(n *Network, f Facts) *Verdicts {
	v := &Verdicts{network: n, Uplinks: make([]Verdict, len(n.uplinks))}
	blind := n.blindAmong(f.Sheets)
	v.lookAround(f, blind)
	votes := v.collect(f, blind)
	for u := range v.Uplinks {
		before := f.Before.of(n, UplinkIndex(u))
		v.Uplinks[u] = v.measure(UplinkIndex(u), n.targetsOf(UplinkIndex(u)), votes, before, f)
		v.Uplinks[u].follow(before, v.Alone == "", f.Now)
	}
	v.judgeUpstreams(f)
	v.judgeServices(votes, f)
	for u := range v.Uplinks {
		verdict := &v.Uplinks[u]
		if o := n.drains(UplinkIndex(u), f.Overrides, f.Now); o != nil {
			verdict.State, verdict.Ramp = Drained, Ramp{}
			verdict.Reason = fmt.Sprintf("%s; measured %s: %s", o, verdict.Measured, verdict.Reason)
		}
		if verdict.Ramp.Active() {
			verdict.Reason += "; " + verdict.Ramp.words(f.Now)
		}
		verdict.Since = f.Now
		if before := f.Before.of(n, UplinkIndex(u)); before != nil && before.State == verdict.State {
			verdict.Since = before.Since
		}
	}
	var poured *pour
	if f.Before != nil {
		poured = f.Before.poured
	}
	v.loads = n.loads(&f)
	return v.seal(n, n.pouring(&f, v.loads), poured)
}

// collect sorts all votes by target. Votes on targets that the network does not have are only counted; those on its
// witnesses have told already who is blind, and those on other services are about zones that are not served here.
func (v *Verdicts) collect(f Facts, blind map[string]bool) map[TargetID][]Counted {
	n := v.network
	votes := make(map[TargetID][]Counted, len(n.targets)+len(f.Services))
	services := make(map[TargetID]bool, len(f.Services))
	for i := range f.Services {
		services[f.Services[i].ID] = true
	}
	for _, h := range f.Sheets {
		for _, vote := range h.Sheet.Votes {
			if _, ok := n.byID[vote.Target]; !ok && !services[vote.Target] {
				if vote.Target&serviceBit == 0 && !n.isWitness(vote.Target) {
					v.Strangers++
				}
				continue
			}
			votes[vote.Target] = append(votes[vote.Target], Counted{Observer: h.Sheet.Observer, Colo: h.Sheet.Colo,
				Vote: vote, Age: h.Age, Fresh: h.Age <= f.Stale, Blind: blind[h.Sheet.Observer]})
		}
	}
	for _, list := range votes {
		slices.SortFunc(list, func(a, b Counted) int { return cmp.Compare(a.Observer, b.Observer) })
	}
	return votes
}

// targetsOf are the targets of an uplink.
func (n *Network) targetsOf(u UplinkIndex) []Target {
	from := slices.IndexFunc(n.targets, func(t Target) bool { return t.Uplink == u })
	if from < 0 {
		return nil
	}
	return n.targets[from : from+len(n.uplinks[u].Probe)]
}

// measure judges one uplink by the votes on its targets, or a service in it by those on its own, or, where none counts, by the
// last verdict.
func (v *Verdicts) measure(u UplinkIndex, of []Target, votes map[TargetID][]Counted, before *Verdict, f Facts) Verdict {
	n := v.network
	var verdict Verdict
	var targets []finding
	for i := range of {
		t := &of[i]
		verdict.Votes = append(verdict.Votes, votes[t.ID]...)
		if found, ok := n.find(*t, votes[t.ID], before.convicted(t.ID, f.Now)); ok && v.goesByVotes(u) {
			targets = append(targets, found)
		}
	}
	switch {
	case len(targets) > 0:
		verdict.conclude(targets, before, f.Now)
	case !v.goesByVotes(u):
		verdict.fallBack(before, true, f.Now)
	case before != nil && before.Measured != Unknown:
		verdict.fallBack(before, false, f.Now)
	case len(of) == 0:
		verdict.Reason = "no probe address is configured"
	default:
		verdict.Reason = "no vote heard yet"
	}
	verdict.Ramp = n.ramp(u, verdict.Measured, targets, before, f)
	return verdict
}

// conclude makes the verdict that follows from the findings on an uplink's targets.
func (v *Verdict) conclude(targets []finding, before *Verdict, now time.Time) {
	v.Measured, v.Reason = sumUp(targets)
	v.convictions = before.convict(targets, now)
	v.Seen = now.Truncate(time.Second)
	v.voices = map[string]bool{}
	for _, t := range targets {
		v.Turning = v.Turning || t.turning
		for i := range t.groups {
			v.voices[t.groups[i].name()] = v.voices[t.groups[i].name()] || t.groups[i].saysBad()
		}
	}
}

// sumUp makes one verdict of an uplink's targets, with the reason of the target that decides it.
func sumUp(targets []finding) (State, string) {
	worst := slices.MaxFunc(targets, func(a, b finding) int { return cmp.Compare(a.state, b.state) })
	reason := worst.reason
	if len(targets) > 1 {
		reason = worst.target.Addr.String() + ": " + reason
	}
	if worst.state != Down {
		return worst.state, reason
	}
	for _, is4 := range []bool{true, false} {
		of, down := 0, 0
		for _, t := range targets {
			if t.target.Addr.Is4() == is4 {
				of++
				if t.state == Down {
					down++
				}
			}
		}
		if of > 0 && down == of {
			return Down, reason
		}
	}
	return AtRisk, reason
}

// of is the verdict on the same uplink in an earlier judgement, which may be of another network.
func (v *Verdicts) of(n *Network, u UplinkIndex) *Verdict {
	if v == nil {
		return nil
	}
	if v.network == n {
		return &v.Uplinks[u]
	}
	for i := range v.Uplinks {
		if v.network.place(UplinkIndex(i)) == n.place(u) {
			return &v.Uplinks[i]
		}
	}
	return nil
}
