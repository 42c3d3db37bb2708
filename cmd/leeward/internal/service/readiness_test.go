package service

import (
	"math/bits"
	"testing"
	"time"
)

// The rows are those of condition.readiness.
func TestReadiness(t *testing.T) {
	for _, row := range []struct {
		name string
		c    condition
		want readiness
	}{
		{"no view", condition{gossip: true}, readiness{soon: true, reason: "not answering from a view yet"}},
		{"no view, and told to stop", condition{leaving: true, fault: "blind", others: 2}, readiness{soon: true, reason: "not answering from a view yet"}},
		{"told to stop, the last of a cluster", condition{view: true, leaving: true, gossip: true}, readiness{ready: true, soon: true, reason: "leaving"}},
		{"told to stop, the last, with a fault", condition{view: true, leaving: true, gossip: true, fault: "blind"}, readiness{ready: true, soon: true, reason: "leaving"}},
		{"told to stop, others are in service", condition{view: true, leaving: true, gossip: true, others: 1}, readiness{soon: true, reason: "leaving"}},
		{"told to stop, without gossip", condition{view: true, leaving: true}, readiness{soon: true, reason: "leaving"}},
		{"a fault, the last", condition{view: true, gossip: true, fault: "blind"}, readiness{ready: true, soon: true, reason: "blind"}},
		{"a fault, without gossip", condition{view: true, fault: "blind"}, readiness{ready: true, soon: true, reason: "blind"}},
		{"a fault, others are in service", condition{view: true, gossip: true, fault: "blind", others: 1}, readiness{reason: "blind"}},
		{"well, the last", condition{view: true, gossip: true}, readiness{fit: true, ready: true, soon: true}},
		{"well, without gossip", condition{view: true}, readiness{fit: true, ready: true, soon: true}},
		{"well, others are in service", condition{view: true, gossip: true, others: 3}, readiness{fit: true, ready: true}},
	} {
		if got := row.c.readiness(); got != row.want {
			t.Errorf("%s: got %+v, want %+v", row.name, got, row.want)
		}
	}
}

// The rows are those of steady.look: what holds at the start of the row, what is decided for how long, and what holds then.
func TestSteady(t *testing.T) {
	ill, dying := readiness{}, readiness{soon: true}
	well, last := readiness{fit: true, ready: true}, readiness{ready: true, soon: true}
	for _, row := range []struct {
		name    string
		before  []readiness
		decided readiness
		during  time.Duration
		want    bool
	}{
		{"the first word", nil, well, 0, true},
		{"the first word, a bad one", nil, ill, 0, false},
		{"a hiccup", []readiness{well}, ill, illFor - time.Millisecond, true},
		{"an illness", []readiness{well}, ill, illFor, false},
		{"told to stop", []readiness{well}, dying, 0, false},
		{"a moment of health", []readiness{ill}, well, wellFor - time.Millisecond, false},
		{"health", []readiness{ill}, well, wellFor, true},
		{"the last of all", []readiness{ill}, last, 0, true},
		{"an illness after one that ended", []readiness{well, ill, well}, ill, illFor - time.Millisecond, true},
		{"health after a moment of it", []readiness{ill, well, ill}, well, wellFor - time.Millisecond, false},
	} {
		var s steady
		now := time.Unix(1e9, 0)
		for _, r := range row.before {
			s.look(r, now)
			now = now.Add(time.Second)
		}
		s.look(row.decided, now)
		if got := s.look(row.decided, now.Add(row.during)); got != row.want {
			t.Errorf("%s: ready %v", row.name, got)
		}
	}
}

// Nodes that fall ill one after the other, in any order, and know of each other at once, are never all gone; neither are
// those that fall ill together, once they have heard of each other.
func TestTheLastNeverWithdraws(t *testing.T) {
	const nodes = 4
	now := time.Unix(1e9, 0)
	for pattern := range 1 << nodes {
		var steadies [nodes]steady
		var told [nodes]bool // that they are fit and sent queries, as the others know it
		ill := 0             // bits
		for tick := range 200 {
			if tick == 20 {
				ill = pattern
			}
			if tick == 100 {
				ill = ^pattern & (1<<nodes - 1)
			}
			now = now.Add(500 * time.Millisecond)
			ready, heard := 0, told
			for n := range nodes {
				c := condition{view: true, gossip: true}
				for other := range nodes {
					if other != n && heard[other] {
						c.others++
					}
				}
				if ill>>n&1 != 0 {
					c.fault = "ill"
				}
				r := c.readiness()
				holds := steadies[n].look(r, now)
				if holds {
					ready++
				}
				told[n] = holds && r.fit
			}
			if ready == 0 {
				t.Fatalf("pattern %b: nobody is ready at tick %d", pattern, tick)
			}
			if settled := tick == 99 || tick == 199; settled && ill != 1<<nodes-1 && ready != nodes-bits.OnesCount(uint(ill)) {
				t.Errorf("pattern %b: %d are ready at tick %d", pattern, ready, tick)
			}
		}
	}
}
