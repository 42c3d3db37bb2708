package tell

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"leeward/cmd/leeward/internal/admin"
)

// quick is a pace for tests.
var quick = Pace{Settle: time.Nanosecond, Step: time.Millisecond, First: time.Millisecond, Most: 10 * time.Millisecond}

// world is what tellers look at: incidents, and the notes that all nodes have.
type world struct {
	mu        sync.Mutex
	incidents []admin.Incident
	notes     []string
	counts    Counts
}

func (w *world) set(list ...admin.Incident) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.incidents = list
}

func (w *world) options(node string, nodes ...string) Options {
	return Options{Node: node, Link: "https://ns1.example.net/#{id}", Pace: quick, Counts: &w.counts, Logger: slog.New(slog.DiscardHandler),
		Incidents: func() []admin.Incident { w.mu.Lock(); defer w.mu.Unlock(); return slices.Clone(w.incidents) },
		Nodes:     func() []string { return append(nodes, node) },
		Told: func(prefix string) (list []string) {
			w.mu.Lock()
			defer w.mu.Unlock()
			for _, n := range w.notes {
				if strings.HasPrefix(n, prefix) {
					list = append(list, n)
				}
			}
			return list
		},
		Note: func(key string) error { w.mu.Lock(); defer w.mu.Unlock(); w.notes = append(w.notes, key); return nil }}
}

func (w *world) count(result string) (n uint64) {
	w.counts.Visit(func(c Count, of uint64) {
		if c.Result == result {
			n += of
		}
	})
	return n
}

// run runs a teller until the test ends.
func run(t *testing.T, teller *Teller) {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- teller.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// fresh is a trouble of now, and not of the past.
func fresh() admin.Incident {
	i := trouble(0)
	i.Start = time.Now().Add(-time.Minute)
	return i
}

func over(i admin.Incident) admin.Incident {
	end := time.Now()
	i.End, i.State = &end, "ended"
	return i
}

func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not in time: %s", what)
		}
	}
}

// The node that is first tells; when it cannot, the next does. Whoever hears that it was told does not.
func TestElection(t *testing.T) {
	nodes := []string{"ns1", "ns2", "ns3"}
	i := fresh()
	slices.SortFunc(nodes, func(a, b string) int { return Rank(a, i.ID, nodes) - Rank(b, i.ID, nodes) })
	w := &world{}
	w.set(i)
	var mu sync.Mutex
	var by []string
	target := func(works bool) Target {
		return Target{Name: "t", ID: "t", Tell: func(_ context.Context, m Message) error {
			mu.Lock()
			defer mu.Unlock()
			by = append(by, m.Node)
			if !works {
				return errors.New("cut off")
			}
			return nil
		}}
	}
	tellers := map[string]*Teller{}
	for r, n := range nodes {
		o := w.options(n, nodes...)
		o.Pace.Step, o.Pace.First, o.Pace.Most = time.Hour, time.Hour, time.Hour
		tellers[n] = NewTeller(target(r > 0), o)
		tellers[n].look(t.Context())
	}
	if !slices.Equal(by, nodes[:1]) {
		t.Fatalf("tried by %q, want the first alone", by)
	}
	for _, state := range tellers[nodes[1]].state { // an hour later
		state.due = time.Now()
	}
	for _, n := range nodes {
		tellers[n].look(t.Context())
	}
	for _, state := range tellers[nodes[2]].state { // two hours later
		state.due = time.Now()
	}
	for _, n := range nodes {
		tellers[n].look(t.Context())
	}
	if !slices.Equal(by, nodes[:2]) || w.count("told") != 1 || tellers[nodes[0]].Problem() != "" {
		t.Errorf("tried by %q, told %d times, %q", by, w.count("told"), tellers[nodes[0]].Problem())
	}
}

// What could not be noted is not told twice all the same.
func TestNoteRefused(t *testing.T) {
	w := &world{}
	w.set(fresh())
	o := w.options("ns1")
	o.Note = func(string) error { return errors.New("too many notes") }
	n := 0
	teller := NewTeller(Target{Name: "t", ID: "t", Tell: func(context.Context, Message) error { n++; return nil }}, o)
	for range 5 {
		teller.look(t.Context())
	}
	w.set(over(fresh()))
	for range 5 {
		teller.look(t.Context())
	}
	if n != 2 {
		t.Errorf("told %d times, want that it is open and that it has ended", n)
	}
}

// All counters of a target are there before anything is counted, or the first of it would be no increase.
func TestCountsBegin(t *testing.T) {
	w := &world{}
	run(t, NewTeller(Target{Name: "hook"}, w.options("ns1")))
	until(t, "all three are there", func() bool {
		zeros := 0
		w.counts.Visit(func(c Count, n uint64) {
			if c.Target == "hook" && n == 0 {
				zeros++
			}
		})
		return zeros == 3
	})
}
