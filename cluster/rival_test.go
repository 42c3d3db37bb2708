package cluster

import (
	"errors"
	"slices"
	"testing"
	"time"

	"leeward/steering"
)

func TestSecondNodeOfANameIsRefused(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(3)
		nodes[2].Publish(votes(3, 1), steering.Demand{}, steering.Load{})
		w.await("the sheet is everywhere", 3*time.Second, has(nodes, "n3", 1, 3))
		time.Sleep(time.Second)
		second := w.start(4, func(o *Options) { o.Name = "n3" })
		<-second.done
		var taken *NameError
		if !errors.As(second.err, &taken) || taken.Addr != at(3) {
			t.Fatalf("the second ended with %v", second.err)
		}
		if want := "a node named n3 runs already at 127.0.3.53:7946: names are unique in a cluster (node.name)"; taken.Error() != want {
			t.Errorf("%q, not %q", taken, want)
		}
		time.Sleep(10 * time.Second)
		for _, m := range nodes[:2] {
			if h, _ := m.heard("n3"); m.state("n3") != Alive || h.Age > 2*time.Second || len(h.Sheet.Votes) != 3 {
				t.Errorf("%s: the first is %s, its sheet %v old", m.options.Name, m.state("n3"), h.Age)
			}
		}
		if n := nodes[2].log.count("started later"); n != 1 {
			t.Errorf("the first logged %d times", n)
		}
	})
}

func TestKilledNodeReturnsAtAnotherAddress(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(3)
		nodes[2].Publish(votes(3, 1), steering.Demand{}, steering.Load{})
		time.Sleep(time.Second)
		nodes[2].kill()
		again := w.start(7, func(o *Options) { o.Name = "n3" })
		again.Publish(votes(4, 1), steering.Demand{}, steering.Load{})
		took := w.await("its votes count", 8*time.Second, has(nodes[:2], "n3", 1, 4))
		took += w.await("it is a member at the new address", 15*time.Second, func() bool {
			return !slices.ContainsFunc(nodes[:2], func(m *member) bool {
				return !slices.ContainsFunc(m.Members(), func(o Member) bool { return o.Name == "n3" && o.Addr == at(7) && o.State == Alive })
			})
		})
		t.Logf("took %v", took)
		if again.err != nil {
			t.Error(again.err)
		}
	})
}
