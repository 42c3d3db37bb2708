package steering

import "time"

// conviction is how long a conviction stands on a majority alone, after the last time when it was carried in full: longer
// than the slowest rise.
const conviction = 10 * time.Minute

// convicted says whether a target is down by the verdict before, and was carried in full not long ago: what a node that
// starts now concludes from the same votes, all conclude after that time.
func (v *Verdict) convicted(t TargetID, now time.Time) bool {
	if v == nil {
		return false
	}
	at, ok := v.convictions[t]
	return ok && now.Sub(at) <= conviction
}

// convict gives when each target that is down was last carried in full.
//
//	the target is                    it was carried
//	not down                         -
//	down, in full                    now
//	down, because it stood before    then
func (v *Verdict) convict(targets []finding, now time.Time) map[TargetID]time.Time {
	var list map[TargetID]time.Time
	for _, t := range targets {
		if t.state != Down {
			continue
		}
		if list == nil {
			list = map[TargetID]time.Time{}
		}
		if list[t.target.ID] = now; t.stood {
			list[t.target.ID] = v.convictions[t.target.ID]
		}
	}
	return list
}
