package cluster

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"

	"leeward/steering"
)

// Limits of a sheet. A node that observed so many targets would have other troubles.
const (
	maxVotes  = 3000
	maxDetail = 64 // octets
	maxDoubt  = 24 * time.Hour
	minVote   = 8 + 1 + 1 + 1 + 1 + 1
	maxVote   = 8 + 1 + 1 + 7 + 4 + 1 + maxDetail
	maxSheet  = maxVotes*maxVote + 2*maxName + 64 // octets
)

// Beside the state in one octet.
const (
	voteTurning = 1 << 7
	voteRose    = 1 << 6
)

// putSheet encodes a sheet, the body of kindSheet and kindAnswer.
func putSheet(b []byte, s *steering.Sheet) []byte {
	b = putText(b, s.Observer)
	b = putText(b, s.Colo)
	b = binary.BigEndian.AppendUint64(b, s.Incarnation)
	b = binary.AppendUvarint(b, s.Number)
	b = binary.AppendUvarint(b, uint64(len(s.Votes)))
	for i := range s.Votes {
		v := &s.Votes[i]
		b = binary.BigEndian.AppendUint64(b, uint64(v.Target))
		state := byte(v.State)
		if v.Turning {
			state |= voteTurning
		}
		if v.Rose {
			state |= voteRose
		}
		b = append(b, state, v.Falls)
		b = binary.AppendVarint(b, v.Since.UnixMilli())
		b = binary.AppendUvarint(b, uint64(v.Doubt/time.Millisecond))
		b = putText(b, v.Detail)
	}
	return b
}

func (r *reader) sheet() *steering.Sheet {
	s := &steering.Sheet{Observer: r.text(maxName), Colo: r.text(maxName), Incarnation: r.word(), Number: r.number()}
	n := r.count(maxVotes, minVote)
	if n > 0 {
		s.Votes = make([]steering.Vote, 0, n)
	}
	for range n {
		s.Votes = append(s.Votes, r.vote())
	}
	return s
}

func (r *reader) vote() (v steering.Vote) {
	v.Target = steering.TargetID(r.word())
	state := r.octet()
	v.State = steering.VoteState(state &^ (voteTurning | voteRose))
	v.Turning, v.Rose = state&voteTurning != 0, state&voteRose != 0
	if v.State > steering.VoteDown {
		r.fail(errBounds)
	}
	v.Falls = r.octet()
	v.Since = r.milli()
	v.Doubt = r.duration(maxDoubt)
	v.Detail = r.text(maxDetail)
	return v
}

// canonical brings votes into the form in which they arrive elsewhere: ordered by target, times to the millisecond.
func canonical(votes []steering.Vote) []steering.Vote {
	votes = slices.Clone(votes)
	for i := range votes {
		v := &votes[i]
		v.Since = v.Since.UTC().Truncate(time.Millisecond)
		v.Doubt = min(max(v.Doubt, 0), maxDoubt).Truncate(time.Millisecond)
		v.Detail = cut(v.Detail, maxDetail)
	}
	slices.SortStableFunc(votes, func(a, b steering.Vote) int { return cmp.Compare(a.Target, b.Target) })
	return votes[:min(len(votes), maxVotes)]
}

func sameVotes(a, b []steering.Vote) bool {
	return slices.EqualFunc(a, b, func(v, w steering.Vote) bool {
		sameTime := v.Since.Equal(w.Since)
		v.Since, w.Since = time.Time{}, time.Time{}
		return sameTime && v == w
	})
}
