package probe

import (
	"cmp"
	"math"
	"slices"
	"time"

	"leeward/steering"
)

func failuresAtEnd(counted []told) (n int) {
	for i := len(counted) - 1; i >= 0 && counted[i].outcome == failed; i-- {
		n++
	}
	return n
}

func passesAtEnd(counted []told) (n int) {
	for i := len(counted) - 1; i >= 0 && counted[i].outcome != failed; i-- {
		if !counted[i].recheck {
			n++
		}
	}
	return n
}

// wordsAfter is the detail of a vote that was before and has a state now.
func wordsAfter(before steering.Vote, state steering.VoteState, counted []told, r rules, falls []time.Time, at time.Time, changed bool) string {
	var losses []string
	for _, p := range counted {
		if p.outcome != passed {
			losses = append(losses, p.detail)
		}
	}
	last, settled := "", len(losses) >= r.fall
	for i, d := range slices.Backward(losses) {
		last = cmp.Or(last, d)
		if i >= len(losses)-r.fall && d != last {
			settled = false
		}
	}
	row, passes := failuresAtEnd(counted), passesAtEnd(counted)
	if state == steering.VoteDown {
		switch {
		case 2*passes >= needed(falls, at, r):
			return ""
		case row == 0:
			return before.Detail
		case changed || before.Detail == "" || settled:
			return last
		}
		return before.Detail
	}
	switch {
	case state == steering.VoteUp && row < 2:
		return ""
	case changed || state == steering.VoteUp || row >= 4 || settled:
		return last
	}
	return before.Detail
}

// share is the share of losses among the last 30 results, or -1 while there are fewer.
func share(counted []told) float64 {
	if len(counted) < 30 {
		return -1
	}
	n := 0
	for _, p := range counted[len(counted)-30:] {
		if p.outcome != passed {
			n++
		}
	}
	return float64(n) / 30
}

// level is the falls remembered at a time: one more with each, one less with each hold since the last.
func level(falls []time.Time, at time.Time, r rules) int {
	if r.hold == 0 {
		return 0
	}
	n := 0
	for i, f := range falls {
		n++
		for n > 1 && r.interval*time.Duration(r.rise)<<(n-2) >= 10*time.Minute {
			n--
		}
		until := at
		if i+1 < len(falls) {
			until = falls[i+1]
		}
		for quiet := f.Add(r.hold); n > 0 && !quiet.After(until); quiet = quiet.Add(r.hold) {
			n--
		}
	}
	return n
}

func needed(falls []time.Time, at time.Time, r rules) int {
	n := r.rise
	for range level(falls, at, r) - 1 {
		n *= 2
	}
	enough := math.Ceil(float64(10*time.Minute) / float64(r.interval))
	return int(max(float64(r.rise), min(float64(n), enough)))
}
