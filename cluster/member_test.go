package cluster

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"leeward/steering"
)

func TestPartitionHeals(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(4)
		w.net.split(at(3), at(4))
		w.await("each side counts two", 40*time.Second, func() bool {
			return len(nodes[0].Alive()) == 2 && len(nodes[3].Alive()) == 2
		})
		time.Sleep(2 * time.Minute) // memberlist has forgotten the dead
		nodes[0].Publish(votes(3, 1), steering.Demand{}, steering.Load{})
		place := steering.Place("colo:ams")
		if err := nodes[0].Override(steering.Override{Place: place, Action: steering.Drain, By: "a"}); err != nil {
			t.Fatal(err)
		}
		if err := nodes[3].Override(steering.Override{Place: place, Action: steering.Drain, By: "b"}); err != nil {
			t.Fatal(err)
		}
		w.net.heal()
		w.await("all are one again", 20*time.Second, func() bool {
			return len(nodes[0].Alive()) == 4 && len(nodes[3].Alive()) == 4
		})
		w.await("the sheet is everywhere", 3*time.Second, has(nodes, "n1", 1, 3))
		w.await("one override has won", 3*time.Second, func() bool {
			return !slices.ContainsFunc(nodes, func(m *member) bool {
				list := m.Overrides()
				return len(list) != 1 || list[0].Issuer != "n4"
			})
		})
	})
}

// A member that was lost is looked for at its last address, though nobody has it configured.
func TestLostMemberIsFoundAgain(t *testing.T) {
	inWorld(t, func(w *world) {
		first := func(o *Options) { o.Join = nil }
		nodes := []*member{w.start(1, first), w.start(2, func(o *Options) { o.Join = []string{at(1).String()} })}
		w.await("both are members", 5*time.Second, func() bool { return len(nodes[0].Alive()) == 2 })
		nodes[1].options.Join = nil
		w.net.split(at(2))
		w.await("the other is dead", 15*time.Second, func() bool { return nodes[0].state("n2") == Dead })
		time.Sleep(2 * time.Minute)
		w.net.heal()
		w.await("the other is found", 15*time.Second, func() bool { return nodes[0].state("n2") == Alive })
	})
}

func TestRestartStartsNumbersAnew(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(3)
		for seed := range uint64(5) {
			nodes[2].Publish(votes(3, seed), steering.Demand{}, steering.Load{})
		}
		w.await("the sheet is everywhere", 3*time.Second, has(nodes, "n3", 5, 3))
		nodes[2].kill()
		again := w.start(3)
		again.Publish(votes(7, 9), steering.Demand{}, steering.Load{})
		w.await("the first sheet of the new start is everywhere", 5*time.Second, has(nodes[:2], "n3", 1, 7))
	})
}

func TestKilledNodeAgesAndDies(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(5)
		nodes[4].Publish(votes(3, 1), steering.Demand{}, steering.Load{})
		w.await("the sheet is everywhere", 3*time.Second, has(nodes, "n5", 1, 3))
		nodes[4].kill()
		took := w.await("its sheet is stale", 4*time.Second, func() bool {
			h, ok := nodes[0].heard("n5")
			return ok && h.Age > 2500*time.Millisecond
		})
		took += w.await("all count it as dead", 8*time.Second, func() bool {
			return !slices.ContainsFunc(nodes[:4], func(m *member) bool { return m.state("n5") != Dead || len(m.Alive()) != 4 })
		})
		t.Logf("took %v", took)
		w.await("its sheet is dropped", 2*time.Minute, func() bool { _, ok := nodes[0].heard("n5"); return !ok })
	})
}

func TestStoppedNodeLeft(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(3)
		nodes[2].stop()
		<-nodes[2].done
		if nodes[2].err != nil {
			t.Error(nodes[2].err)
		}
		w.await("the others know that it left", time.Second, func() bool {
			return nodes[0].state("n3") == Left && nodes[1].state("n3") == Left
		})
	})
}

// A node that missed that another joined learns it from a heartbeat of that one.
func TestMissedMemberIsFound(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(3)
		w.net.set(func(m *memnet) { // only streams to n1, and our messages, reach n3
			m.lose = func(_, to netip.AddrPort, _ []byte) bool { return to == at(3) }
		})
		fourth := w.start(4, func(o *Options) { o.Join = []string{at(1).String()} })
		w.await("the others know it", 5*time.Second, func() bool { return len(nodes[1].Alive()) == 4 })
		time.Sleep(time.Second) // memberlist says it no more
		w.net.set(func(m *memnet) { m.lose = nil })
		fourth.Publish(votes(2, 1), steering.Demand{}, steering.Load{})
		w.await("it is found", 5*time.Second, has(nodes[2:3], "n4", 1, 2))
	})
}

