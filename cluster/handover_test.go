package cluster

import (
	"context"
	"slices"
	"testing"
	"time"

	"leeward/steering"
)

// succeed has another process go on as a node, and gives it. What it waits in between is the time that the other takes.
func (w *world) succeed(m *member, takes time.Duration, change ...func(*Options)) *member {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), time.Second)
	defer cancel()
	h, err := m.Suspend(ctx)
	if err != nil {
		w.Fatal(err)
	}
	time.Sleep(takes)
	i := slices.Index(w.nodes, m)
	next := w.start(i+1, append([]func(*Options){func(o *Options) {
		o.Listen, o.Join, o.Resume = m.at, nil, h
		o.Name, o.Colo = m.options.Name, m.options.Colo
	}}, change...)...)
	w.nodes = w.nodes[:len(w.nodes)-1] // it takes the place of the other
	w.nodes[i] = next
	m.stop()
	<-m.done
	return next
}

// watch looks a hundred times a second whether the others see a node all the time as if nothing happened.
func (w *world) watch(name string, others []*member) (stop func() time.Duration) {
	ctx, cancel := context.WithCancel(w.Context())
	done := make(chan struct{})
	var oldest time.Duration
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			time.Sleep(10 * time.Millisecond)
			for _, o := range others {
				if got := o.state(name); got != Alive {
					w.Errorf("%s sees %s as %s", o.options.Name, name, got)
				}
				h, ok := o.heard(name)
				if !ok || len(h.Sheet.Votes) == 0 {
					w.Errorf("%s has no votes of %s", o.options.Name, name)
				}
				oldest = max(oldest, h.Age)
			}
		}
	}()
	return func() time.Duration { cancel(); <-done; return oldest }
}

// TestHandover: nobody notices that another process goes on as a node, though it is the one that all others join and joins
// nobody itself: it is alive all the time, its votes never grow stale, and what was ordered there alone is known there still.
func TestHandover(t *testing.T) {
	inWorld(t, func(w *world) {
		w.cluster(5, func(o *Options) {
			if o.Name == "n1" {
				o.Join = nil
			}
		})
		w.net.slow(0.02)
		for i, m := range w.nodes {
			m.Publish(votes(3, uint64(i+1)), steering.Demand{}, steering.Load{})
		}
		w.await("all have its sheet", 5*time.Second, has(w.nodes, "n1", 1, 3))
		others := w.nodes[1:]
		watched := w.watch("n1", others)
		for turn := range 3 {
			before := w.nodes[0]
			next := w.succeed(before, 100*time.Millisecond, func(o *Options) { o.Version = "newer" })
			if got, want := next.facts.incarnation, before.facts.incarnation; got != want {
				t.Errorf("incarnation %d, and it was %d", got, want)
			}
			<-next.Ready()
			w.await("it has all sheets", 3*time.Second, func() bool { return len(next.numbers()) == 5 })
			next.Publish(votes(4, uint64(10+turn)), steering.Demand{}, steering.Load{})
			w.await("all have its new sheet", 3*time.Second, has(w.nodes, "n1", uint64(turn+2), 4))
			time.Sleep(10 * time.Second)
		}
		if age := watched(); age > 2500*time.Millisecond {
			t.Errorf("its votes were %s old", age)
		}
		w.await("all know its version", 20*time.Second, func() bool {
			for _, o := range others {
				for _, m := range o.Members() {
					if m.Name == "n1" && m.Version != "newer" {
						return false
					}
				}
			}
			return true
		})
		for _, o := range others {
			if n := o.log.count("started later") + o.log.count("name"); n > 0 {
				t.Errorf("%s: %s", o.options.Name, o.log.text())
			}
		}
	})
}

// TestHandoverOfWhatNobodyElseKnows: overrides and notes go with the node, without a disk and without other nodes.
func TestHandoverOfWhatNobodyElseKnows(t *testing.T) {
	inWorld(t, func(w *world) {
		m := w.start(1)
		<-m.Ready()
		m.order(steering.Drain, "colo:ams", "a", time.Time{})
		if _, err := m.Put(Note{Topic: TopicChallenge, Key: "k", Value: []byte("v"), Until: time.Now().Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		next := w.succeed(m, 0)
		<-next.Ready()
		if got := next.orders(); len(got) != 1 || got[0] != "colo:ams by a" {
			t.Error(got)
		}
		if got := next.Notes(TopicChallenge); len(got) != 1 || string(got[0].Value) != "v" {
			t.Error(got)
		}
	})
}

// TestHandoverThatFails: nobody goes on. The node itself does, also when another process has used its name for a while.
func TestHandoverThatFails(t *testing.T) {
	for _, tried := range []bool{false, true} {
		inWorld(t, func(w *world) {
			w.cluster(4)
			m := w.nodes[2]
			m.Publish(votes(3, 1), steering.Demand{}, steering.Load{})
			others := []*member{w.nodes[0], w.nodes[1], w.nodes[3]}
			w.await("all have its sheet", 5*time.Second, has(w.nodes, "n3", 1, 3))
			watched := w.watch("n3", others)
			h, err := m.Suspend(w.Context())
			if err != nil {
				t.Fatal(err)
			}
			if tried {
				o := m.options
				o.Resume, o.Version = h, "bad"
				n, err := New(o)
				if err != nil {
					t.Fatal(err)
				}
				ctx, stop := context.WithCancel(w.Context())
				stopped := make(chan error)
				go func() { stopped <- n.session(ctx) }()
				<-n.Ready()
				n.Publish(votes(2, 2), steering.Demand{}, steering.Load{})
				time.Sleep(200 * time.Millisecond)
				if _, err := n.Suspend(w.Context()); err != nil { // killed, it says no farewell
					t.Fatal(err)
				}
				<-stopped
				stop()
			}
			m.Resume()
			m.Publish(votes(5, 3), steering.Demand{}, steering.Load{})
			w.await("all have its new sheet", 3*time.Second, func() bool {
				for _, o := range others {
					if h, _ := o.heard("n3"); len(h.Sheet.Votes) != 5 {
						return false
					}
				}
				return true
			})
			w.await("it knows all", 3*time.Second, func() bool { return len(m.Alive()) == 4 })
			time.Sleep(10 * time.Second)
			if age := watched(); age > 2500*time.Millisecond {
				t.Errorf("its votes were %s old", age)
			}
		})
	}
}

// What another node, or another version, handed over is not taken up; neither is noise.
func TestHandoverOfAnother(t *testing.T) {
	of := func(name string, change func([]byte)) Handover {
		n, err := New(Options{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		h := n.handover()
		change(h.State)
		return h
	}
	as := func([]byte) {}
	for _, row := range []struct {
		name string
		h    Handover
		want bool
	}{
		{"its own", of("a", as), true},
		{"another's", of("b", as), false},
		{"of another format", of("a", func(b []byte) { b[0]++ }), false},
		{"of another kind", of("a", func(b []byte) { b[1]++ }), false},
		{"noise", Handover{State: []byte{format, byte(kindState), 255, 255, 255}}, false},
	} {
		n, err := New(Options{Name: "a", Resume: row.h})
		if err != nil {
			t.Fatal(row.name, err)
		}
		if got := n.facts.resume(row.h.State, time.Now()) == nil; got != row.want {
			t.Errorf("%s: taken up: %v", row.name, got)
		}
	}
}
