package steering

import "time"

// last is what was concluded of an uplink at some time before. The zero value is nothing.
type last struct {
	measured State
	seen     time.Time
}

// fallBack makes the verdict of an uplink on which no vote counts: the last one, or, for a node blind and alone, the last
// one that was concluded in company. What such a node concluded since, while it lost sight, was its own trouble.
func (v *Verdict) fallBack(before *Verdict, company bool, now time.Time) {
	var held last
	switch {
	case before == nil:
	case company:
		held = before.company
	default:
		held = last{before.Measured, before.Seen}
	}
	v.Measured, v.Seen, v.Stale = held.measured, held.seen, held.measured != Unknown
	if before != nil {
		v.convictions = before.convictions
	}
	since := ""
	if !held.seen.IsZero() {
		since = " since " + Clock(held.seen, now)
	}
	switch {
	case !company:
		v.Reason = "no fresh vote" + since + "; the last verdict holds"
	case v.Stale:
		v.Reason = "this node is blind and alone: no vote counts" + since + "; the last verdict in company holds"
	default:
		v.Reason = "this node is blind and alone, and knows no verdict concluded in company"
	}
}

// follow settles what a verdict takes over from the one before it; remembered says that it was concluded in such a way that
// a node blind and alone may go by it.
func (v *Verdict) follow(before *Verdict, remembered bool, now time.Time) {
	if before == nil {
		before = &Verdict{}
	}
	v.damp(before, now)
	v.State, v.stood, v.company = v.Measured, now, before.company
	if before.Measured == v.Measured {
		v.stood = before.stood
	}
	if remembered && !v.Stale && v.Measured != Unknown {
		v.company = last{v.Measured, v.Seen}
	}
}

// Clock is a time of day, with the date when it is a day ago or more. All times are UTC.
func Clock(t, now time.Time) string {
	if now.Sub(t) < 24*time.Hour {
		return t.UTC().Format(time.TimeOnly)
	}
	return t.UTC().Format(time.DateTime)
}
