package service

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"leeward/cluster"
	"leeward/steering/incident"
)

// teller is a node that judges, reports and hears, in a time of its own.
type teller struct {
	reporter reporter
	desk     desk
	skew     time.Duration // its clock, before the true time
	side     int           // of a split
	away     bool          // stopped, or not started
	blind    bool
	notes    map[string]cluster.Note
	log      *incident.Log
	sees     map[string]string // what it concludes of things that are not up
}

// tale is a world of tellers.
type tale struct {
	t     *testing.T
	r     *rand.Rand
	now   time.Time
	nodes []*teller
	truth map[string]string // of things that are not up
	since map[string]time.Time
	mail  []letter
	put   int // notes put, each version
}

type letter struct {
	to   *teller
	at   time.Time
	note cluster.Note
}

func newTale(t *testing.T, seed uint64, nodes int, skew time.Duration) *tale {
	w := &tale{t: t, r: rand.New(rand.NewPCG(seed, 3)), now: time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC), truth: map[string]string{}, since: map[string]time.Time{}}
	for i := range nodes {
		name := fmt.Sprintf("ns%02d", i)
		n := &teller{reporter: newReporter(name), desk: desk{node: name}, notes: map[string]cluster.Note{}, log: incident.Fold(nil), sees: map[string]string{}}
		if skew > 0 {
			n.skew = time.Duration(w.r.Int64N(int64(2*skew))) - skew
		}
		w.nodes = append(w.nodes, n)
	}
	w.run(5 * time.Second)
	return w
}

// set changes the truth; each node concludes it a moment later.
func (w *tale) set(to string, things ...string) {
	for _, on := range things {
		w.truth[on], w.since[on] = to, w.now
	}
}

// hears says whether a node hears another.
func (n *teller) hears(o *teller) bool { return !n.away && !o.away && n.side == o.side }

// run lets time pass.
func (w *tale) run(d time.Duration) {
	const step = 100 * time.Millisecond
	for end := w.now.Add(d); w.now.Before(end); w.now = w.now.Add(step) {
		keep := w.mail[:0]
		for _, l := range w.mail {
			switch {
			case l.at.After(w.now):
				keep = append(keep, l)
			case !l.to.away:
				l.to.take(l.note)
			}
		}
		w.mail = keep
		for _, n := range w.nodes {
			if !n.away {
				w.step(n)
			}
		}
		n, o := w.nodes[w.r.IntN(len(w.nodes))], w.nodes[w.r.IntN(len(w.nodes))]
		if n.hears(o) { // they find out what they lack
			for _, note := range o.notes {
				n.take(note)
			}
			for _, note := range n.notes {
				o.take(note)
			}
		}
	}
}

func (n *teller) take(note cluster.Note) {
	if old, ok := n.notes[note.Key]; ok && old.Version >= note.Version {
		return
	}
	n.notes[note.Key] = note
	n.log = nil
}

