package transfer

import (
	"container/heap"
	"time"
)

// agenda is all zones in order of when something is to be done with them.
type agenda struct{ list byTime }

// set puts a zone to its time, anew or again.
func (a *agenda) set(z *secondary, at time.Time) {
	z.at = at
	if z.place < 0 {
		heap.Push(&a.list, z)
		return
	}
	heap.Fix(&a.list, z.place)
}

func (a *agenda) remove(z *secondary) {
	if z.place >= 0 {
		heap.Remove(&a.list, z.place)
	}
}

// first is the zone whose time comes first, or nil.
func (a *agenda) first() *secondary {
	if len(a.list) == 0 {
		return nil
	}
	return a.list[0]
}

// byTime is a heap (see container/heap).
type byTime []*secondary

func (b byTime) Len() int           { return len(b) }
func (b byTime) Less(i, j int) bool { return b[i].at.Before(b[j].at) }
func (b byTime) Swap(i, j int) {
	b[i], b[j] = b[j], b[i]
	b[i].place, b[j].place = i, j
}

func (b *byTime) Push(z any) {
	z.(*secondary).place = len(*b)
	*b = append(*b, z.(*secondary))
}

func (b *byTime) Pop() any {
	last := len(*b) - 1
	z := (*b)[last]
	z.place = -1
	(*b)[last] = nil
	*b = (*b)[:last]
	return z
}
