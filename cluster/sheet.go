package cluster

import (
	"cmp"
	"encoding/binary"
	"math"
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
	maxDemand = 500 // regions
	minRegion = 2
	maxRegion = 5 + 5
	maxSheet  = maxVotes*maxVote + maxDemand*maxRegion + 2*maxName + 128 // octets
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
	return putDemand(putLoad(b, s.Load), &s.Demand)
}

// putLoad encodes a load: an octet, of which 255 is none, and where there is one the number.
func putLoad(b []byte, l steering.Load) []byte {
	if !l.Known {
		return append(b, noLoad)
	}
	return binary.BigEndian.AppendUint64(append(b, l.Shed), math.Float64bits(l.Value))
}

const noLoad = 255

func (r *reader) load() steering.Load {
	shed := r.octet()
	if shed == noLoad {
		return steering.Load{}
	}
	if shed > steering.Slices {
		r.fail(errBounds)
	}
	value := math.Float64frombits(r.word())
	if math.IsNaN(value) || math.IsInf(value, 0) {
		r.fail(errBounds)
	}
	return steering.Load{Known: true, Shed: shed, Value: value}
}

// putDemand encodes a demand: the map, and the regions by number, each as the distance from the one before, and its rate.
func putDemand(b []byte, d *steering.Demand) []byte {
	b = binary.AppendUvarint(b, uint64(len(d.Regions)))
	if len(d.Regions) == 0 {
		return b
	}
	b = append(b, d.Map[:]...)
	last := uint32(0)
	for _, of := range d.Regions {
		b = binary.AppendUvarint(b, uint64(of.Region-last))
		b = binary.AppendUvarint(b, uint64(of.Rate))
		last = of.Region
	}
	return b
}

func (r *reader) demand() (d steering.Demand) {
	n := r.count(maxDemand, minRegion)
	if n == 0 {
		return d
	}
	d.Map = r.digest()
	d.Regions = make([]steering.RegionDemand, 0, n)
	last := uint64(0)
	for range n {
		further, rate := r.number(), r.number()
		if last += min(further, 1<<32); last > math.MaxUint32 || rate > math.MaxUint32 {
			r.fail(errBounds)
			return steering.Demand{}
		}
		d.Regions = append(d.Regions, steering.RegionDemand{Region: uint32(last), Rate: uint32(rate)})
	}
	return d
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
	s.Load = r.load()
	s.Demand = r.demand()
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

// loudest are the regions of a demand that is sent: by number, and of too many those that ask the most.
func loudest(d steering.Demand) steering.Demand {
	byRate := func(a, b steering.RegionDemand) int {
		return cmp.Or(cmp.Compare(b.Rate, a.Rate), cmp.Compare(a.Region, b.Region))
	}
	list := slices.SortedFunc(slices.Values(d.Regions), byRate)
	list = list[:min(len(list), maxDemand)]
	slices.SortFunc(list, func(a, b steering.RegionDemand) int { return cmp.Compare(a.Region, b.Region) })
	return steering.Demand{Map: d.Map, Regions: list}
}

func sameVotes(a, b []steering.Vote) bool {
	return slices.EqualFunc(a, b, func(v, w steering.Vote) bool {
		sameTime := v.Since.Equal(w.Since)
		v.Since, w.Since = time.Time{}, time.Time{}
		return sameTime && v == w
	})
}