// step is a look of a node.
func (w *tale) step(n *teller) {
	for on, to := range w.truth {
		if n.sees[on] != to && w.now.Sub(w.since[on]) > time.Duration(w.r.IntN(600))*time.Millisecond {
			n.sees[on] = to
		}
	}
	if n.log == nil {
		var all []incident.Report
		for _, note := range n.notes {
			reports, err := incident.Read(note.Issuer, note.Value)
			if err != nil {
				w.t.Fatal(err)
			}
			all = append(all, reports...)
		}
		n.log = incident.Fold(all)
	}
	at := w.now.Add(n.skew)
	var members []cluster.Member
	alike := true
	turn := 0
	for _, o := range w.nodes {
		if !n.hears(o) {
			continue
		}
		members = append(members, cluster.Member{Name: o.desk.node, State: cluster.Alive, ClockSkew: o.skew - n.skew})
		alike = alike && maps.Equal(n.sees, o.sees)
		if o.desk.node < n.desk.node {
			turn++
		}
	}
	var words []word
	for on, to := range n.sees {
		words = append(words, word{report: incident.Report{Kind: incident.Verdict, On: on, To: to, At: at}})
	}
	slices.SortFunc(words, func(a, b word) int { return len(a.report.On) - len(b.report.On) })
	due := n.reporter.due(words, circumstances{now: at, ahead: ahead(members), turn: turn, alike: alike, apart: 2*len(members) < len(w.nodes), blind: n.blind, log: n.log})
	if len(due) == 0 {
		return
	}
	err := n.desk.write(due, at, func(note cluster.Note) (cluster.Note, error) {
		note.Issuer, note.Version = n.desk.node, n.notes[note.Key].Version+1
		n.take(note)
		w.put++
		for _, o := range w.nodes {
			if n != o && n.hears(o) && w.r.IntN(10) > 0 { // some are lost
				w.mail = append(w.mail, letter{o, w.now.Add(time.Duration(50+w.r.IntN(250)) * time.Millisecond), note})
			}
		}
		return note, nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	n.reporter.wrote(due, at)
}

// settled lets all find out what they lack, and gives the incidents that all tell.
func (w *tale) settled() []incident.Incident {
	w.t.Helper()
	w.run(5 * time.Second)
	for range 4 {
		for _, n := range w.nodes {
			for _, o := range w.nodes {
				if n.hears(o) {
					for _, note := range o.notes {
						n.take(note)
					}
				}
			}
		}
		w.run(200 * time.Millisecond)
	}
	for _, n := range w.nodes[1:] {
		if !reflect.DeepEqual(n.log.Incidents, w.nodes[0].log.Incidents) {
			w.t.Fatalf("%s and %s tell of different incidents:\n%+v\n%+v", n.desk.node, w.nodes[0].desk.node, n.log.Incidents, w.nodes[0].log.Incidents)
		}
	}
	return w.nodes[0].log.Incidents
}

// reports is how many reports all nodes have written.
func (w *tale) reports() (n int) {
	for _, note := range w.nodes[0].notes {
		list, _ := incident.Read("", note.Value)
		n += len(list)
	}
	return n
}

// twenty are uplinks of ten colos, each through one of two upstreams and another.
func twenty(upstream string) (list []string) {
	for i := range 10 {
		list = append(list, fmt.Sprintf("uplink:c%d/%s", i, upstream))
	}
	return list
}

// want holds the incidents to what they must be: "state cause" each, newest first.
func (w *tale) want(what string, states ...string) {
	w.t.Helper()
	var got []string
	for _, i := range w.settled() {
		state := "ended"
		if i.Open {
			state = "open"
		}
		got = append(got, state+" "+i.Cause.Kind+" "+i.Cause.Name)
	}
	if !slices.Equal(got, states) {
		w.t.Errorf("%s: %q, want %q", what, got, states)
	}
}

// Forty nodes with clocks that differ tell of an outage of ten uplinks as one, in few reports.
func TestManyTell(t *testing.T) {
	t.Parallel()
	w := newTale(t, 1, 40, 2*time.Second)
	began := w.now
	w.set("down", twenty("northway")...)
	w.run(300 * time.Millisecond)
	w.set("failing", "upstream:northway")
	w.want("it fails", "open upstream northway")
	if i := w.nodes[0].log.Incidents[0]; i.Start.Sub(began).Abs() > time.Second {
		t.Errorf("it began %s after it did", i.Start.Sub(began))
	}
	w.run(time.Minute)
	w.set("up", append(twenty("northway"), "upstream:northway")...)
	w.want("it is well", "ended upstream northway")
	t.Logf("%d reports on 22 changes, notes put %d times", w.reports(), w.put)
	if n := w.reports(); n > 3*22 {
		t.Errorf("%d reports on 22 changes", n)
	}
}

// One clock that is wrong by an hour, and speaks first, makes no wrong times.
func TestWrongClockTells(t *testing.T) {
	w := newTale(t, 2, 5, 100*time.Millisecond)
	w.nodes[0].skew = time.Hour
	w.run(5 * time.Second)
	began := w.now
	w.set("down", "uplink:ams/northway")
	w.run(10 * time.Second)
	w.set("up", "uplink:ams/northway")
	w.want("it is well", "ended uplink ams/northway")
	i := w.nodes[0].log.Incidents[0]
	if i.Start.Sub(began).Abs() > time.Second || i.End.Sub(began.Add(10*time.Second)).Abs() > time.Second {
		t.Errorf("it began %s after it did, and lasted %s", i.Start.Sub(began), i.End.Sub(i.Start))
	}
}

// Both sides of a split report, and one of them does not see what the other does.
func TestSplitTell(t *testing.T) {
	for seed := range uint64(8) {
		w := newTale(t, seed, 6, time.Second)
		for i, n := range w.nodes {
			n.side = i % 2
		}
		w.set("down", "uplink:ams/northway", "uplink:lhr/northway")
		w.run(3 * time.Second)
		w.set("failing", "upstream:northway")
		w.run(time.Minute)
		w.set("up", "uplink:ams/northway")
		w.run(20 * time.Second)
		for _, n := range w.nodes {
			n.side = 0
		}
		w.want("together again", "open upstream northway")
		w.set("up", "uplink:lhr/northway", "upstream:northway")
		w.want("it is well", "ended upstream northway")
	}
}

// Two nodes of six that are cut off again and again, and take the world for dead, also for some seconds after they are back,
// tell nobody of that. Once all is well and they judge as the others, they speak again.
func TestCutOffTell(t *testing.T) {
	for seed := range uint64(4) {
		w := newTale(t, seed, 6, time.Second)
		for range 5 {
			w.set("down", "uplink:iad/northway")
			for _, n := range w.nodes[:2] {
				n.side, n.blind = 1, true
			}
			w.run(2 * time.Second)
			for _, n := range w.nodes[:2] { // it sees again, and is not heard yet
				n.blind = false
				n.sees["uplink:nrt/transpac"] = "down"
			}
			w.run(2 * time.Second)
			for _, n := range w.nodes[:2] {
				n.side, n.blind = 0, false
				n.sees["uplink:sjc/transpac"], n.sees["upstream:transpac"] = "down", "failing"
			}
			w.run(6 * time.Second)
			for _, n := range w.nodes[:2] {
				n.sees["uplink:sjc/transpac"], n.sees["upstream:transpac"], n.sees["uplink:nrt/transpac"] = "up", "up", "up"
			}
			for _, n := range w.nodes[2:] {
				n.sees["uplink:sjc/transpac"], n.sees["upstream:transpac"], n.sees["uplink:nrt/transpac"] = "up", "up", "up"
			}
			w.set("up", "uplink:iad/northway")
			w.run(4 * time.Second)
		}
		w.run(time.Minute)
		w.want("together again", "ended uplink iad/northway")
		w.set("down", "uplink:lhr/northway")
		w.want("later", "open uplink lhr/northway", "ended uplink iad/northway")
		if by := w.nodes[0].log.Incidents[0].Events[0].Node; by > "ns01" {
			t.Errorf("%s speaks first: they that were cut off do not any more", by)
		}
	}
}

// A node restarts in the middle, with its notes or without, one is stopped and wakes, and the one that speaks first dies
// before anybody hears it.
func TestTellersFail(t *testing.T) {
	for seed := range uint64(8) {
		w := newTale(t, seed, 5, 500*time.Millisecond)
		w.nodes[0].side = 1 // what it says now is heard by nobody
		w.set("down", "uplink:ams/northway")
		w.run(2 * time.Second)
		w.nodes[0].away = true
		all := w.nodes
		w.nodes = all[1:]
		w.want("the second speaks", "open uplink ams/northway")
		w.nodes = all
		w.nodes[2].reporter, w.nodes[2].desk = newReporter("ns02"), desk{node: "ns02"}
		w.nodes[2].notes, w.nodes[2].sees, w.nodes[2].log = map[string]cluster.Note{}, map[string]string{}, incident.Fold(nil)
		w.nodes[3].away = true
		w.run(10 * time.Second)
		w.set("up", "uplink:ams/northway")
		w.run(5 * time.Second)
		w.nodes[0].away, w.nodes[0].side, w.nodes[3].away = false, 0, false
		w.want("all are back", "ended uplink ams/northway")
	}
}

// What was reported by a node that is gone, and is not so, is corrected once all judge alike.
func TestCorrected(t *testing.T) {
	w := newTale(t, 4, 4, 0)
	page, _ := incident.Append(nil, incident.Report{At: w.now, Kind: incident.Verdict, On: "uplink:ams/northway", To: "down"})
	for _, n := range w.nodes {
		n.sees["uplink:ams/northway"] = "up"
	}
	w.truth["uplink:ams/northway"] = "up"
	w.run(time.Second)
	w.nodes[1].take(cluster.Note{Key: "gone/1", Value: page, Version: 1, Issuer: "gone"})
	w.want("it is said", "open uplink ams/northway")
	w.run(2 * correctAfter)
	w.want("it is corrected", "ended uplink ams/northway")
	if n := w.reports(); n != 2 {
		t.Errorf("%d reports, want 2", n)
	}
}

// What the log does not take up is not reported at every look.
func TestNotTakenUp(t *testing.T) {
	start := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	undrained := word{own: true, once: true, report: incident.Report{At: start, Kind: incident.Override, On: "colo:ams", To: incident.Undrained, Issuer: "a", Number: 2}}
	r, log, written := newReporter("a"), incident.Fold(nil), 0
	for now := start; now.Before(start.Add(25 * time.Minute)); now = now.Add(100 * time.Millisecond) {
		due := r.due([]word{undrained}, circumstances{now: now, log: log})
		r.wrote(due, now)
		written += len(due)
	}
	if written != 3 {
		t.Errorf("written %d times, want 3: every %v", written, correctEach)
	}
	again := undrained
	again.report.Number = 4
	if due := r.due([]word{again}, circumstances{now: start.Add(25 * time.Minute), log: log}); len(due) != 1 {
		t.Error("another version waits")
	}
}

// What flaps for half an hour is one incident, in few pages.
func TestFlappingTold(t *testing.T) {
	w := newTale(t, 5, 6, time.Second)
	for range 90 {
		w.set("down", "uplink:iad/northway")
		w.run(10 * time.Second)
		w.set("up", "uplink:iad/northway")
		w.run(10 * time.Second)
	}
	w.run(2 * time.Minute)
	w.want("after half an hour", "ended uplink iad/northway")
	t.Logf("%d reports on 180 changes on %d pages", w.reports(), len(w.nodes[0].notes))
	if n := len(w.nodes[0].notes); n > 10 {
		t.Errorf("%d pages", n)
	}
}
