package admin

import (
	"context"
	"encoding/json"
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

func TestPace(t *testing.T) {
	at := time.Now()
	p := &pace{}
	for i, row := range []struct {
		queries uint64
		want    float64
	}{{1000, 0}, {1100, 50}, {1100, 0}, {40, 20}, {40, 0}} {
		p.look(Counters{Queries: row.queries, Rcodes: map[string]uint64{"NOERROR": row.queries}}, at.Add(time.Duration(i)*2*time.Second))
		if p.rates.Queries != row.want || p.rates.Rcodes["NOERROR"] != row.want {
			t.Errorf("look %d: %+v", i, p.rates)
		}
	}
	if got := fmt.Sprint(p.rates.History); got != "[50 0 20 0]" {
		t.Errorf("history %s", got)
	}
	for i := range 1000 {
		p.look(Counters{}, at.Add(time.Hour+time.Duration(i)*time.Second))
	}
	if len(p.rates.History) != ratesHistory {
		t.Errorf("%d points are remembered", len(p.rates.History))
	}
}

// Of many zones a scene has those that somebody must look at.
func TestScene(t *testing.T) {
	s := Status{}
	for i := range 5000 {
		z := Zone{Origin: fmt.Sprintf("z%d.example.", i)}
		if i == 4000 {
			z.Error = "line 3: unknown type"
		}
		if i == 4500 {
			z.Warnings = []string{"same serial"}
		}
		s.Zones = append(s.Zones, z)
	}
	scene := newScene(s, time.Now())
	if scene.Zones != 5000 || scene.BadZones != 1 || len(scene.Status.Zones) != sceneZones ||
		scene.Status.Zones[0].Origin != "z4000.example." || scene.Status.Zones[1].Origin != "z4500.example." || scene.Status.Zones[2].Origin != "z0.example." {
		t.Errorf("%d zones, %d bad, %+v", scene.Zones, scene.BadZones, scene.Status.Zones[:3])
	}
	if len(s.Zones) != 5000 || s.Zones[0].Origin != "z0.example." {
		t.Error("the status itself was changed")
	}
}

// Ages and the like are no change; everything else is.
func TestPrint(t *testing.T) {
	seen := time.Now()
	make := func() Status {
		return Status{Problems: []string{"clock of ns2 is off by 1.5 s"}, Members: []Member{{Name: "ns2", HeartbeatAge: "0.1s", SheetAge: "1s", ClockSkew: "0.1s", Differs: "0.0s"}},
			Colos: []Colo{{Name: "ams", Demand: &Demand{Demand: 5}, Uplinks: []Uplink{{Reason: "ok", Seen: &seen, Ramp: &Ramp{Back: 41},
				Votes: []Vote{{Observer: "ns2", Up: true, Detail: "2 ms", Age: "0.1s"}}}}}},
			Services: []Service{{Check: "web", Votes: []Vote{{Observer: "ns2", Age: "0.1s"}}}}}
	}
	first := make().print()
	for i, change := range []func(*Status){
		func(s *Status) { s.Members[0].HeartbeatAge = "0.2s" }, func(s *Status) { s.Members[0].ClockSkew = "0.2s" },
		func(s *Status) { s.Problems[0] = "clock of ns2 is off by 1.7 s" }, func(s *Status) { s.Colos[0].Demand.Demand = 6 },
		func(s *Status) { s.Colos[0].Uplinks[0].Seen = nil }, func(s *Status) { s.Colos[0].Uplinks[0].Ramp.Back = 42 },
		func(s *Status) { s.Colos[0].Uplinks[0].Votes[0].Age = "9s" }, func(s *Status) { s.Colos[0].Uplinks[0].Votes[0].Detail = "3 ms" },
		func(s *Status) { s.Services[0].Votes[0].Age = "9s" },
	} {
		s := make()
		before, _ := json.Marshal(s)
		change(&s)
		if string(s.print()) != string(first) {
			t.Errorf("row %d is taken for a change", i)
		}
		changed := make()
		change(&changed)
		if got, _ := json.Marshal(s); string(got) == string(before) {
			t.Errorf("row %d changes nothing", i)
		}
		if got, want := fmt.Sprint(len(s.print())), fmt.Sprint(len(changed.print())); got != want {
			t.Errorf("row %d: printing changed the status", i)
		}
	}
	for i, change := range []func(*Status){
		func(s *Status) { s.Members[0].Differs = "3.0s" }, func(s *Status) { s.Problems = nil },
		func(s *Status) { s.Colos[0].Uplinks[0].Reason = "timeout" }, func(s *Status) { s.Colos[0].Uplinks[0].Votes[0].Up = false },
		func(s *Status) { s.Overrides = []Override{{Target: "colo:ams"}} },
	} {
		s := make()
		if change(&s); string(s.print()) == string(first) {
			t.Errorf("row %d is taken for no change", i)
		}
	}
}
