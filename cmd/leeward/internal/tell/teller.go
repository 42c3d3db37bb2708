package tell

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"leeward/cmd/leeward/internal/admin"
)

// Options are what a teller is told.
type Options struct {
	Node      string
	Link      string // to an incident, with {id} in it; "": none
	Pace      Pace
	Incidents func() []admin.Incident
	Nodes     func() []string              // names of living nodes, this one too
	Told      func(prefix string) []string // keys of what was told, by any node, that begin so
	Note      func(key string) error       // tells all nodes that it was told
	Counts    *Counts
	Logger    *slog.Logger
}

// Counts are how often telling came to what end, over all tellers of a process.
type Counts struct {
	mu   sync.Mutex
	list map[Count]uint64
}

// Count is what is counted apart.
type Count struct{ Target, Result string } // told, failed, given_up

// The results.
const (
	resultTold    = "told"
	resultFailed  = "failed"
	resultGivenUp = "given_up"
)

// begin counts from nothing: what a counter counts before it was seen at 0 is no increase to who watches it.
func (c *Counts) begin(target string) {
	for _, result := range []string{resultTold, resultFailed, resultGivenUp} {
		c.add(target, result, 0)
	}
}

func (c *Counts) add(target, result string, n uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.list == nil {
		c.list = map[Count]uint64{}
	}
	c.list[Count{target, result}] += n
}

// Visit visits all counts.
func (c *Counts) Visit(visit func(Count, uint64)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, n := range c.list {
		visit(k, n)
	}
}

// Teller tells one target of incidents.
type Teller struct {
	opts    Options
	target  Target
	poke    chan struct{}          // one slot
	trouble atomic.Pointer[string] // why the last attempt failed; nil: it did not
	state   map[string]*attempt    // run's own, by the key of the word
}

// attempt is how far the telling of a word is.
type attempt struct {
	due    time.Time
	failed int
	told   bool
	done   bool // told, or given up
}

// NewTeller makes a teller.
func NewTeller(target Target, o Options) *Teller {
	return &Teller{opts: o, target: target, poke: make(chan struct{}, 1), state: map[string]*attempt{}}
}

// Poke says that the incidents have changed.
func (t *Teller) Poke() {
	select {
	case t.poke <- struct{}{}:
	default:
	}
}

// Problem is what an operator should look at; "" for nothing.
func (t *Teller) Problem() string {
	if why := t.trouble.Load(); why != nil {
		return t.target.Name + " cannot be told of incidents: " + *why
	}
	return ""
}

// Run tells until the context ends.
func (t *Teller) Run(ctx context.Context) error {
	t.opts.Counts.begin(t.target.Name)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.poke:
		case <-timer.C:
		}
		timer.Reset(t.look(ctx))
	}
}

// idle is how long at the most nobody looks.
const idle = time.Minute

// look tells what is due, one word after the other, and gives the time until something may be.
func (t *Teller) look(ctx context.Context) (wait time.Duration) {
	now := time.Now()
	wait = idle
	present := map[string]bool{}
	troubled := false
	for _, i := range slices.Backward(t.opts.Incidents()) { // the oldest first
		word, ok := owed(i, now, t.opts.Pace, t.told())
		if young := t.opts.Pace.settles(i) - now.Sub(i.Start); i.End == nil && young > 0 {
			wait = min(wait, max(young, time.Millisecond))
		}
		if !ok {
			continue
		}
		key := word.Key()
		present[key] = true
		state := t.state[key]
		if state == nil {
			state = &attempt{due: now.Add(time.Duration(Rank(t.opts.Node, i.ID, t.opts.Nodes())) * t.opts.Pace.Step)}
			t.state[key] = state
		}
		if !state.done && ctx.Err() == nil && !now.Before(state.due) {
			t.attempt(ctx, word, state)
		}
		if !state.done {
			wait = min(wait, max(time.Until(state.due), time.Millisecond))
		}
		troubled = troubled || state.failed > 0 && !state.told
	}
	if !troubled {
		t.trouble.Store(nil)
	}
	for key := range t.state {
		if !present[key] { // told by another node, or too old
			delete(t.state, key)
		}
	}
	return wait
}

// told is what this target was told, as the notes say, and what this teller knows beside: a note may not have been taken.
func (t *Teller) told() told {
	begins := func(prefix string) bool {
		if len(t.opts.Told(t.target.ID+" "+prefix)) > 0 {
			return true
		}
		for key, state := range t.state {
			if state.done && strings.HasPrefix(key, prefix) {
				return true
			}
		}
		return false
	}
	return told{begins: begins, has: func(key string) bool {
		for _, known := range t.opts.Told(t.target.ID + " " + key) {
			if known == t.target.ID+" "+key {
				return true
			}
		}
		return false
	}}
}

// attempt tells one word.
func (t *Teller) attempt(ctx context.Context, word Word, state *attempt) {
	log := t.opts.Logger.With("target", t.target.Name, "incident", word.Incident.ID, "event", newMessage(word, "", "", time.Time{}).Event)
	err := t.target.Tell(ctx, newMessage(word, t.opts.Node, t.opts.Link, time.Now()))
	if err != nil && ctx.Err() != nil {
		return // the end, which is not its fault
	}
	_, never := errors.AsType[*Refusal](err)
	if err != nil {
		state.failed++
	}
	switch {
	case err == nil:
		state.done, state.told = true, true
		t.opts.Counts.add(t.target.Name, resultTold, 1)
		log.Info("told of an incident", "attempts", state.failed+1)
		if err := t.opts.Note(t.target.ID + " " + word.Key()); err != nil {
			log.Warn("the other nodes cannot be told that this was told: they may tell it again", "error", err)
		}
	case never:
		state.done = true
		t.opts.Counts.add(t.target.Name, resultGivenUp, 1)
		log.Error("an incident cannot be told of", "error", err)
		t.fail(err)
	default:
		pause := t.opts.Pace.pause(state.failed, err)
		state.due = time.Now().Add(pause)
		t.opts.Counts.add(t.target.Name, resultFailed, 1)
		if state.failed == 1 {
			log.Warn("an incident could not be told of, and is tried again", "error", err, "in", pause.String())
		}
		t.fail(err)
	}
}

func (t *Teller) fail(err error) {
	why := err.Error()
	t.trouble.Store(&why)
}
