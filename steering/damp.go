package steering

import (
	"fmt"
	"time"
)

// A verdict changes at most mostChanges times within any dampFor. It may always get worse, which leads from up to down in
// two changes at most (by way of at risk); so it may get better only while this is at most the one before the last two.
// Proof: let the last change for the better within a dampFor be one; it was at most number mostChanges-2 of them, and
// after it come at most two for the worse.
const (
	mostChanges = 8
	dampFor     = time.Minute
)

// flips are the times at which something changed within the last dampFor, oldest first. It is immutable.
type flips []time.Time

// recent are those that are not over. A time in the future is of a clock that was set back: it would not end.
func (f flips) recent(now time.Time) flips {
	var list flips
	for _, t := range f {
		if age := now.Sub(t); age >= 0 && age < dampFor {
			list = append(list, t)
		}
	}
	return list
}

// hold says whether another change for the better must wait.
func (f flips) hold() bool { return len(f) >= mostChanges-2 }

// damp keeps a verdict from changing too often. Unknown counts as up.
//
//	what is measured, against before           verdict
//	as good                                    as measured
//	worse                                      as measured
//	better, few changes of late                as measured
//	better, mostChanges-2 of them or more      as before: held
func (v *Verdict) damp(before *Verdict, now time.Time) {
	v.changed = before.changed.recent(now)
	was, is := max(before.Measured, Up), max(v.Measured, Up)
	switch {
	case is == was:
	case is < was && v.changed.hold():
		v.Measured, v.Turning, v.Ramp = before.Measured, true, before.Ramp.at(now)
		v.Reason = fmt.Sprintf("held: changed %s in a minute; %s", counted(len(v.changed), "time"), v.Reason)
	default:
		v.changed = append(v.changed, now)
	}
}
