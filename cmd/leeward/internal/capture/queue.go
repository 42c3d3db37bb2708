// Package capture copies exchanges out of the way of answers: into a queue of bounded size, which who wants them reads in
// its own time. It owns the copies and the choice of one in so many, and knows nothing of what they are for. What finds no
// room is dropped and counted; nobody ever waits to put something in.
package capture

import (
	"slices"
	"sync"
	"sync/atomic"

	"leeward/dnsserver"
)

// Options are what a queue takes and how much it holds.
type Options struct {
	Every int  // one query in so many is taken; 0 and 1: all
	Room  int  // octets that wait at the most, about
	Limit bool // no more is taken than Allow has allowed
}

// Queue holds copies of exchanges that wait to be read. Any number may put in at the same time; one reads.
type Queue struct {
	every   uint64
	room    int64
	limit   bool
	offered atomic.Uint64
	allowed atomic.Int64
	waiting atomic.Int64 // octets
	dropped atomic.Uint64
	full    chan *Batch
	spare   sync.Pool
}

// Batch is exchanges that were copied together.
type Batch struct {
	Exchanges []dnsserver.Exchange
	octets    []byte // of their messages
	size      int64  // counted as waiting
}

// leastSize is what a batch counts for at the least, in octets: with what it costs beside its messages.
const leastSize = 1 << 10

// mostKept is how large a batch may have grown to be used again, in octets.
const mostKept = 256 << 10

// New makes a queue.
func New(o Options) *Queue {
	room := int64(max(o.Room, leastSize))
	return &Queue{every: uint64(max(o.Every, 1)), room: room, limit: o.Limit, full: make(chan *Batch, room/leastSize),
		spare: sync.Pool{New: func() any { return new(Batch) }}}
}

// Offer takes copies of those that are chosen, as a tap of the server.
func (q *Queue) Offer(batch []dnsserver.Exchange) {
	first := q.offered.Add(uint64(len(batch))) - uint64(len(batch))
	b := q.spare.Get().(*Batch)
	octets := 0
	for i := range batch {
		if (first+uint64(i))%q.every == 0 && isQuery(batch[i].Query) && q.mayTake() {
			b.Exchanges = append(b.Exchanges, batch[i])
			octets += len(batch[i].Query) + len(batch[i].Response)
		}
	}
	if len(b.Exchanges) == 0 {
		q.spare.Put(b)
		return
	}
	b.size = int64(max(octets, leastSize))
	if q.waiting.Add(b.size) > q.room {
		q.waiting.Add(-b.size)
		q.dropped.Add(uint64(len(b.Exchanges)))
		q.forget(b)
		return
	}
	b.own(octets)
	q.full <- b // there is room: it is counted
}

// own has the batch keep the messages itself.
func (b *Batch) own(octets int) {
	b.octets = slices.Grow(b.octets[:0], octets)
	for i := range b.Exchanges {
		e := &b.Exchanges[i]
		e.Query, e.Response = b.keep(e.Query), b.keep(e.Response)
	}
}

func (b *Batch) keep(msg []byte) []byte {
	at := len(b.octets)
	b.octets = append(b.octets, msg...)
	return b.octets[at:]
}

// isQuery leaves out what is less than a header, and what is a response.
func isQuery(msg []byte) bool { return len(msg) >= 12 && msg[2]&0x80 == 0 }

// mayTake says whether one more may be taken.
func (q *Queue) mayTake() bool { return !q.limit || q.allowed.Add(-1) >= 0 }

// Allow lets a queue with a limit take so many from now on.
func (q *Queue) Allow(n int) { q.allowed.Store(int64(n)) }

// Full is where the batches come from. Each is to be given back by Done.
func (q *Queue) Full() <-chan *Batch { return q.full }

// Done gives back a batch that was read.
func (q *Queue) Done(b *Batch) {
	q.waiting.Add(-b.size)
	q.forget(b)
}

// forget makes a batch ready for use again.
func (q *Queue) forget(b *Batch) {
	clear(b.Exchanges) // of what a view would be kept by
	b.Exchanges = b.Exchanges[:0]
	if cap(b.octets) <= mostKept {
		q.spare.Put(b)
	}
}

// Dropped is how many exchanges found no room.
func (q *Queue) Dropped() uint64 { return q.dropped.Load() }
