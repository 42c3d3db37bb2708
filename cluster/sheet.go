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
	minVote   = 8 + 1 + 1 + 2 + 1
	maxVote   = 8 + 1 + 1 + 15 + 1 + maxDetail
	maxSheet  = maxVotes*maxVote + 2*maxName + 64 // octets
)

const voteTurning = 1 << 7 // beside the state in one octet

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
		b = append(b, state, v.Falls)
		b = putTime(b, v.Since)
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
	v.State, v.Turning = steering.VoteState(state&^voteTurning), state&voteTurning != 0
	if v.State > steering.VoteDown {
		r.fail(errBounds)
	}
	v.Falls = r.octet()
	v.Since = r.time()
	v.Detail = r.text(maxDetail)
	return v
}

// canonical brings votes into the form in which they arrive elsewhere: ordered by target, times to the second.
func canonical(votes []steering.Vote) []steering.Vote {
	votes = slices.Clone(votes)
	for i := range votes {
		v := &votes[i]
		v.Since = v.Since.UTC().Truncate(time.Second)
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
