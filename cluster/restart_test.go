package cluster

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"leeward/steering"
)

// allHave says whether all nodes have the same overrides, in a form that tests compare.
func (w *world) allHave(want ...string) func() bool {
	return func() bool {
		return !slices.ContainsFunc(w.nodes, func(m *member) bool { return !slices.Equal(m.orders(), want) })
	}
}

// orders gives a node's overrides that are active.
func (m *member) orders() (list []string) {
	for _, o := range m.Overrides() {
		if o.Active(m.now()) {
			list = append(list, fmt.Sprintf("%s by %s", o.Place, o.By))
		}
	}
	return list
}

func (m *member) order(action steering.Action, place, by string, until time.Time) {
	m.w.Helper()
	if err := m.Override(steering.Override{Place: steering.Place(place), Action: action, By: by, Until: until}); err != nil {
		m.w.Fatal(err)
	}
}

// Overrides survive that all nodes are killed at once, each started again with what it had kept: also what one alone knew.
func TestOverridesSurviveARestartOfAll(t *testing.T) {
	inWorld(t, func(w *world) {
		w.cluster(4)
		w.nodes[0].order(steering.Drain, "colo:ams", "a", time.Time{})
		w.nodes[1].order(steering.Drain, "colo:iad", "b", time.Now().Add(10*time.Minute))
		w.nodes[2].order(steering.Drain, "colo:sjc", "c", time.Time{})
		w.await("all have them", 3*time.Second, w.allHave("colo:ams by a", "colo:iad by b", "colo:sjc by c"))
		w.net.split(at(4))
		w.nodes[3].order(steering.Undrain, "colo:sjc", "d", time.Time{})
		kept := map[*member][]steering.Override{}
		for _, m := range w.nodes {
			kept[m] = m.Overrides()
			m.kill()
		}
		w.net.heal()
		time.Sleep(8 * time.Minute)
		for _, m := range slices.Clone(w.nodes) {
			w.again(m, func(o *Options) { o.Overrides = kept[m] })
		}
		w.await("all have them again", 20*time.Second, w.allHave("colo:ams by a", "colo:iad by b"))
		w.nodes[3].order(steering.Drain, "colo:sjc", "e", time.Time{})
		w.await("a new one beats the tombstone", 3*time.Second, w.allHave("colo:ams by a", "colo:iad by b", "colo:sjc by e"))
		time.Sleep(time.Minute)
		if !w.allHave("colo:ams by a", "colo:iad by b", "colo:sjc by e")() {
			t.Error("one ended too early")
		}
		time.Sleep(time.Minute)
		if !w.allHave("colo:ams by a", "colo:sjc by e")() {
			t.Error("one did not end in time")
		}
	})
}

// After a cut in which both sides gave orders for the same place, the place with more of them wins; of as many, the issuer
// that comes later by name.
func TestOrdersOnBothSidesOfACut(t *testing.T) {
	for _, c := range []struct {
		name        string
		left, right []steering.Action // on each side, after a drain that both know
		want        []string
	}{
		{"as many: drained on the right", []steering.Action{steering.Undrain}, []steering.Action{steering.Drain}, []string{"colo:ams by right"}},
		{"as many: undrained on the right", []steering.Action{steering.Drain}, []steering.Action{steering.Undrain}, nil},
		{"more on the left: drained", []steering.Action{steering.Undrain, steering.Drain}, []steering.Action{steering.Undrain}, []string{"colo:ams by left"}},
		{"more on the left: undrained", []steering.Action{steering.Drain, steering.Undrain}, []steering.Action{steering.Drain}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.cluster(4)
				w.nodes[0].order(steering.Drain, "colo:ams", "before", time.Time{})
				w.await("all have it", 3*time.Second, w.allHave("colo:ams by before"))
				w.net.split(at(3), at(4))
				time.Sleep(time.Minute)
				for _, action := range c.left {
					w.nodes[0].order(action, "colo:ams", "left", time.Time{})
				}
				for _, action := range c.right {
					w.nodes[3].order(action, "colo:ams", "right", time.Time{})
				}
				time.Sleep(5 * time.Second)
				w.net.heal()
				w.await("all agree", 20*time.Second, w.allHave(c.want...))
				time.Sleep(time.Minute)
				if !w.allHave(c.want...)() {
					t.Error("they change their minds")
				}
			})
		})
	}
}

