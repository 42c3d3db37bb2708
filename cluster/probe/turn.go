package probe

import (
	"time"

	"leeward/steering"
)

// next is the state after a result was counted, or false while there is no vote yet. A slow success is a success here,
// but for the share that is lost. The first row that fits:
//
//	vote                 what is counted                               becomes
//	not down             failures in a row: fall or more               down
//	none, presumed down  regular successes in a row: rise or more      up
//	none, presumed down  anything else                                 none
//	none                 a success                                     up
//	none                 anything else                                 none
//	up                   more than 30 % of the last 30 results lost    lossy
//	lossy                less than 10 % of the last 30 results lost    up
//	down                 regular successes in a row: enough to rise    up
//	any                  anything else                                 as it is
func (h *history) next(now time.Time) (steering.VoteState, bool) {
	state := h.vote.State
	switch {
	case (!h.voted || state != steering.VoteDown) && h.failures >= h.rules.fall:
		return steering.VoteDown, true
	case !h.voted && h.presumed:
		return steering.VoteUp, h.passes >= h.rules.rise
	case !h.voted:
		return steering.VoteUp, h.failures == 0
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
	changed := !h.voted || state != h.vote.State
	if changed {
		h.change(state, now)
	}
	h.vote.Falls = h.flips.count(now)
	h.vote.Turning = h.turning(now)
	h.vote.Detail = h.why(changed)
}

// turning says whether the state may be about to change. One result against it says nothing: a target that loses a share
// of its probes, or lets a share through, would make every observer's sheet new with each. Nor do two or three failures
// of a target that is known to lose many, or a few successes of one that has to show many.
//
//	vote   turning from
//	up     two failures in a row
//	lossy  four failures in a row
//	down   half the regular successes in a row that it needs to rise
func (h *history) turning(now time.Time) bool {
	switch h.vote.State {
	case steering.VoteUp:
		return h.failures >= 2
	case steering.VoteLossy:
		return h.failures >= 4
	default:
		return 2*h.passes >= h.flips.need(now)
	}
}

// change writes into the vote what lasts as long as its state.
func (h *history) change(state steering.VoteState, now time.Time) {
	v := &h.vote
	wasDown := h.voted && v.State == steering.VoteDown || !h.voted && h.presumed
	v.State, v.Since, v.Doubt = state, now.UTC().Truncate(time.Millisecond), 0
	v.Rose = wasDown && state == steering.VoteUp
	switch {
	case state == steering.VoteDown:
		h.flips.fall(now)
		v.Doubt = now.Sub(h.doubted).Truncate(time.Millisecond)
	case wasDown:
		h.losses = window{} // the outage is over: its failures make no lossy vote
	}
	h.voted = true
}

// why is the vote's detail. Reasons that take turns must not make the sheet new with each probe: the detail of a vote
// that stays as it is stays too, until fall losses one after the other gave another. The first row that fits:
//
//	vote                what is counted                               detail
//	up, not turning     any                                           none
//	down, turning       any                                           none
//	state is new        any                                           the last loss's
//	up, lossy, turning  any                                           the last loss's
//	down                a success                                     as it was
//	down, was turning   a failure                                     the last loss's
//	lossy, down         the last fall losses gave the same            the last loss's
//	lossy, down         any                                           as it was
func (h *history) why(changed bool) string {
	v := &h.vote
	down := v.State == steering.VoteDown
	switch {
	case v.State == steering.VoteUp && !v.Turning, down && v.Turning:
		return ""
	case changed, v.Turning:
		return h.detail
	case down && h.failures == 0:
		return v.Detail
	case v.Detail == "", h.alike >= h.rules.fall:
		return h.detail
	}
	return v.Detail
}
