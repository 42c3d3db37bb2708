package probe

import (
	"time"

	"leeward/steering"
)

// outcome is what became of one probe.
type outcome uint8

const (
	pending outcome = iota // in flight
	passed
	slow // passed, but took longer than Check.Slow: counts as lost in the window, and as a success everywhere else
	failed
	void // says nothing of the target: cancelled, or this node's own failure or absence
)

// result is the end of one probe.
type result struct {
	order   uint64 // as history.start gave it
	outcome outcome
	detail  string // why it failed, or that it was slow
}

// started is a probe whose result is not counted yet.
type started struct {
	at      time.Time
	recheck bool
	outcome outcome
	detail  string
}

// rules are what a history needs of the options.
type rules struct {
	interval time.Duration // between regular probes
	fall     int           // failures in a row until the vote falls, at least 1
	rise     int           // regular successes in a row until it rises, at least 1
	hold     time.Duration // memory of flips; 0 is off
}

// history turns the results of one target's probes into a vote.
//
// Probes overlap, and a refusal comes back before the timeout of a probe that started earlier. Results are therefore
// counted in the order in which the probes started: each waits until all older ones have ended. So "in a row" is exact:
// a late timeout of a probe older than a success cannot count after it, and failures around a probe that is still in
// flight are not a row until it has failed too. The wait is at most one timeout, and none at all in a blackhole, where
// probes end as they started.
type history struct {
	rules  rules
	open   []started // in order of start, the first of them pending
	oldest uint64    // order of open[0]

	failures int       // in a row, up to the last result counted
	doubted  time.Time // start of the first of them
	passes   int       // regular successes in a row, likewise
	detail   string    // of the last loss counted
	alike    int       // losses, up to the last, that gave the same detail
	losses   window
	flips    flips

	presumed bool // down, while there is no vote
	voted    bool
	vote     steering.Vote
}

// newHistory makes a history without a vote. Of a target presumed down, a success is not enough for one: it has to rise.
func newHistory(target steering.TargetID, r rules, presumedDown bool) *history {
	return &history{rules: r, flips: newFlips(r), presumed: presumedDown, vote: steering.Vote{Target: target}}
}

// recall begins with a vote, as it was when another process had it. What it had counted towards another one is forgotten: half
// a row of failures begins anew.
func (h *history) recall(v steering.Vote, now time.Time) {
	h.voted, h.vote, h.presumed = true, v, false
	h.vote.Turning = false
	h.detail = v.Detail
	if h.flips.hold > 0 {
		h.flips.falls, h.flips.last = min(int(v.Falls), h.flips.limit), now
	}
}

// forget begins anew if the vote is down, and says whether it was. Probes in flight count from now on.
func (h *history) forget() bool {
	if !h.voted || h.vote.State != steering.VoteDown {
		return false
	}
	open, oldest := h.open, h.oldest
	*h = *newHistory(h.vote.Target, h.rules, false)
	h.open, h.oldest = open, oldest
	return true
}

// start notes that a probe starts, and gives its place in the order.
func (h *history) start(recheck bool, now time.Time) uint64 {
	h.open = append(h.open, started{at: now, recheck: recheck})
	return h.oldest + uint64(len(h.open)-1)
}

// observe takes the end of a probe. It gives the vote after it, and whether there is one yet. A result with an order
// that start did not give, or gave for a probe that has ended, is ignored. Times must not go back.
func (h *history) observe(r result, now time.Time) (steering.Vote, bool) {
	at := r.order - h.oldest
	if at < uint64(len(h.open)) && h.open[at].outcome == pending {
		h.open[at].outcome, h.open[at].detail = r.outcome, r.detail
	}
	for len(h.open) > 0 && h.open[0].outcome != pending {
		p := h.open[0]
		h.open = h.open[1:]
		h.oldest++
		if p.outcome != void {
			h.count(p, now)
		}
	}
	return h.vote, h.voted
}

// doubtful says whether another recheck should start: after the newest success that is known there are failures, the
// vote has not fallen, and it would not fall even if everything in flight failed.
func (h *history) doubtful() bool {
	if h.voted && h.vote.State == steering.VoteDown {
		return false
	}
	failures, waiting := h.failures, 0
	for _, p := range h.open {
		switch p.outcome {
		case passed, slow:
			failures, waiting = 0, 0
		case failed:
			failures++
		case pending:
			waiting++
		}
	}
	return failures > 0 && failures+waiting < h.rules.fall
}

func (h *history) count(p started, now time.Time) {
	switch {
	case p.outcome == failed:
		if h.failures == 0 {
			h.doubted = p.at
		}
		h.failures++
		h.passes = 0
	default:
		h.failures = 0
		if !p.recheck {
			h.passes++
		}
	}
	lost := p.outcome != passed
	if lost && p.detail != h.detail {
		h.detail, h.alike = p.detail, 0
	}
	if lost {
		h.alike++
	}
	h.losses.add(lost)
	if state, ok := h.next(now); ok {
		h.turn(state, now)
	}
}
