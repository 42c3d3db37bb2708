package steering

import "math"

// waits says, of the colo whose runs begin at from, where they end, which wanted grades it has, and how many slices are
// back. All are on a colo of which any wanted uplink is in no ramp.
func (r *Reach) waits(from int, v *Verdicts, wants grades) (to int, has grades, back uint8) {
	colo := r.runs[from].Colo
	for to = from; to < len(r.runs) && r.runs[to].Colo == colo; to++ {
		if grade := v.grading.of(&r.runs[to]); grade&wants != 0 {
			has |= grade & wants
			back = max(back, v.grading.backOf(&r.runs[to]))
		}
	}
	return to, has, back
}

// back picks the first colo to which the client's slice is back, in row 1, where the first of all and its grades are the
// ones given.
//
//	colos that fit                                             choice           sliced
//	one                                                        that             no
//	several, to none of which the slice is back                the first        yes
//	several, to some of which it is back                       the first of these if it or one before it is in a ramp
func (r *Reach) back(client *Client, v *Verdicts, wants grades, from uint64, first ColoIndex, its grades) (colo ColoIndex, has grades, sliced bool) {
	const none = math.MaxUint64
	stands := uint64(none)
	fit, ramp := 0, uint64(none) // colos that fit; where the first in a ramp stands
	for i := 0; i < len(r.runs); {
		this := r.runs[i].Colo
		to, grade, back := r.waits(i, v, wants)
		i = to
		at := r.policy.standing(client, this)
		if grade == 0 || at < from || at == nowhere {
			continue
		}
		fit++
		if back < Slices {
			ramp = min(ramp, at)
		}
		if uint8(client.Key.Slice()) < back && at < stands {
			stands, colo, has = at, this, grade
		}
	}
	if stands == none {
		colo, has = first, its
	}
	return colo, has, fit > 1 && ramp <= stands
}

// Back is how many slices of its clients are back to a colo: all, where it is in no ramp.
func (r *Reach) Back(colo ColoIndex, v *Verdicts) int {
	for i := 0; i < len(r.runs); {
		to, has, back := r.waits(i, v, gradeUp|gradeAtRisk)
		if r.runs[i].Colo == colo && has != 0 {
			return int(back)
		}
		i = to
	}
	return Slices
}
