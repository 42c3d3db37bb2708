package cluster

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"leeward/steering"
)

// has says whether all nodes have a sheet of an observer with this many votes.
func has(nodes []*member, observer string, number uint64, count int) func() bool {
	return func() bool {
		return !slices.ContainsFunc(nodes, func(m *member) bool {
			h, ok := m.heard(observer)
			return !ok || h.Sheet.Number != number || len(h.Sheet.Votes) != count
		})
	}
}

func TestSheetReachesAll(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(10)
		nodes[3].Publish(votes(5, 1), steering.Demand{}, steering.Load{})
		took := w.await("the sheet is everywhere", 2*time.Second, has(nodes, "n4", 1, 5))
		t.Logf("took %v", took)
		nodes[3].Publish(votes(5, 1), steering.Demand{}, steering.Load{})
		if n := nodes[3].numbers()["n4"]; n != 1 {
			t.Errorf("the same votes made sheet %d", n)
		}
		nodes[3].Publish(votes(5, 2), steering.Demand{}, steering.Load{})
		w.await("the next sheet is everywhere", 2*time.Second, has(nodes, "n4", 2, 5))
		for _, m := range nodes {
			if h, _ := m.heard("n4"); h.Age > 1500*time.Millisecond {
				t.Errorf("%s: age %v", m.options.Name, h.Age)
			}
		}
	})
}

// Of many changes of sheets each reaches every node by broadcast, before a heartbeat would tell that it is missing: a
// failure must not wait for repair.
func TestNewsMissesNobody(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(6)
		for i := range 200 {
			n := i % len(nodes)
			limit := 400 * time.Millisecond
			if i < len(nodes) {
				limit = 2 * time.Second // the first sheet of a node waits for its first heartbeat
			}
			nodes[n].Publish(votes(5, uint64(i+1)), steering.Demand{}, steering.Load{})
			w.await("a changed sheet is everywhere", limit, has(nodes, nodes[n].options.Name, uint64(i/len(nodes)+1), 5))
		}
	})
}

// A changed sheet goes straight to everybody: it is everywhere after one packet's time, and no other node hands it on.
func TestSheetTakesOnePacket(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(20)
		for _, m := range nodes {
			m.Publish(votes(5, 1), steering.Demand{}, steering.Load{})
		}
		time.Sleep(10 * time.Second)
		const apart = 100 * time.Millisecond
		w.net.set(func(m *memnet) {
			m.delay = func(netip.AddrPort, netip.AddrPort) time.Duration { return apart }
		})
		time.Sleep(time.Second)
		nodes[7].Publish(votes(5, 2), steering.Demand{}, steering.Load{})
		time.Sleep(apart + time.Millisecond)
		if !has(nodes, "n8", 2, 5)() {
			t.Error("some wait for a node that hands it on")
		}
	})
}

// So do heartbeats: none is ever older anywhere than their interval and the time of a packet.
func TestHeartbeatTakesOnePacket(t *testing.T) {
	inWorld(t, func(w *world) {
		const apart = 100 * time.Millisecond
		w.net.set(func(m *memnet) {
			m.delay = func(netip.AddrPort, netip.AddrPort) time.Duration { return apart }
		})
		nodes := w.cluster(10)
		time.Sleep(5 * time.Second)
		oldest := time.Duration(0)
		for range 200 {
			time.Sleep(33 * time.Millisecond)
			for _, m := range nodes[0].Members()[1:] {
				oldest = max(oldest, m.HeartbeatAge)
			}
		}
		if oldest > time.Second+apart {
			t.Errorf("a heartbeat was %v old", oldest)
		}
	})
}

// However much news waits, every second packet has room for heartbeats, and the other way round.
func TestNewsAndHeartbeatsShareThePackets(t *testing.T) {
	n, err := New(Options{Name: "n1", Listen: at(1)})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		n.spread(n.news, fmt.Sprintf("sheet %d", i), make([]byte, 500))
		n.spread(n.beats, fmt.Sprintf("beat %d", i), make([]byte, 60))
	}
	for range 10 {
		news, beats := 0, 0
		for range 2 {
			for _, msg := range (delegate{n}).GetBroadcasts(2, packetSize-overhead) {
				if len(msg) == 500 {
					news++
				} else {
					beats++
				}
			}
		}
		if news < 2 || beats < 15 {
			t.Fatalf("two packets had %d pieces of news and %d heartbeats", news, beats)
		}
	}
}

func TestLostBroadcastIsRepairedByAsking(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(3, func(o *Options) { o.Keys = nil })
		w.net.set(func(m *memnet) {
			m.lose = func(_, _ netip.AddrPort, packet []byte) bool { return slices.Contains(kindsIn(packet), kindSheet) }
		})
		nodes[0].Publish(votes(5, 1), steering.Demand{}, steering.Load{})
		w.await("the sheet is everywhere", 3*time.Second, has(nodes, "n1", 1, 5))
	})
}

