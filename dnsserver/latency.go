package dnsserver

import (
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// latencyBounds are the upper bounds of the buckets of a histogram; the last bucket has none.
var latencyBounds = [...]time.Duration{
	time.Microsecond, 2500 * time.Nanosecond, 5 * time.Microsecond, 10 * time.Microsecond, 25 * time.Microsecond,
	50 * time.Microsecond, 100 * time.Microsecond, 250 * time.Microsecond, 500 * time.Microsecond, time.Millisecond,
	2500 * time.Microsecond, 5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond, 100 * time.Millisecond,
}

// latency is the histogram of one socket. Those of others lie in other lines of a cache.
type latency struct {
	_     [64]byte
	count [len(latencyBounds) + 1]atomic.Uint64
	total atomic.Uint64 // nanoseconds
	_     [64]byte
}

// observe counts so many queries that took so long each.
func (l *latency) observe(took time.Duration, queries int) {
	took = max(took, 0)
	bucket, _ := slices.BinarySearch(latencyBounds[:], took)
	l.count[bucket].Add(uint64(queries))
	l.total.Add(uint64(took) * uint64(queries))
}

// latencies are the histograms of all sockets.
type latencies struct {
	mu  sync.Mutex // held while a socket is put to use, and while they are read
	all [transports][]*latency
}

// of makes the histogram of another socket.
func (l *latencies) of(t Transport) *latency {
	l.mu.Lock()
	defer l.mu.Unlock()
	made := &latency{}
	l.all[t] = append(l.all[t], made)
	return made
}

// Latency is how long answers took: of each transport, in a part of all exchanges.
//
//	over UDP  from when a batch is taken from the socket until its answers are handed to the system, for each query in it;
//	          of every 16th batch
//	over TCP  the making of the answer, from when the query is read; of the first query of a connection, and each 16th after
type Latency struct {
	Count   uint64
	Total   time.Duration
	Buckets map[time.Duration]uint64 // by upper bound, all that are below it
}

// Latency gives how long answers over a transport took.
func (s *Server) Latency(t Transport) Latency {
	s.latencies.mu.Lock()
	defer s.latencies.mu.Unlock()
	sum := Latency{Buckets: make(map[time.Duration]uint64, len(latencyBounds))}
	for _, l := range s.latencies.all[t] {
		below := uint64(0)
		for i := range l.count {
			below += l.count[i].Load()
			if i < len(latencyBounds) {
				sum.Buckets[latencyBounds[i]] += below
			}
		}
		sum.Count += below
		sum.Total += time.Duration(l.total.Load())
	}
	return sum
}

// watch looks at what one UDP socket does, where it is to be looked at.
type watch struct {
	datagrams *datagrams
	addr      netip.AddrPort // listened on
	latency   *latency
	seen      []Exchange // noted, and not shown yet
}

// answerWatched answers as answerAll does, takes the time, and shows the tap what went by, if there is one. The answers leave
// first.
func (t *Transports) answerWatched(w *watch, taken int, measured bool, tap *Tap) {
	start, view := time.Now(), t.Server.View()
	if tap == nil {
		t.answerAll(w.datagrams, taken, nil)
	} else {
		t.answerAll(w.datagrams, taken, w)
	}
	t.send(w.datagrams)
	end := time.Now()
	if measured {
		w.latency.observe(end.Sub(start), taken)
	}
	if tap == nil {
		return
	}
	if t.Server.View() != view {
		view = nil
	}
	w.show(*tap, view, start, end)
}
