package cluster

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"
)

var nextKey = bytes.Repeat([]byte{8}, keySize)

// again starts a node that was killed, with other options.
func (w *world) again(m *member, change ...func(*Options)) *member {
	w.Helper()
	i := slices.Index(w.nodes, m)
	started := w.start(i+1, change...)
	w.nodes = slices.Delete(w.nodes, i, i+1)                      // it is over
	w.nodes = slices.Insert(w.nodes[:len(w.nodes)-1], i, started) // in its place
	<-started.Ready()
	return started
}

// unrefused fails if any node refused anything.
func (w *world) unrefused(when string) {
	w.Helper()
	for _, m := range w.nodes {
		if m.Refused() != (Refusals{}) || m.Dropped() != 0 {
			w.Errorf("%s: %s refused %+v, dropped %d", when, m.options.Name, m.Refused(), m.Dropped())
		}
	}
}

// inUse says whether all nodes encrypt with a key.
func (w *world) inUse(key []byte) func() bool {
	return func() bool {
		return !slices.ContainsFunc(w.nodes, func(m *member) bool { return m.Keys().InUse != FingerprintOf(key) })
	}
}

// Keys are changed node by node, and no node misses a heartbeat or refuses a packet. In each phase a node is killed and
// started again.
func TestRotation(t *testing.T) {
	inWorld(t, func(w *world) {
		w.cluster(5)
		time.Sleep(2 * time.Second)
		old := func(o *Options) { o.Keys, o.Next = keyring(testKey), nil }
		both := func(o *Options) { o.Keys, o.Next = keyring(testKey), nextKey }
		only := func(o *Options) { o.Keys, o.Next = keyring(nextKey), nil }
		restart := func(phase string, i int, with func(*Options)) {
			t.Helper()
			w.nodes[i].kill()
			w.again(w.nodes[i], with)
			w.await(phase+": it is a member", 10*time.Second, func() bool {
				return !slices.ContainsFunc(w.nodes, func(m *member) bool { return len(m.Alive()) != 5 || m.state(w.nodes[i].options.Name) != Alive })
			})
			time.Sleep(2 * time.Second)
		}

		for i := range 4 {
			if err := w.nodes[i].SetKeys(testKey, nextKey); err != nil {
				t.Fatal(err)
			}
			w.unmissed("handing out", 3*time.Second, w.nodes...)
			if k := w.nodes[0].Keys(); k.InUse != FingerprintOf(testKey) || k.Next != FingerprintOf(nextKey) ||
				len(k.Lacking) != 4-i || len(k.Behind) != 4 {
				t.Errorf("after %d: %+v", i+1, k)
			}
		}
		restart("handed out to most", 1, both)
		restart("handed out to most", 4, old)
		w.nodes[4].SetKeys(testKey, nextKey)
		took := w.await("all encrypt with the next key", 5*time.Second, w.inUse(nextKey))
		t.Logf("turned in %v", took)
		w.unmissed("turned", 5*time.Second, w.nodes...)
		restart("turned", 2, both)
		w.await("all encrypt with the next key again", 5*time.Second, w.inUse(nextKey))
		for _, m := range w.nodes {
			if k := m.Keys(); k.Lacking != nil || k.Behind != nil || k.InUse != k.Next {
				t.Errorf("turned: %s has %+v", m.options.Name, k)
			}
		}
		w.unrefused("turned")

		for i := range 4 {
			if err := w.nodes[i].SetKeys(nextKey, nil); err != nil {
				t.Fatal(err)
			}
			w.unmissed("finishing", 3*time.Second, w.nodes...)
		}
		w.unrefused("finishing")
		restart("finished by most", 0, only)
		w.unrefused("finished by most")
		w.nodes[4].SetKeys(nextKey, nil)
		w.unmissed("finished", 5*time.Second, w.nodes...)
		w.unrefused("finished")
		for _, m := range w.nodes {
			if n := len(m.ring.list.GetKeys()); n != 1 {
				t.Errorf("%s has %d keys", m.options.Name, n)
			}
		}
	})
}

