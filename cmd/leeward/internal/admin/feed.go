package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"
	"time"
)

// What a feed looks at, and how often.
const (
	feedEvery   = 500 * time.Millisecond // changes are told of no more often
	feedRefresh = 10 * time.Second       // the whole status is told, though nothing has changed: ages have
	feedReaders = 32                     // streams at a time
	feedBehind  = 16                     // events that a reader may be behind
	feedRests   = 10                     // times as long as a look at very many zones takes is waited until the next
)

// Feed tells whoever listens what becomes of a node, as server-sent events. While nobody listens it only counts.
//
//	event      data                           when
//	hello      Hello                          first
//	status     Scene                          when something has changed, at most twice a second, and every ten seconds
//	rates      Rates                          every two seconds
//	incident   Incidents                      when one has begun, changed or ended
type Feed struct {
	opts  FeedOptions
	poke  chan struct{} // one slot: somebody new listens
	ended chan struct{} // the feed has
	once  sync.Once

	mu      sync.Mutex
	readers map[*reader]bool
	over    bool
}

// FeedOptions are what a feed tells of.
type FeedOptions struct {
	Node      string
	Status    func() Status
	Counters  func() Counters
	Incidents func() Incidents // the newest; of those that have ended without events
}

// reader is one who listens.
type reader struct {
	events chan []byte
	gone   chan struct{} // closed when it is too far behind
	fresh  bool          // has been told nothing yet
}

// NewFeed makes a feed. It begins with Run.
func NewFeed(o FeedOptions) *Feed {
	return &Feed{opts: o, poke: make(chan struct{}, 1), ended: make(chan struct{}), readers: map[*reader]bool{}}
}

// telling is what was told last.
type telling struct {
	pace     pace
	print    []byte
	incident []byte
	at       time.Time
	rests    time.Time // until when is not looked again
}

// Run looks and tells until the context ends; then all streams end.
func (f *Feed) Run(ctx context.Context) error {
	defer f.end()
	t := telling{pace: pace{rates: Rates{Node: f.opts.Node, Every: ratesEvery.Seconds(), History: []float64{}, Rcodes: map[string]float64{}}}}
	looks, counts := time.NewTicker(feedEvery), time.NewTicker(ratesEvery)
	defer looks.Stop()
	defer counts.Stop()
	t.pace.look(f.opts.Counters(), time.Now())
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-counts.C:
			t.pace.look(f.opts.Counters(), time.Now())
			f.tell(false, event("rates", t.pace.rates))
		case begun := <-looks.C:
			if begun.Before(t.rests) {
				continue
			}
			f.look(&t, false)
			t.rests = begun.Add(feedRests * time.Since(begun))
		case <-f.poke:
			f.look(&t, true)
		}
	}
}

// look tells of what has changed, to those who are new of everything.
func (f *Feed) look(t *telling, fresh bool) {
	if f.listening() == 0 {
		return
	}
	now, status := time.Now(), f.opts.Status()
	print := status.print()
	changed := !bytes.Equal(print, t.print) || now.Sub(t.at) >= feedRefresh
	var said []byte
	if changed || fresh {
		said = event("status", newScene(status, now.UTC()))
	}
	incident := event("incident", f.opts.Incidents())
	if fresh {
		f.tell(true, said, event("rates", t.pace.rates), incident)
	}
	if changed && !fresh {
		f.tell(false, said)
		t.print, t.at = print, now
	}
	if !fresh && !bytes.Equal(incident, t.incident) {
		f.tell(false, incident)
		t.incident = incident
	}
}

func (f *Feed) listening() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.readers)
}

// tell tells all readers, or only those who are new and are so no longer. Whoever is too far behind is dropped.
func (f *Feed) tell(fresh bool, events ...[]byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for r := range f.readers {
		if r.fresh != fresh {
			continue
		}
		r.fresh = false
		for _, e := range events {
			if e == nil {
				continue
			}
			select {
			case r.events <- e:
			default:
				close(r.gone)
				delete(f.readers, r)
			}
			if !f.readers[r] {
				break
			}
		}
	}
}

// join adds a reader; nil when there are too many, or the feed has ended.
func (f *Feed) join() *reader {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over || len(f.readers) >= feedReaders {
		return nil
	}
	r := &reader{events: make(chan []byte, feedBehind), gone: make(chan struct{}), fresh: true}
	f.readers[r] = true
	select {
	case f.poke <- struct{}{}:
	default:
	}
	return r
}

func (f *Feed) leave(r *reader) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.readers, r)
}

// end ends all streams.
func (f *Feed) end() {
	f.once.Do(func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.over = true
		close(f.ended)
	})
}

// event is an event on the wire. Nothing is told of what cannot be told.
func event(kind string, data any) []byte {
	text, err := json.Marshal(data)
	if err != nil {
		return nil
	}
	return append(append([]byte("event: "+kind+"\ndata: "), text...), "\n\n"...)
}