// A cut of any length heals by itself.
func TestCutsOfAnyLengthHeal(t *testing.T) {
	for _, c := range []struct {
		length, heartbeat time.Duration
		size              int
	}{
		{time.Second, time.Second, 4},
		{time.Minute, time.Second, 4},
		{10 * time.Hour, 10 * time.Second, 2}, // less is said, for the sake of the test's own time
	} {
		heartbeat := c.heartbeat
		t.Run(c.length.String(), func(t *testing.T) {
			inWorld(t, func(w *world) {
				nodes := w.cluster(c.size, func(o *Options) { o.Heartbeat, o.Gossip = heartbeat, heartbeat/10 })
				for _, m := range nodes {
					m.Publish(votes(3, 1), steering.Demand{}, steering.Load{})
				}
				for _, m := range nodes {
					w.await("sheets are everywhere", 10*heartbeat, has(nodes, m.options.Name, 1, 3))
				}
				w.net.split(at(2), at(4))
				time.Sleep(c.length)
				nodes[0].Publish(votes(4, 2), steering.Demand{}, steering.Load{})
				nodes[1].Publish(votes(5, 2), steering.Demand{}, steering.Load{})
				w.net.heal()
				took := w.await("all hear all", 15*time.Second+2*heartbeat, func() bool {
					return has(nodes, "n1", 2, 4)() && has(nodes, "n2", 2, 5)() &&
						!slices.ContainsFunc(nodes, func(m *member) bool {
							return slices.ContainsFunc(m.Members(), func(o Member) bool { return o.State != Alive || o.HeartbeatAge > 2*heartbeat })
						})
				})
				t.Logf("healed in %v", took)
			})
		})
	}
}

// A peer that is given as a name is looked up again for every attempt: it may have moved, and its name may have had no
// address when this node started.
func TestNamesAreLookedUpAgain(t *testing.T) {
	inWorld(t, func(w *world) {
		var where atomic.Pointer[netip.Addr] // of the peer
		var asked atomic.Int64
		move := func(to netip.AddrPort) {
			addr := to.Addr()
			where.Store(&addr)
		}
		lookup := func(_ context.Context, host string) ([]netip.Addr, error) {
			asked.Add(1)
			if addr := where.Load(); host == "seed.example.net" && addr != nil {
				return []netip.Addr{*addr}, nil
			}
			return nil, errors.New("no such host")
		}
		node := w.start(3, func(o *Options) { o.Join, o.lookup = []string{"seed.example.net"}, lookup })
		<-node.Ready()
		time.Sleep(time.Minute)
		if n := node.log.count("a peer's name has no address now"); n != 1 || asked.Load() < 5 {
			t.Errorf("logged %d times of %d", n, asked.Load())
		}
		alone := func(o *Options) { o.Join = nil }
		first := w.start(1, alone)
		move(at(1))
		w.await("it is found", 15*time.Second, func() bool { return node.state("n1") == Alive })
		first.kill()
		w.start(2, alone)
		move(at(2))
		w.await("it is found where it has moved to", 15*time.Second, func() bool { return node.state("n2") == Alive })
	})
}

// Members of another network, and of another format of the messages, are shown as such.
func TestOtherNetworksAreShown(t *testing.T) {
	inWorld(t, func(w *world) {
		ours, others := steering.Digest{1}, steering.Digest{2}
		w.cluster(2, func(o *Options) { o.NetworkDigest = ours })
		w.start(3, func(o *Options) { o.NetworkDigest, o.Version = others, "later" })
		w.await("it is shown", 5*time.Second, func() bool {
			o := w.nodes[0].sees("n3")
			return o.NetworkDigest == others && o.Version == "later" && o.Differs == 0
		})
		w.nodes[2].Publish(votes(3, 1), steering.Demand{}, steering.Load{})
		w.await("its sheet is carried", 3*time.Second, has(w.nodes, "n3", 1, 3))
		w.nodes[2].SetDigests(ours, steering.Digest{})
		w.await("it is shown to have come round", 3*time.Second, func() bool { return w.nodes[0].sees("n3").NetworkDigest == ours })
	})
}
