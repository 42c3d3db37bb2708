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
