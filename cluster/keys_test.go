package cluster

import (
	"bytes"
	"slices"
	"testing"
	"time"
)

// The rows are those of the chart above mayTurn.
func TestMayTurn(t *testing.T) {
	const waits, inUse, none = 1, 2, 0
	next, old := FingerprintOf(nextKey), FingerprintOf(testKey)
	has, turned, lacks := beat{Counter: 1, Key: old, Next: next}, beat{Counter: 1, Key: next}, beat{Counter: 1, Key: old}
	left := lacks
	left.Leaving = true
	now := time.Now()
	for _, c := range []struct {
		name   string
		next   int
		others []beat
		gone   time.Duration // of the last of them; 0: it lives
		peers  bool
		want   bool
	}{
		{"no next key", none, []beat{has}, 0, true, false},
		{"in use", inUse, []beat{has}, 0, true, false},
		{"one lacks it", waits, []beat{has, turned, lacks}, 0, true, false},
		{"one is not heard", waits, []beat{has, {}}, 0, true, false},
		{"all name it", waits, []beat{has, turned}, 0, true, true},
		{"one that was lost lacks it", waits, []beat{has, lacks}, time.Minute, true, false},
		{"one that was lost long ago lacks it", waits, []beat{has, lacks}, rememberKeys + 1, true, true},
		{"one that left lacks it", waits, []beat{has, left}, time.Second, true, true},
		{"none, with peers", waits, nil, 0, true, false},
		{"none, without peers", waits, nil, 0, false, true},
	} {
		f := newFacts(&Options{Name: "n", Heartbeat: time.Second, Now: time.Now}, packetSize)
		for i, b := range c.others {
			name := string(rune('a' + i))
			f.join(name, at(i+1), meta{}, now)
			f.peers[name].beat = b
			if c.gone > 0 && i == len(c.others)-1 {
				f.leave(name, now.Add(-c.gone))
			}
		}
		switch c.next {
		case none:
			f.setKeys(old, Fingerprint{})
		case waits:
			f.setKeys(old, next)
		case inUse:
			f.setKeys(next, next)
		}
		if got := f.mayTurn(c.peers, now); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// Who sends with the next key already is told from who only has it, and from who lacks it.
func TestKeysTellHowFarEachIs(t *testing.T) {
	next, old := FingerprintOf(nextKey), FingerprintOf(testKey)
	f := newFacts(&Options{Name: "n", Heartbeat: time.Second, Now: time.Now}, packetSize)
	f.setKeys(old, next)
	for i, b := range []beat{{Counter: 1, Key: old}, {Counter: 1, Key: old, Next: next}, {Counter: 1, Key: next}} {
		name := string(rune('a' + i))
		f.join(name, at(i+1), meta{}, time.Now())
		f.peers[name].beat = b
	}
	got := f.keysOf(time.Now())
	if !slices.Equal(got.Lacking, []string{"a"}) || !slices.Equal(got.Behind, []string{"a", "b"}) || !slices.Equal(got.Turned, []string{"c"}) {
		t.Errorf("%+v", got)
	}
}

// Whoever looks at the clock first after a pause, the pause is told once.
func TestPauseIsToldWhoeverNoticesIt(t *testing.T) {
	f := newFacts(&Options{Name: "n", Heartbeat: time.Second, Now: time.Now}, packetSize)
	now := time.Now()
	f.wasAway(now)
	f.sheets(now.Add(5 * time.Second))
	if !f.wasAway(now.Add(5*time.Second)) || f.wasAway(now.Add(5*time.Second)) {
		t.Error("a pause that sheets noticed is not told once")
	}
}

func TestSetKeys(t *testing.T) {
	third := bytes.Repeat([]byte{9}, keySize)
	for _, c := range []struct {
		name          string
		keys          [][]byte
		start         []byte // next at the start
		turned        bool
		current, next []byte
		want          [][]byte // the first encrypts
		refused       string
	}{
		{"a next", keyring(testKey), nil, false, testKey, nextKey, [][]byte{testKey, nextKey}, ""},
		{"the same again, after the turn", keyring(testKey), nextKey, true, testKey, nextKey, [][]byte{nextKey, testKey}, ""},
		{"finished", keyring(testKey), nextKey, true, nextKey, nil, [][]byte{nextKey}, ""},
		{"taken back", keyring(testKey), nextKey, false, testKey, nil, [][]byte{testKey}, ""},
		{"finished, and a next", keyring(testKey), nextKey, true, nextKey, third, [][]byte{nextKey, third}, ""},
		{"another next", keyring(testKey), nextKey, false, testKey, third, [][]byte{testKey, third}, ""},
		{"all others", [][]byte{testKey, nextKey}, nil, false, third, nil, [][]byte{third}, ""},
		{"none", keyring(testKey), nextKey, false, nil, nil, [][]byte{testKey, nextKey}, "cluster.key_file: a gossip key has 32 octets, not 0 (make one with: leeward keys new)"},
		{"a next of another size", keyring(testKey), nil, false, testKey, []byte{}, [][]byte{testKey}, "cluster.key_file: a gossip key has 32 octets, not 0 (make one with: leeward keys new)"},
		{"started without", nil, nil, false, testKey, nil, nil, "cluster.key_file: a node that was started without a gossip key takes one up at its next start"},
	} {
		n, err := New(Options{Name: "n", Listen: at(1), Keys: c.keys, Next: c.start})
		if err != nil {
			t.Fatal(err)
		}
		if c.turned {
			n.ring.turn()
		}
		err = n.SetKeys(c.current, c.next)
		if (err != nil) != (c.refused != "") || err != nil && err.Error() != c.refused {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.want == nil {
			continue
		}
		if got := n.ring.list.GetKeys(); !slices.EqualFunc(got, c.want, bytes.Equal) {
			t.Errorf("%s: %v", c.name, got)
		}
		if n.Keys().InUse != FingerprintOf(c.want[0]) {
			t.Errorf("%s: %s is said to be in use", c.name, n.Keys().InUse)
		}
	}
}

// A fingerprint is stable, since nodes of several versions compare it.
func TestFingerprint(t *testing.T) {
	if got := FingerprintOf(testKey).String(); got != "aad64c44" {
		t.Error(got)
	}
	if FingerprintOf(testKey) == FingerprintOf(nextKey) || FingerprintOf(nil).String() != "none" {
		t.Error("fingerprints do not tell keys apart")
	}
}