func TestSheetReachesNodesThatItsOriginDoesNot(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(4)
		w.net.set(func(m *memnet) {
			m.cut = func(from, to netip.AddrPort) bool {
				return from == at(1) && to == at(4) || from == at(4) && to == at(1)
			}
		})
		nodes[0].Publish(votes(100, 1), steering.Demand{}, steering.Load{})
		w.await("the sheet is everywhere", 8*time.Second, has(nodes, "n1", 1, 100))
	})
}

func TestLargeSheetArrives(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(3)
		nodes[0].Publish(votes(maxVotes+1, 1), steering.Demand{}, steering.Load{})
		w.await("the large sheet is everywhere", 3*time.Second, has(nodes, "n1", 1, maxVotes))
	})
}

// The largest broadcast is the one that memberlist still sends.
func TestRoomOfAPacket(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(2)
		time.Sleep(3 * time.Second) // until memberlist has nothing left to say
		list := votes(1, 1)
		for size := 0; ; {
			size = len(putSheet(begin(kindSheet), &steering.Sheet{Observer: "n1", Colo: "c1", Number: 1, Votes: list}))
			if rest := packetSize - overhead - size; rest == 0 {
				break
			} else if rest >= 24+22 {
				list = append(list, votes(len(list)+1, 1)[len(list)])
			} else {
				list[0].Detail += "x"
			}
		}
		w.net.set(func(m *memnet) {
			m.cut = nil
			m.lose = func(_, _ netip.AddrPort, packet []byte) bool {
				if len(packet) > packetSize {
					t.Errorf("packet of %d octets", len(packet))
				}
				return false
			}
		})
		nodes[1].facts.mu.Lock() // it cannot ask
		nodes[1].facts.name = ""
		nodes[1].facts.mu.Unlock()
		nodes[0].Publish(list, steering.Demand{}, steering.Load{})
		w.await("it is broadcast", time.Second, has(nodes[1:], "n1", 1, len(list)))
	})
}

// kindsIn gives the kinds of our messages in an unencrypted packet of memberlist's.
func kindsIn(packet []byte) (kinds []kind) {
	const hasCrc, compound, user = 12, 7, 8
	if len(packet) > 5 && packet[0] == hasCrc {
		packet = packet[5:]
	}
	parts := [][]byte{packet}
	if len(packet) > 2 && packet[0] == compound {
		parts = nil
		lengths, rest := packet[2:2+2*int(packet[1])], packet[2+2*int(packet[1]):]
		for i := 0; i < len(lengths); i += 2 {
			n := int(lengths[i])<<8 | int(lengths[i+1])
			parts, rest = append(parts, rest[:n]), rest[n:]
		}
	}
	for _, p := range parts {
		if len(p) > 2 && p[0] == user {
			kinds = append(kinds, kind(p[2]))
		}
	}
	return kinds
}

func TestOverrideSpreads(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(5)
		everywhere := func(action steering.Action, version uint64) func() bool {
			return func() bool {
				return !slices.ContainsFunc(nodes, func(m *member) bool {
					list := m.Overrides()
					return len(list) != 1 || list[0].Action != action || list[0].Version != version
				})
			}
		}
		drain := steering.Override{Place: "uplink:ams/northway", Action: steering.Drain, By: "root@n1", Reason: "work", Until: time.Now().Add(time.Hour)}
		if err := nodes[0].Override(drain); err != nil {
			t.Fatal(err)
		}
		first := nodes[0].Overrides()[0].Version
		w.await("all have the drain", 2*time.Second, everywhere(steering.Drain, first))
		if got, want := nodes[4].Overrides(), nodes[0].Overrides(); !slices.Equal(got, want) {
			t.Errorf("arrived as %v, not %v", got, want)
		}
		undrain := steering.Override{Place: "uplink:ams/northway", Action: steering.Undrain, By: "root@n5"}
		if err := nodes[4].Override(undrain); err != nil {
			t.Fatal(err)
		}
		w.await("all have the tombstone", 2*time.Second, everywhere(steering.Undrain, first+1))
		late := w.start(6, func(o *Options) {
			o.Overrides = []steering.Override{{Place: drain.Place, Action: steering.Drain, Issued: time.Now(), Version: 1, Issuer: "n1"}}
		})
		<-late.Ready()
		nodes = append(nodes, late)
		w.await("the late one has the tombstone too", 2*time.Second, everywhere(steering.Undrain, first+1))
	})
}

// Broadcasts of overrides that are lost are repaired by the digests in the heartbeats.
func TestLostOverrideIsRepaired(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(3, func(o *Options) { o.Keys = nil })
		w.net.set(func(m *memnet) {
			m.lose = func(_, _ netip.AddrPort, packet []byte) bool { return slices.Contains(kindsIn(packet), kindOverride) }
		})
		if err := nodes[0].Override(steering.Override{Place: "colo:ams", Action: steering.Drain}); err != nil {
			t.Fatal(err)
		}
		w.await("all have it", 5*time.Second, func() bool {
			return len(nodes[1].Overrides()) == 1 && len(nodes[2].Overrides()) == 1
		})
	})
}
