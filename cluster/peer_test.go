package cluster

import (
	"net/netip"
	"testing"
	"time"
)

// The rows are those of the chart above welcomes.
func TestWelcomes(t *testing.T) {
	const silence, less = 2 * time.Second, time.Second
	for _, c := range []struct {
		name        string
		incarnation uint64 // of the heartbeat; the present one is 5, its counter 10
		counter     uint64
		word        uint64 // the member's own
		since       time.Duration
		want        bool
	}{
		{"present, higher counter", 5, 11, 5, less, true},
		{"present, higher counter, another word", 5, 11, 7, less, true},
		{"present, same counter", 5, 10, 5, less, false},
		{"present, lower counter", 5, 9, 5, 2 * silence, false},
		{"higher, by its word", 7, 1, 7, less, true},
		{"lower, by its word", 3, 1, 3, less, true},
		{"higher, after silence", 7, 1, 5, silence + 1, true},
		{"higher, too early", 7, 1, 5, silence, false},
		{"lower", 3, 11, 5, 2 * silence, false},
	} {
		now := time.Now()
		p := &peer{incarnation: 5, beat: beat{Incarnation: 5, Counter: 10}, meta: meta{Incarnation: c.word}, heard: now.Add(-c.since)}
		if got := p.welcomes(&beat{Incarnation: c.incarnation, Counter: c.counter}, now, silence); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// The rows are those of the chart above state.
func TestState(t *testing.T) {
	now := time.Now()
	for _, c := range []struct {
		gone, leaving bool
		age           time.Duration
		want          State
	}{
		{true, true, time.Second, Left},
		{true, false, time.Second, Dead},
		{false, false, 3 * time.Second, Alive},
		{false, false, 3*time.Second + 1, Suspect},
	} {
		p := &peer{beat: beat{Leaving: c.leaving}, heard: now.Add(-c.age)}
		if c.gone {
			p.gone = now
		}
		if got := p.state(now, time.Second); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// The rows are those of the chart above due.
func TestDue(t *testing.T) {
	const grace, heartbeat = 250 * time.Millisecond, time.Second
	start := time.Now()
	var w want
	for _, c := range []struct {
		at   time.Duration
		want bool
	}{
		{0, false},
		{249 * time.Millisecond, false},
		{250 * time.Millisecond, true},
		{749 * time.Millisecond, false},
		{750 * time.Millisecond, true},
		{1749 * time.Millisecond, false},
		{1750 * time.Millisecond, true},
		{3749 * time.Millisecond, false},
		{3750 * time.Millisecond, true},
	} {
		if got := w.due(start.Add(c.at), grace, heartbeat); got != c.want {
			t.Errorf("at %v: %v", c.at, got)
		}
	}
	w = want{asked: start, since: start, tries: 1000}
	if !w.due(start.Add(16*time.Second), grace, heartbeat) {
		t.Error("asking stops")
	}
}

// The table of members is bounded: those that are gone make room for newcomers, the living do not.
func TestTableIsBounded(t *testing.T) {
	f := newFacts(&Options{Name: "n", Heartbeat: time.Second, Now: time.Now}, packetSize)
	now := time.Now()
	name := func(i int) string {
		return string(rune('a'+i%26)) + netip.AddrFrom4([4]byte{0, 0, byte(i >> 8), byte(i)}).String()
	}
	for i := range maxPeers {
		f.join(name(i), at(1), meta{}, now)
	}
	if f.join("newcomer", at(1), meta{}, now) {
		t.Error("a newcomer finds room")
	}
	f.leave(name(7), now)
	f.leave(name(9), now.Add(-time.Second))
	if f.join("newcomer", at(1), meta{}, now) || f.hasRoom("newcomer", now) || !f.hasRoom(name(7), now) {
		t.Error("a member that has just gone makes room")
	}
	now = now.Add(keepRoom)
	if !f.join("newcomer", at(1), meta{}, now) || f.peers[name(9)] != nil || f.peers[name(7)] == nil {
		t.Error("not the member that is gone for longest made room")
	}
	if f.hear(&beat{Name: "stranger", Counter: 1}, 0, now) || len(f.peers) != maxPeers {
		t.Error("a stranger is listened to")
	}
}

// A change of state is told once; so is that a member speaks another format version.
func TestTurns(t *testing.T) {
	f := newFacts(&Options{Name: "n", Heartbeat: time.Second, Now: time.Now}, packetSize)
	now := time.Now()
	f.join("a", at(1), meta{}, now)
	f.join("b", at(2), meta{unread: true}, now)
	if got := f.turns(now); len(got) != 2 || got[0] != (turn{"a", at(1), Alive, false}) || got[1] != (turn{"b", at(2), Alive, true}) {
		t.Errorf("first %+v", got)
	}
	f.join("b", at(2), meta{unread: true}, now)
	if got := f.turns(now); got != nil {
		t.Errorf("again %+v", got)
	}
	f.leave("a", now)
	if got := f.turns(now); len(got) != 1 || got[0] != (turn{"a", at(1), Dead, false}) {
		t.Errorf("then %+v", got)
	}
}