// A node that starts with the old key as its own, when others have dropped it already, begins with the next.
func TestStartAfterOthersFinished(t *testing.T) {
	for name, c := range map[string]struct {
		finished int
		join     []string
	}{
		"all others":            {3, []string{at(1).String(), at(2).String()}},
		"all others, one asked": {3, []string{at(2).String()}},
		"one other":             {1, []string{at(1).String(), at(2).String()}},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.cluster(3, func(o *Options) { o.Next = nextKey })
				w.await("all encrypt with the next key", 5*time.Second, w.inUse(nextKey))
				for _, m := range w.nodes[:c.finished] {
					m.SetKeys(nextKey, nil)
				}
				late := w.start(4, func(o *Options) { o.Next, o.Join = nextKey, c.join })
				w.await("it is a member", 5*time.Second, func() bool {
					return !slices.ContainsFunc(w.nodes, func(m *member) bool { return len(m.Alive()) != 4 })
				})
				w.await("it encrypts with the next key", 3*time.Second, w.inUse(nextKey))
				before := w.nodes[0].Refused()
				w.unmissed("after", 10*time.Second, w.nodes...)
				if n := w.nodes[0].Refused(); n != before {
					t.Errorf("refused %+v, then %+v", before, n)
				}
				select {
				case <-late.done:
					t.Error(late.err)
				default:
				}
			})
		})
	}
}

// A member that was dead through the change is refused when it comes back with the old key, and says so.
func TestReturnWithTheOldKey(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(3, func(o *Options) { o.Heartbeat, o.Gossip = 5*time.Second, 500*time.Millisecond }) // an hour is long
		time.Sleep(10 * time.Second)
		dead := nodes[2]
		dead.kill()
		w.nodes = slices.Delete(w.nodes, 2, 3)
		w.await("it is dead", 15*time.Second, func() bool { return nodes[0].state("n3") == Dead && nodes[1].state("n3") == Dead })
		for _, m := range w.nodes {
			m.SetKeys(testKey, nextKey)
		}
		time.Sleep(time.Minute)
		if k := w.nodes[0].Keys(); k.InUse != FingerprintOf(testKey) || !slices.Equal(k.Lacking, []string{"n3"}) {
			t.Errorf("a member that is lost is forgotten at once: %+v", k)
		}
		time.Sleep(rememberKeys)
		if !w.inUse(nextKey)() {
			t.Errorf("a member that is lost is waited for: %+v", w.nodes[0].Keys())
		}
		for _, m := range w.nodes {
			m.SetKeys(nextKey, nil)
		}
		time.Sleep(time.Minute)
		w.unrefused("before")
		back := w.start(3)
		<-back.done
		var key *KeyError
		if !errors.As(back.err, &key) || len(key.Peers) != 2 {
			t.Errorf("it ended with %v", back.err)
		}
		for _, m := range w.nodes[:2] {
			if n := m.Refused(); n != (Refusals{Key: 1}) {
				t.Errorf("%s refused %+v", m.options.Name, n)
			}
		}
	})
}

// A node that was cut off while the others finished, without waiting for it, comes back by itself if it has the next key.
func TestCutOffWhileOthersFinish(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(3)
		w.net.split(at(3))
		w.await("it is dead", 15*time.Second, func() bool { return nodes[0].state("n3") == Dead && nodes[2].state("n1") == Dead })
		for _, m := range nodes[:2] {
			m.SetKeys(nextKey, nil)
			m.facts.mu.Lock()
			delete(m.facts.peers, "n3") // they have forgotten it, and do not look for it
			m.facts.mu.Unlock()
		}
		nodes[2].SetKeys(testKey, nextKey)
		time.Sleep(time.Minute)
		w.net.heal()
		w.await("all are one again", 20*time.Second, func() bool {
			return len(nodes[0].Alive()) == 3 && len(nodes[1].Alive()) == 3 && len(nodes[2].Alive()) == 3
		})
		w.await("it encrypts with the next key", 3*time.Second, w.inUse(nextKey))
	})
}

// Two halves that a cut keeps apart do not change keys without each other, and are one again after it.
func TestNoTurnAcrossACut(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(4)
		w.net.split(at(3), at(4))
		w.await("each side counts two", 40*time.Second, func() bool {
			return len(nodes[0].Alive()) == 2 && len(nodes[3].Alive()) == 2
		})
		nodes[0].SetKeys(testKey, nextKey)
		nodes[1].SetKeys(testKey, nextKey)
		time.Sleep(time.Minute)
		w.net.heal()
		w.await("all are one again", 20*time.Second, func() bool { return len(nodes[0].Alive()) == 4 && len(nodes[3].Alive()) == 4 })
		w.unrefused("healed")
	})
}
