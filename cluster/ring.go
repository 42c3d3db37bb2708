package cluster

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/hashicorp/memberlist"
)

// ring is the gossip keys of a node. One encrypts, all decrypt: so keys are changed without a gap, if every node has the
// next one before any encrypts with it, and the old one for as long as any does.
type ring struct {
	facts *facts
	mu    sync.Mutex
	list  *memberlist.Keyring // nil: no key
	next  []byte              // nil: none
}

// newRing makes a ring of keys whose sizes are right.
func newRing(f *facts, keys [][]byte, next []byte) *ring {
	r := &ring{facts: f}
	if len(keys) == 0 {
		return r
	}
	r.list, _ = memberlist.NewKeyring(keys, keys[0]) // refuses only sizes
	if len(next) > 0 {
		r.next = slices.Clone(next)
		r.list.AddKey(r.next)
	}
	r.tell()
	return r
}

// tell has the heartbeats say how the keys stand, with the lock held.
func (r *ring) tell() { r.facts.setKeys(FingerprintOf(r.list.GetPrimaryKey()), FingerprintOf(r.next)) }

// checkKey refuses a key of another size.
func checkKey(key []byte) error {
	if len(key) != keySize {
		return fmt.Errorf("cluster.key_file: a gossip key has %d octets, not %d (make one with: leeward keys new)", keySize, len(key))
	}
	return nil
}

// set makes current and next the keys, and drops all others. The one of them that encrypts goes on to; if none does,
// current begins to.
func (r *ring) set(current, next []byte) error {
	if err := checkKey(current); err != nil {
		return err
	}
	if next != nil {
		if err := checkKey(next); err != nil {
			return err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.list == nil {
		return errors.New("cluster.key_file: a node that was started without a gossip key takes one up at its next start")
	}
	current, next = slices.Clone(current), slices.Clone(next)
	wanted := func(key []byte) bool { return bytes.Equal(key, current) || next != nil && bytes.Equal(key, next) }
	if !wanted(r.list.GetPrimaryKey()) {
		r.list.AddKey(current)
		r.list.UseKey(current)
	}
	// From the end: from the middle, memberlist would move keys that others are reading.
	for keys := r.list.GetKeys(); slices.ContainsFunc(keys, func(key []byte) bool { return !wanted(key) }); keys = r.list.GetKeys() {
		r.list.RemoveKey(keys[len(keys)-1])
	}
	r.list.AddKey(current)
	if r.next = next; next != nil {
		r.list.AddKey(next)
	}
	r.tell()
	return nil
}

// turn encrypts with the next key from now on. It says whether that is new.
func (r *ring) turn() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.next == nil || bytes.Equal(r.list.GetPrimaryKey(), r.next) {
		return false
	}
	r.list.UseKey(r.next)
	r.tell()
	return true
}
