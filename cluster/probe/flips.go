package probe

import "time"

// longestRise bounds the time to rise, however often a target fell, unless rise successes alone last longer.
const longestRise = 10 * time.Minute

// flips remembers how often a target fell lately, and so how long it has to succeed before it rises.
//
// Each fall counts one, and each hold without a fall takes one away, whether the target is down or up in it: a target
// that is down for long does not flap.
type flips struct {
	hold  time.Duration // 0 remembers nothing
	rise  int           // successes that are enough after one fall
	most  int           // successes that are always enough
	limit int           // falls from which most is reached: more are not remembered, or forgetting them would take hours

	falls int // remembered at the time of the last
	last  time.Time
}

func newFlips(r rules) flips {
	f := flips{hold: r.hold, rise: r.rise, limit: 1}
	f.most = max(r.rise, int((longestRise+r.interval-1)/r.interval))
	for need := r.rise; need < f.most; need *= 2 {
		f.limit++
	}
	return f
}

func (f *flips) fall(now time.Time) {
	if f.hold > 0 {
		f.falls = min(f.remembered(now)+1, f.limit)
		f.last = now
	}
}

// need is how many regular successes in a row the target has to show before it rises: rise of them after the first
// fall, twice as many with each further fall that is remembered, and never more than fill longestRise.
func (f *flips) need(now time.Time) int {
	return min(f.rise<<max(f.remembered(now)-1, 0), f.most)
}

// count is the falls remembered, as a vote carries them.
func (f *flips) count(now time.Time) uint8 { return uint8(min(f.remembered(now), 255)) }

func (f *flips) remembered(now time.Time) int {
	if f.falls == 0 {
		return 0
	}
	return max(f.falls-int(now.Sub(f.last)/f.hold), 0)
}
