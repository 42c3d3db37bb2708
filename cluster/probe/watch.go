package probe

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"net/netip"
	"sync"
	"time"

	"leeward/steering"
)

// recheckEvery is the time between the starts of rechecks.
const recheckEvery = 100 * time.Millisecond

// beat is what all watches share.
type beat struct {
	ask     ask
	reach   reach
	pulse   *pulse
	check   steering.Check
	seed    uint64 // of the phases
	publish func(*watch, steering.Vote)
	unsay   func(*watch)                 // takes the vote back
	doubt   func()                       // a target has begun to fail
	saw     func(*watch)                 // what is voted down has answered
	own     func(steering.Target, error) // takes this node's own failures
}

// watch probes one target, or one witness. All but the last two fields belong to run.
type watch struct {
	target      steering.Target // of a witness: its ID and address alone
	witness     netip.AddrPort  // zero: a target
	history     *history
	inFlight    int
	unable      int // probes in a row that this node could not make
	lastRecheck time.Time
	ended       chan end      // with room for all in flight
	hurry       chan struct{} // a poke: probe now
	anew        chan struct{} // a poke: a vote that is down says nothing

	voted bool // guarded by the Prober
	vote  steering.Vote
}

// end is the end of a probe; own is this node's own failure, or nil.
type end struct {
	result result
	own    error
}

func newWatch(t steering.Target, r rules, presumedDown bool) *watch {
	return &watch{target: t, history: newHistory(t.ID, r, presumedDown), ended: make(chan end, r.fall),
		hurry: make(chan struct{}, 1), anew: make(chan struct{}, 1)}
}

func newWitnessWatch(w steering.Witness, r rules) *watch {
	watch := newWatch(steering.Target{ID: w.ID, Addr: w.Addr.Addr()}, r, false)
	watch.witness = w.Addr
	return watch
}

// run probes until ctx ends, and waits for the probes in flight.
//
// Regular probes start at the interval, each target at its own phase of it, and a start that was missed is not made up
// for. Rechecks start in between, the first at once when the history is in doubt. No more than fall probes are in
// flight, the last place kept for a regular one; in a blackhole that holds up nothing, for a vote needs no more.
func (w *watch) run(ctx context.Context, b beat) {
	var probes sync.WaitGroup
	defer w.drain(&probes)
	next := time.Now().Add(phase(w.target.ID, b.seed, b.check.Interval))
	regular := time.NewTimer(time.Until(next))
	defer regular.Stop()
	recheck := time.NewTimer(0)
	recheck.Stop()
	defer recheck.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-regular.C:
			if w.inFlight < b.check.Fall {
				w.start(ctx, b, &probes, false)
			}
			next = following(next, now, b.check.Interval)
			regular.Reset(time.Until(next))
		case now := <-recheck.C:
			w.lastRecheck = now
			w.start(ctx, b, &probes, true)
		case <-w.hurry:
			if w.inFlight < b.check.Fall-1 {
				w.lastRecheck = time.Now()
				w.start(ctx, b, &probes, true)
			}
		case <-w.anew:
			if w.history.forget() {
				b.unsay(w)
			}
		case e := <-w.ended:
			w.inFlight--
			w.settle(e, b)
		}
		recheck.Stop()
		if w.history.doubtful() && w.inFlight < b.check.Fall-1 {
			recheck.Reset(time.Until(w.lastRecheck.Add(recheckEvery)))
		}
	}
}

// settle takes in the end of a probe. A node that cannot probe a target, fall times in a row, does not know how it is:
// its vote is taken back until it can.
func (w *watch) settle(e end, b beat) {
	switch {
	case e.own != nil:
		b.own(w.target, e.own)
		w.unable++
	case e.result.outcome != void:
		w.unable = 0
	}
	doubted := w.history.doubtful()
	v, ok := w.history.observe(e.result, time.Now())
	switch {
	case w.unable >= b.check.Fall:
		b.unsay(w)
	case ok:
		b.publish(w, v)
	}
	if !doubted && w.history.doubtful() && !w.witness.IsValid() {
		b.doubt()
	}
	if ok && v.State == steering.VoteDown && (e.result.outcome == passed || e.result.outcome == slow) {
		b.saw(w)
	}
}

func (w *watch) start(ctx context.Context, b beat, probes *sync.WaitGroup, recheck bool) {
	order := w.history.start(recheck, time.Now())
	w.inFlight++
	pauses := b.pulse.count()
	probes.Go(func() {
		a, limit := w.probe(ctx, b)
		a.cancelled = ctx.Err() != nil || b.pulse.count() != pauses
		w.ended <- conclude(order, a, w.target.Addr, limit)
	})
}

// probe asks once, and says what time of a success is slow. No witness is slow: it is there to be reached.
func (w *watch) probe(ctx context.Context, b beat) (a answer, limit time.Duration) {
	limited, cancel := context.WithTimeout(ctx, b.check.Timeout)
	defer cancel()
	began := time.Now()
	if w.witness.IsValid() {
		a.err = b.reach(limited, w.witness)
	} else {
		a.err, limit = b.ask(limited, w.target.Addr), b.check.Slow
	}
	a.took = time.Since(began)
	return a, limit
}

// drain waits for the probes in flight and throws their results away, so that the history is whole if the watch runs
// again.
func (w *watch) drain(probes *sync.WaitGroup) {
	probes.Wait()
	for ; w.inFlight > 0; w.inFlight-- {
		e := <-w.ended
		e.result.outcome = void
		w.history.observe(e.result, time.Now())
	}
}

// phase is where in the interval a target's regular probes start: spread evenly over targets and over observers, for both
// are hashes.
func phase(id steering.TargetID, seed uint64, interval time.Duration) time.Duration {
	hi, _ := bits.Mul64(uint64(id)^seed, uint64(interval))
	return time.Duration(hi)
}

// seedOf is the part of the phases that is an observer's own; none without a name.
func seedOf(observer string) uint64 {
	if observer == "" {
		return 0
	}
	sum := sha256.Sum256([]byte(observer))
	return binary.BigEndian.Uint64(sum[:])
}

// following is the next regular start after now on the beat of the last.
func following(last, now time.Time, interval time.Duration) time.Time {
	missed := max(now.Sub(last), 0) / interval
	return last.Add((missed + 1) * interval)
}
