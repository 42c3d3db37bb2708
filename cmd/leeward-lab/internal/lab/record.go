//go:build linux

package lab

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"leeward/cmd/leeward-lab/internal/plan"
)

// Record is all that was seen, in order of time. It may be used by many at once.
type Record struct {
	world plan.World
	names []plan.Steered

	mu     sync.Mutex
	events []Event
	told   []Told
	spans  map[Asked][]Span
	ticks  map[string][]*Tick
}

// Event is a line of a node's log: a vote or a verdict that changed.
type Event struct {
	At     time.Time
	Colo   string // of the node
	Vote   bool   // else a verdict
	Uplink plan.Uplink
	To     string // up, lossy, down; up, at-risk, down, drained, unknown
	Why    string
}

// Told is a line of a node's log that tells of an incident.
type Told struct {
	At          time.Time
	Colo        string // of the node
	Kind, Title string // the kind of its cause
}

// Asked is a question: a nameserver's address, the name, and the colo where the client stands.
type Asked struct {
	Server plan.Uplink
	plan.Steered
	Place string
}

// String begins a sentence about what was answered.
func (q Asked) String() string {
	return fmt.Sprintf("the nameserver at %s gives clients near %s for %s", q.Server, q.Place, q.Name)
}

// Span is the time in which a question had the same answer.
type Span struct {
	Answer      plan.Answer // or a word in capitals for what is none: EMPTY, SERVFAIL
	From, Until time.Time
}

// Tick is one try of a client: a question to its resolver, and a page from the address it got.
type Tick struct {
	Start   time.Time
	Done    bool
	Answer  plan.Answer // or a sentence why there is none
	Fetched bool
	Why     string // it was not
}

func newRecord(w plan.World, names []plan.Steered) *Record {
	return &Record{world: w, names: names, spans: map[Asked][]Span{}, ticks: map[string][]*Tick{}}
}

// hear reads a line of the log of the node in a colo.
func (r *Record) hear(colo string, line []byte) {
	var said struct {
		Time    time.Time
		Msg     string
		Address string
		On      string
		To      string
		Detail  string
		Reason  string
		Cause   string
		Title   string
	}
	if json.Unmarshal(line, &said) != nil {
		return // a panic, perhaps: it stays in the file
	}
	e := Event{At: said.Time, Colo: colo, To: said.To, Why: said.Detail + said.Reason}
	switch said.Msg {
	case "a vote changed":
		e.Vote = true
		e.Uplink = r.uplink(func(u plan.Uplink) bool { return said.Address == r.world.Web(u).String() })
	case "verdict changed":
		e.Uplink = r.uplink(func(u plan.Uplink) bool { return said.On == u.String() })
	case "incident":
		r.mu.Lock()
		defer r.mu.Unlock()
		r.told = append(r.told, Told{said.Time, colo, said.Cause, said.Title})
		return
	default:
		return
	}
	if e.Uplink == (plan.Uplink{}) {
		return // a witness, an upstream
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

func (r *Record) uplink(is func(plan.Uplink) bool) plan.Uplink {
	all := r.world.Uplinks()
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i]
	}
	return plan.Uplink{}
}

// answered notes an answer to a question.
func (r *Record) answered(q Asked, a plan.Answer, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	spans := r.spans[q]
	if n := len(spans); n > 0 && spans[n-1].Answer == a {
		spans[n-1].Until = at
		return
	}
	r.spans[q] = append(spans, Span{a, at, at})
}

// begin notes that a client tries.
func (r *Record) begin(client string, at time.Time) *Tick {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := &Tick{Start: at}
	r.ticks[client] = append(r.ticks[client], t)
	return t
}

// finish notes what came of it.
func (r *Record) finish(t *Tick, answer plan.Answer, failed error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t.Done, t.Answer, t.Fetched = true, answer, failed == nil
	if failed != nil {
		t.Why = failed.Error()
	}
}

// Events are those that fit.
func (r *Record) Events(fit func(Event) bool) []Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []Event
	for _, e := range r.events {
		if fit(e) {
			list = append(list, e)
		}
	}
	return list
}

// Told are the lines on incidents that fit.
func (r *Record) Told(fit func(Told) bool) []Told {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.told), func(t Told) bool { return !fit(t) })
}

// Asked are all questions.
func (r *Record) Asked() []Asked {
	var list []Asked
	for _, u := range r.world.Uplinks() {
		for _, name := range r.names {
			for _, c := range r.world.Colos {
				list = append(list, Asked{u, name, c.Name})
			}
		}
	}
	return list
}

// Spans are the answers to a question, in order.
func (r *Record) Spans(q Asked) []Span {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.spans[q])
}

// Clients are the names of all clients.
func (r *Record) Clients() []string {
	var names []string
	for _, e := range r.world.Eyes {
		names = append(names, e.Name, e.Name+" without subnet")
	}
	return names
}

// Ticks are a client's tries since a time, in order.
func (r *Record) Ticks(client string, since time.Time) []Tick {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []Tick
	for _, t := range r.ticks[client] {
		if !t.Start.Before(since) {
			list = append(list, *t)
		}
	}
	return list
}
