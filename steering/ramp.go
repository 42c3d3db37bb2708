package steering

import (
	"fmt"
	"slices"
	"time"
)

// Ramp is the slow return of clients to an uplink that was down. The zero value is none: all are back.
type Ramp struct {
	Start, End time.Time
	Back       uint8 // slices that are back: those below it
}

// longestRamp is how many times Facts.Ramp the slowest return takes.
const longestRamp = 10

// Active says whether some clients are not back yet.
func (r Ramp) Active() bool { return !r.End.IsZero() }

// back is how many slices are back.
func (r Ramp) back() uint8 {
	if r.Active() {
		return r.Back
	}
	return Slices
}

// words tell how far a ramp is.
func (r Ramp) words(now time.Time) string {
	return fmt.Sprintf("clients return until %s: %d of %d slices are back", Clock(r.End, now), r.Back, Slices)
}

// rampOf is the return that the votes tell of a target that is up. They alone tell it, so that it is the same on all
// nodes. Of the votes counted that say up:
//
//	Facts.Ramp is 0                                     none
//	not more than half of them rose                     none
//	it would be over                                    none
//	it would start later than a whole ramp from now     none: a clock is wrong
//	it would start in the future                        as if it started now
//	otherwise                                           from the median of when they rose, for Facts.Ramp, twice as long
//	                                                    with each fall but the first (their median), at most longestRamp times
func rampOf(counted []Counted, f Facts) Ramp {
	up := 0
	var rose []Vote
	for _, c := range counted {
		if c.Vote.State != VoteUp {
			continue
		}
		up++
		if c.Vote.Rose {
			rose = append(rose, c.Vote)
		}
	}
	if f.Ramp <= 0 || 2*len(rose) <= up {
		return Ramp{}
	}
	start := median(rose, func(a, b Vote) int { return a.Since.Compare(b.Since) }).Since
	falls := median(rose, func(a, b Vote) int { return int(a.Falls) - int(b.Falls) }).Falls
	length := f.Ramp * longestRamp
	if falls <= 4 { // the fifth fall would make it 16 times as long
		length = min(length, f.Ramp<<(max(falls, 1)-1))
	}
	if start.Sub(f.Now) > length {
		return Ramp{}
	}
	if start.After(f.Now) {
		start = f.Now
	}
	gone := f.Now.Sub(start)
	if gone >= length {
		return Ramp{}
	}
	return Ramp{Start: start, End: start.Add(length), Back: uint8(Slices * gone / length)}
}

// median is the lower median of a list that is not empty.
func median[T any](list []T, compare func(a, b T) int) T {
	return slices.SortedFunc(slices.Values(list), compare)[(len(list)-1)/2]
}

// ramp is the return of clients to an uplink. Once begun it runs to its end: votes that are lossy for a while, or that come
// from an observer that has only just started, tell nothing of when the uplink rose, and no client is sent away again.
//
//	the uplink is       a ramp is under way    the ramp is
//	down, or unknown    any                    none
//	up or at risk       yes                    that one, until it ends
//	up                  no                     of its targets' ramps the one that ends last
//	at risk             no                     none
//
// The end of a drain has none, and ends one that began before it: an operator's word holds at once.
func (n *Network) ramp(u UplinkIndex, measured State, targets []finding, before *Verdict, f Facts) Ramp {
	var r Ramp
	switch {
	case f.Ramp <= 0 || measured != Up && measured != AtRisk:
	case before != nil && before.Ramp.at(f.Now).Active():
		r = before.Ramp.at(f.Now)
	case measured == Up:
		for _, t := range targets {
			if of := rampOf(t.used, f); of.End.After(r.End) {
				r = of
			}
		}
	}
	if r.Active() && n.undrained(u, f.Overrides, f.Now).After(r.Start) {
		return Ramp{}
	}
	return r
}

// at is a ramp at a later time; none when it is over.
func (r Ramp) at(now time.Time) Ramp {
	if !r.End.After(now) {
		return Ramp{}
	}
	r.Back = uint8(Slices * max(now.Sub(r.Start), 0) / r.End.Sub(r.Start))
	return r
}
