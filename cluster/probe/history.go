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
	failed
	void // says nothing of the target: cancelled, or this node's own failure
)

// result is the end of one probe.
type result struct {
	order   uint64 // as history.start gave it
	outcome outcome
	detail  string // why it failed
}

// started is a probe whose result is not counted yet.
type started struct {
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

	failures int    // in a row, up to the last result counted
	passes   int    // regular successes in a row, likewise
	detail   string // of the last failure counted
	losses   window
	flips    flips

	voted bool
	vote  steering.Vote
}

func newHistory(target steering.TargetID, r rules) *history {
	return &history{rules: r, flips: newFlips(r), vote: steering.Vote{Target: target}}
}

// start notes that a probe starts now, and gives its place in the order.
func (h *history) start(recheck bool) uint64 {
	h.open = append(h.open, started{recheck: recheck})
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
		case passed:
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
	if p.outcome == failed {
		h.failures++
		h.passes = 0
		h.detail = p.detail
	} else {
		h.failures = 0
		if !p.recheck {
			h.passes++
		}
	}
	h.losses.add(p.outcome == failed)
	if state, ok := h.next(now); ok {
		h.turn(state, now)
	}
}

// next is the state after a result was counted, or false while there is no vote yet. The first row that fits:
//
//	vote      what is counted                               becomes
//	not down  failures in a row: fall or more               down
//	none      a success                                     up
//	none      anything else                                 none
//	up        more than 30 % of the last 30 results failed  lossy
//	lossy     less than 10 % of the last 30 results failed  up
//	down      regular successes in a row: enough to rise    up
//	any       anything else                                 as it is
func (h *history) next(now time.Time) (steering.VoteState, bool) {
	state := h.vote.State
	switch {
	case (!h.voted || state != steering.VoteDown) && h.failures >= h.rules.fall:
		return steering.VoteDown, true
	case !h.voted && h.failures == 0:
		return steering.VoteUp, true
	case !h.voted:
		return 0, false
	case state == steering.VoteUp && h.losses.many():
		return steering.VoteLossy, true
	case state == steering.VoteLossy && h.losses.few():
		return steering.VoteUp, true
	case state == steering.VoteDown && h.passes >= h.flips.need(now):
		return steering.VoteUp, true
	}
	return state, true
}

// turn writes the vote for a state.
func (h *history) turn(state steering.VoteState, now time.Time) {
	v := &h.vote
	if !h.voted || state != v.State {
		switch {
		case state == steering.VoteDown:
			h.flips.fall(now)
		case v.State == steering.VoteDown:
			h.losses = window{} // the outage is over: its failures make no lossy vote
		}
		v.Since = now.UTC().Truncate(time.Second)
	}
	h.voted, v.State = true, state
	v.Falls = h.flips.count(now)
	if state == steering.VoteDown {
		v.Turning = h.failures == 0
	} else {
		v.Turning = h.failures >= 2
	}
	v.Detail = h.why()
}

// why is the vote's detail. One lost probe of a target that is up says nothing yet, and a lossy target loses probes all
// the time: neither may make every observer's sheet new with each probe.
//
//	vote             last result  detail
//	up, not turning  any          none
//	up, turning      failure      the failure's
//	lossy            any          the last failure's
//	down             failure      the failure's
//	down             success      none
func (h *history) why() string {
	switch {
	case h.vote.State == steering.VoteUp && !h.vote.Turning:
		return ""
	case h.vote.State == steering.VoteDown && h.failures == 0:
		return ""
	}
	return h.detail
}
