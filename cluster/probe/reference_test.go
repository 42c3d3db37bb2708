package probe

import (
	"math/rand/v2"
	"testing"
	"time"

	"leeward/steering"
)

// told is one probe as the reference knows it.
type told struct {
	began   time.Time
	recheck bool
	outcome outcome
	ended   time.Time
	detail  string
}

// reference makes the vote anew from everything that ever happened, looking back from each result.
func reference(all []told, r rules, presumed bool) (steering.Vote, bool) {
	var v steering.Vote
	var counted []told
	var falls []time.Time
	voted, cleared, at := false, 0, time.Time{}
	if presumed {
		v.State = steering.VoteDown
	}
	for _, p := range all {
		if p.outcome == pending {
			break
		}
		if p.ended.After(at) {
			at = p.ended // counted when the last of all older ones had ended
		}
		if p.outcome == void {
			continue
		}
		counted = append(counted, p)
		row := failuresAtEnd(counted)
		state, known, before := v.State, voted, v
		switch {
		case !voted && presumed && passesAtEnd(counted) >= r.rise:
			state, known, cleared = steering.VoteUp, true, len(counted)
		case !voted && !presumed && row == 0:
			state, known = steering.VoteUp, true
		case row >= r.fall && (!voted || v.State != steering.VoteDown):
			state, known = steering.VoteDown, true
		case voted && v.State == steering.VoteUp && share(counted[cleared:]) > 0.30:
			state = steering.VoteLossy
		case voted && v.State == steering.VoteLossy && share(counted[cleared:]) >= 0 && share(counted[cleared:]) < 0.10:
			state = steering.VoteUp
		case voted && v.State == steering.VoteDown && passesAtEnd(counted) >= needed(falls, at, r):
			state, cleared = steering.VoteUp, len(counted)
		}
		if !known {
			continue
		}
		if changed := !voted || state != v.State; changed {
			v = steering.Vote{Since: at.UTC().Truncate(time.Millisecond)}
			v.Rose = state == steering.VoteUp && before.State == steering.VoteDown
			if state == steering.VoteDown {
				falls = append(falls, at)
				v.Doubt = at.Sub(counted[len(counted)-row].began).Truncate(time.Millisecond)
			}
		}
		v.Detail = wordsAfter(before, state, counted, r, falls, at, !voted || state != before.State)
		voted, v.State = true, state
		v.Falls = uint8(level(falls, at, r))
		v.Turning = state == steering.VoteDown && float64(passesAtEnd(counted)) >= float64(needed(falls, at, r))/2 ||
			state == steering.VoteLossy && row >= 4 || state == steering.VoteUp && row >= 2
	}
	return v, voted
}

// Any sequence of starts, ends in any order and passing time gives the vote of the reference.
func FuzzHistory(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 1, 0, 1, 0, 1})
	f.Add([]byte{5, 4, 3, 2, 4, 2, 4, 2, 4, 2, 4, 2, 4, 2, 3, 1, 3, 1, 3, 1, 3, 1})
	f.Add([]byte{1, 1, 1, 1, 0, 0, 0, 0, 17, 2, 33, 2, 33, 1, 2, 2, 2, 2, 0, 1, 0, 1, 0, 1})
	long := []byte{2, 2, 0, 0}
	for i := range 200 {
		long = append(long, 0, byte(1+i*i%7%2), byte(5*(i%3)), byte(i%11))
	}
	f.Add(long)
	f.Fuzz(agree)
}

// The same for sequences of the length that lossy votes and growing times to rise need.
func TestHistoryAgreesWithReference(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		in := []byte{byte(random.Uint32()), byte(random.Uint32()), byte(random.Uint32()), byte(random.Uint32())}
		loss := 1 + random.IntN(7)
		for range maxSteps / 2 {
			end := byte(random.Uint32()) &^ 3
			switch {
			case random.IntN(20) == 0:
				end |= 3
			case random.IntN(8) < loss:
				end |= 2
			default:
				end |= 1
			}
			if random.IntN(100) == 0 {
				loss = 1 + random.IntN(7)
			}
			in = append(in, byte(random.Uint32())&^3, end)
		}
		agree(t, in)
	}
}

const maxSteps = 400 // the reference takes the square of it

// agree plays octets to a history and to the reference: four for the rules, then one for each start or end. Of an end, the
// lowest two bits say how, and bit 5 whether a success was slow or a failure had the usual reason.
func agree(t *testing.T, in []byte) {
	if len(in) < 4 {
		return
	}
	r := rules{
		fall:     1 + int(in[0]%7),
		rise:     1 + int(in[1]%6),
		interval: []time.Duration{time.Second, 100 * time.Millisecond, 30 * time.Second, 7 * time.Minute}[in[2]%4],
		hold:     []time.Duration{10 * time.Minute, 0, time.Second, time.Minute}[in[3]%4],
	}
	presumed := in[0] >= 128
	h := newHistory(7, r, presumed)
	var all []told
	var open []int
	now := epoch
	for i, b := range in[4:min(len(in), 4+maxSteps)] {
		if b%4 == 0 || len(open) == 0 {
			recheck := b&4 != 0
			if order := h.start(recheck, now); order != uint64(len(all)) {
				t.Fatalf("probe %d has order %d", len(all), order)
			}
			open = append(open, len(all))
			all = append(all, told{began: now, recheck: recheck})
			continue
		}
		now = now.Add([]time.Duration{0, time.Second, 99 * time.Millisecond, 5 * time.Minute}[b>>6])
		k := int(b>>2&7) % len(open)
		at := open[k]
		open = append(open[:k:k], open[k+1:]...)
		p := &all[at]
		p.outcome, p.ended, p.detail = []outcome{pending, passed, failed, void}[b%4], now, ""
		switch odd := b&32 != 0; {
		case p.outcome == passed && odd:
			p.outcome, p.detail = slow, "slow"
		case p.outcome == failed && odd:
			p.detail = "lost"
		case p.outcome == failed:
			p.detail = string(rune('a' + i%2))
		}
		got, voted := h.observe(result{order: uint64(at), outcome: p.outcome, detail: p.detail}, now)
		if (len(in)-i)%(1+len(in)/100) != 0 && i+10 < len(in) {
			continue // a reference that looks back from everywhere is slow
		}
		want, wantVoted := reference(all, r, presumed)
		want.Target = 7
		if voted != wantVoted || voted && got != want {
			t.Fatalf("after %d probes: %v %+v, the reference says %v %+v", len(all), voted, got, wantVoted, want)
		}
	}
}