// While a node is away all ages grow; they start anew, for it was away and not the others.
func TestAgesStartAnewAfterAPause(t *testing.T) {
	f := newFacts(&Options{Name: "n1", Heartbeat: time.Second, Now: time.Now}, packetSize)
	now := time.Now()
	f.join("fresh", at(2), meta{Incarnation: 1}, now)
	f.join("old", at(3), meta{Incarnation: 1}, now)
	for _, name := range []string{"fresh", "old"} {
		f.hear(&beat{Name: name, Incarnation: 1, Counter: 1, Number: 1}, 0, now)
		f.adopt(&steering.Sheet{Observer: name, Incarnation: 1, Number: 1})
	}
	for range 20 {
		now = now.Add(200 * time.Millisecond)
		f.wasAway(now)
	}
	f.hear(&beat{Name: "fresh", Incarnation: 1, Counter: 2, Number: 1}, 0, now)
	ages := func() (fresh, old time.Duration) {
		list := f.sheets(now)
		return list[1].Age, list[2].Age
	}
	if fresh, old := ages(); fresh != 0 || old != 4*time.Second {
		t.Errorf("before: %v, %v", fresh, old)
	}
	now = now.Add(time.Hour)
	if fresh, old := ages(); fresh != 0 || old != 4*time.Second {
		t.Errorf("after: %v, %v", fresh, old)
	}
}

func TestDeadPeersAreNoError(t *testing.T) {
	inWorld(t, func(w *world) {
		lonely := w.start(3)
		<-lonely.Ready()
		time.Sleep(time.Minute)
		if n := lonely.log.count("no answer"); n != 2 {
			t.Errorf("two dead peers were logged %d times", n)
		}
		late := w.start(1)
		w.await("the late peer is a member", 20*time.Second, func() bool { return len(lonely.Alive()) == 2 && len(late.Alive()) == 2 })
	})
}

func TestAlone(t *testing.T) {
	inWorld(t, func(w *world) {
		n := w.start(1, func(o *Options) { o.Listen, o.Keys = netip.AddrPort{}, nil })
		<-n.Ready()
		n.Publish(votes(2, 1), steering.Demand{}, steering.Load{})
		<-n.Changed()
		if list := n.Sheets(); len(list) != 1 || list[0].Age != 0 || list[0].Sheet.Number != 1 {
			t.Errorf("sheets %v", list)
		}
		if err := n.Override(steering.Override{Place: "colo:ams", Action: steering.Drain}); err != nil {
			t.Error(err)
		}
		<-n.Changed()
		if list := n.Overrides(); len(list) != 1 || list[0].Issuer != "n1" || list[0].Version == 0 {
			t.Errorf("overrides %v", list)
		}
		if list := n.Alive(); len(list) != 1 || list[0] != (steering.Member{Name: "n1", Colo: "c1"}) {
			t.Errorf("alive %v", list)
		}
	})
}

// Nodes that are all started at once find each other before the first interval is over.
func TestStartAtOnce(t *testing.T) {
	inWorld(t, func(w *world) {
		for i := range 6 {
			w.start(i + 1)
		}
		w.await("everybody knows everybody", 5*time.Second, func() bool {
			return !slices.ContainsFunc(w.nodes, func(m *member) bool { return len(m.Alive()) != 6 })
		})
	})
}

// The rows are those of the chart above pause.
func TestPause(t *testing.T) {
	for _, c := range []struct {
		double bool
		others int
		tries  int
		want   time.Duration
	}{
		{true, 3, 7, time.Second},
		{false, 0, 0, 500 * time.Millisecond},
		{false, 0, 1, time.Second},
		{false, 0, 100, 10 * time.Second},
		{false, 1, 0, 10 * time.Second},
	} {
		n, err := New(Options{Name: "n"})
		if err != nil {
			t.Fatal(err)
		}
		for i := range c.others {
			n.facts.join(at(i+1).String(), at(i+1), meta{}, time.Now())
		}
		if got := (&joiner{Node: n, double: c.double}).pause(c.tries); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
