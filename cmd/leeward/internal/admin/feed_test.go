package admin

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// node is a node to look at, whose status changes when the test says so.
type node struct {
	mu       sync.Mutex
	problems []string
	beats    int // heartbeats heard: an age, which changes by itself
	queries  uint64
	incident Incidents
}

func (n *node) feed() *Feed {
	return NewFeed(FeedOptions{Node: "ns1", Status: func() Status {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.beats++
		return Status{Node: "ns1", Problems: n.problems, Members: []Member{{Name: "ns2", HeartbeatAge: fmt.Sprint(n.beats), Differs: "0.0s"}}}
	}, Counters: func() Counters { return Counters{Queries: n.queries} }, Incidents: func() Incidents {
		n.mu.Lock()
		defer n.mu.Unlock()
		return n.incident
	}})
}

// says changes what the node has to say.
func (n *node) says(problem string, incidents ...Incident) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.problems, n.incident = []string{problem}, Incidents{Incidents: incidents}
}

// told is the kinds of events that a reader was told, in order.
func told(r *reader) (kinds []string) {
	for {
		select {
		case e := <-r.events:
			kind, _, _ := strings.Cut(strings.TrimPrefix(string(e), "event: "), "\n")
			kinds = append(kinds, kind)
		default:
			return kinds
		}
	}
}

func count(kinds []string, kind string) (n int) {
	for _, k := range kinds {
		if k == kind {
			n++
		}
	}
	return n
}

// running runs a feed in a bubble whose time is the test's.
func running(t *testing.T, n *node, do func(*Feed)) {
	synctest.Test(t, func(t *testing.T) {
		f := n.feed()
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error)
		go func() { ended <- f.Run(ctx) }()
		do(f)
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if f.join() != nil {
			t.Error("a feed that has ended takes readers")
		}
	})
}

func TestFeedTellsWhoIsNew(t *testing.T) {
	running(t, &node{}, func(f *Feed) {
		r := f.join()
		synctest.Wait()
		if got := fmt.Sprint(told(r)); got != "[status rates incident]" {
			t.Errorf("at first %s", got)
		}
	})
}

// A node whose ages alone change says nothing new: the status comes for the ages' sake every ten seconds, and rates as a beat.
func TestFeedBeats(t *testing.T) {
	running(t, &node{}, func(f *Feed) {
		r := f.join()
		time.Sleep(time.Second)
		synctest.Wait()
		told(r)
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if got := told(r); count(got, "status") != 1 || count(got, "rates") != 5 || count(got, "incident") != 0 {
			t.Errorf("in ten seconds: %v", got)
		}
	})
}

func TestFeedTellsChanges(t *testing.T) {
	n := &node{}
	running(t, n, func(f *Feed) {
		r := f.join()
		time.Sleep(time.Second)
		synctest.Wait()
		told(r)
		n.says("northway is failing", Incident{ID: "1"})
		time.Sleep(feedEvery)
		synctest.Wait()
		if got := told(r); count(got, "status") != 1 || count(got, "incident") != 1 {
			t.Errorf("after a change: %v", got)
		}
		for i := range 40 { // a change every 50 ms
			n.says(strings.Repeat("!", i), Incident{ID: "1"})
			time.Sleep(50 * time.Millisecond)
		}
		synctest.Wait()
		if got := count(told(r), "status"); got < 3 || got > 5 {
			t.Errorf("%d statuses in two seconds of constant change", got)
		}
	})
}

// Whoever does not read is dropped, and holds up nobody.
func TestFeedDropsTheSlow(t *testing.T) {
	running(t, &node{}, func(f *Feed) {
		slow, quick := f.join(), f.join()
		got := 0
		for range 60 {
			time.Sleep(time.Second)
			synctest.Wait()
			got += len(told(quick))
		}
		select {
		case <-slow.gone:
		default:
			t.Error("it is still there")
		}
		if got < 30 || f.listening() != 1 {
			t.Errorf("the other was told %d events, %d listen", got, f.listening())
		}
		f.leave(slow)
		f.leave(quick)
	})
}

func TestFeedIsBounded(t *testing.T) {
	running(t, &node{}, func(f *Feed) {
		for range feedReaders {
			if f.join() == nil {
				t.Fatal("refused")
			}
		}
		if f.join() != nil {
			t.Error("one more than there may be")
		}
	})
}
