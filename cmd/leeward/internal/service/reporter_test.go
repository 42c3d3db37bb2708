package service

import (
	"testing"
	"time"

	"leeward/cluster"
	"leeward/steering/incident"
)

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
