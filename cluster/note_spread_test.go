package cluster

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

func (m *member) put(key string, life time.Duration) Note {
	m.w.Helper()
	n, err := m.Put(Note{Topic: TopicChallenge, Key: key, Value: []byte(key), Until: time.Now().Add(life)})
	if err != nil {
		m.w.Fatal(err)
	}
	return n
}

// keys says whether all nodes have the living notes of these keys.
func keys(nodes []*member, want ...string) func() bool {
	return func() bool {
		return !slices.ContainsFunc(nodes, func(m *member) bool {
			var have []string
			for _, n := range m.Notes(TopicChallenge) {
				have = append(have, n.Key)
			}
			return !slices.Equal(have, want)
		})
	}
}

func TestNoteSpreads(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(5)
		nodes[0].put("b", time.Minute)
		nodes[4].put("a", time.Hour)
		took := w.await("all have them", time.Second, keys(nodes, "a", "b"))
		t.Logf("took %v", took)
		if _, err := nodes[2].Put(Note{Topic: TopicChallenge, Key: "a", Deleted: true}); err != nil {
			t.Fatal(err)
		}
		w.await("it is gone everywhere", time.Second, keys(nodes, "b"))
		late := w.start(6, func(o *Options) { o.Notes = []Note{challenge("a", time.Now().Add(-time.Minute), "n5")} })
		<-late.Ready()
		w.await("who was away has heard of its end", 2*time.Second, keys(append(nodes, late), "b"))
		time.Sleep(time.Minute)
		if !keys(w.nodes)() {
			t.Error("it stands beyond its time")
		}
	})
}

// Broadcasts of notes that are lost are repaired by the digests in the heartbeats, also while others come all the time.
func TestLostNoteIsRepaired(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(3, func(o *Options) { o.Keys = nil })
		w.net.set(func(m *memnet) {
			m.lose = func(from, _ netip.AddrPort, packet []byte) bool {
				return from == at(1) && slices.Contains(kindsIn(packet), kindNote)
			}
		})
		nodes[0].put("a", time.Hour)
		for i := range 50 {
			nodes[1].put(fmt.Sprint("b", i), time.Hour)
			time.Sleep(100 * time.Millisecond)
		}
		has := func(m *member) bool { n := m.Notes(TopicChallenge); return len(n) > 0 && n[0].Key == "a" }
		if !has(nodes[1]) || !has(nodes[2]) {
			t.Error("not repaired while others come")
		}
	})
}

// All notes that there may be arrive at a node that has none, after a partition too.
func TestManyNotesArrive(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(3)
		w.net.split(at(3))
		time.Sleep(20 * time.Second)
		value := []byte(strings.Repeat("x", maxNoteValue))
		for i := range TopicReport.terms().count {
			for _, m := range nodes {
				key := fmt.Sprint(m.options.Name, "/", i)
				if _, err := m.Put(Note{Topic: TopicReport, Key: key, Value: value, Until: time.Now().Add(time.Hour * 24)}); err != nil && i < 128 {
					t.Fatal(err)
				}
			}
		}
		w.net.heal()
		took := w.await("all have the same", 40*time.Second, func() bool {
			all := nodes[0].AllNotes()
			return len(all) == 3*128 && same(nodes[1].AllNotes(), all) && same(nodes[2].AllNotes(), all)
		})
		t.Logf("took %v", took)
	})
}

// A node whose clock is far ahead is told so, and what it says nevertheless stays with it.
func TestClockFarAhead(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(2)
		ahead := w.start(3, func(o *Options) { o.Now = func() time.Time { return time.Now().Add(100 * time.Hour) } })
		<-ahead.Ready()
		w.await("its clock is known", 5*time.Second, func() bool { return ahead.sees("n1").ClockSkew != 0 })
		note := Note{Topic: TopicChallenge, Key: "k", Until: ahead.now().Add(time.Hour)}
		if _, err := ahead.Put(note); err == nil || !strings.Contains(err.Error(), "100h0m0s ahead") {
			t.Error(err)
		}
		ahead.facts.mergeNotes([]Note{challenge("k", ahead.now(), "n3")}, ahead.now())
		nodes[0].put("good", time.Hour)
		time.Sleep(20 * time.Second)
		if !keys(nodes, "good")() {
			t.Error("others believe a clock that is far ahead")
		}
	})
}

// A note goes straight to everybody: it is everywhere after one packet's time.
func TestNoteTakesOnePacket(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(10)
		const apart = 100 * time.Millisecond
		w.net.set(func(m *memnet) {
			m.delay = func(netip.AddrPort, netip.AddrPort) time.Duration { return apart }
		})
		time.Sleep(time.Second)
		nodes[3].put("k", time.Minute)
		time.Sleep(apart + time.Millisecond)
		if !keys(nodes, "k")() {
			t.Error("some wait for a node that hands it on")
		}
	})
}

// Several notes are issued together or not at all.
func TestAllNotesOrNone(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(2)
		nodes[0].put("there", time.Hour)
		w.await("it is everywhere", time.Second, keys(nodes, "there"))
		digest := nodes[0].facts.notes.digest()
		until := time.Now().Add(time.Minute)
		err := nodes[0].PutAll([]Note{
			{Topic: TopicChallenge, Key: "new", Until: until}, {Topic: TopicChallenge, Key: "there", Deleted: true}, {Topic: TopicChallenge, Key: "", Until: until},
		})
		if err == nil || nodes[0].facts.notes.digest() != digest || !keys(nodes, "there")() {
			t.Errorf("%v, and %v", err, nodes[0].Notes(TopicChallenge))
		}
		list := []Note{{Topic: TopicChallenge, Key: "new", Until: until}, {Topic: TopicChallenge, Key: "there", Deleted: true}}
		if err := nodes[0].PutAll(list); err != nil || list[0].Version == 0 {
			t.Errorf("%v, %+v", err, list)
		}
		w.await("both are everywhere", time.Second, keys(nodes, "new"))
	})
}
