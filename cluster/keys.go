package cluster

import (
	"slices"
	"time"
)

// Keys is how the gossip keys of the cluster stand, as one node sees it. A rotation is over for this node when InUse is
// Next, and for all when Behind is empty too: then the old key can be dropped everywhere.
type Keys struct {
	InUse Fingerprint // of the key this node encrypts with; zero: none
	Next  Fingerprint // of the key it waits to encrypt with, or already does; zero: none
	// Lacking are the members that do not have the next key, as far as is known. Empty without a next key.
	Lacking []string
	// Behind are the members that encrypt with another key than this node will: the next one, or the one in use without it.
	Behind []string
	// Turned are the members that encrypt with the next key already: without it this node would not hear them.
	Turned []string
}

// rememberKeys is for how long a member that was lost without a farewell counts in a change of keys: it may live on
// beyond a cut, and could not come back if the others went on without it.
const rememberKeys = time.Hour

// keyed gives the other members that count in a change of keys, with the lock held.
func (f *facts) keyed(now time.Time) []*peer {
	return slices.DeleteFunc(f.sorted(), func(p *peer) bool {
		return !p.gone.IsZero() && (p.beat.Leaving || now.Sub(p.gone) > rememberKeys)
	})
}

// keysOf gives how the keys stand.
func (f *facts) keysOf(now time.Time) Keys {
	f.mu.Lock()
	defer f.mu.Unlock()
	k := Keys{InUse: f.key, Next: f.next}
	goal := f.key
	if f.next != (Fingerprint{}) {
		goal = f.next
	}
	for _, p := range f.keyed(now) {
		if f.next != (Fingerprint{}) && !p.names(f.next) {
			k.Lacking = append(k.Lacking, p.name)
		}
		if p.beat.Key != goal {
			k.Behind = append(k.Behind, p.name)
		}
		if f.next != (Fingerprint{}) && p.beat.Key == f.next {
			k.Turned = append(k.Turned, p.name)
		}
	}
	return k
}

// mayTurn decides whether this node encrypts with its next key from now on.
//
//	next key         the other members that count           peers are configured   then
//	none             -                                      -                      no
//	is in use        -                                      -                      no more
//	waits            one does not name it, or is not heard  -                      no: it could not read this node
//	waits            all name it in their last heartbeats   -                      yes
//	waits            there are none                         yes                    no: they may be beyond a cut
//	waits            there are none                         no                     yes
//
// Members count while they live, and for an hour after they were lost without a farewell.
func (f *facts) mayTurn(peers bool, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.next == (Fingerprint{}) || f.next == f.key {
		return false
	}
	others := f.keyed(now)
	if len(others) == 0 {
		return !peers
	}
	return !slices.ContainsFunc(others, func(p *peer) bool { return !p.names(f.next) })
}

// names says whether a peer's last heartbeat names a key.
func (p *peer) names(key Fingerprint) bool { return p.beat.Key == key || p.beat.Next == key }

func (f *facts) setKeys(key, next Fingerprint) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.key, f.next = key, next
}

// Keys gives how the gossip keys stand.
func (n *Node) Keys() Keys { return n.facts.keysOf(n.now()) }

// SetKeys makes current and next (nil: none) this node's gossip keys, at any time, and drops all others. The one of them
// that is in use stays in use; if none is, current is from now on. An error says what is wrong with a key.
func (n *Node) SetKeys(current, next []byte) error {
	if err := n.ring.set(current, next); err != nil {
		return err
	}
	n.logger.Info("gossip keys were set", "in_use", n.Keys().InUse, "next", n.Keys().Next)
	n.beatIfReady()
	return nil
}

// turnKey encrypts with the next key once all others have it.
func (n *Node) turnKey(now time.Time) {
	if n.facts.mayTurn(n.joins, now) && n.ring.turn() {
		n.logger.Info("all members have the next gossip key: this node encrypts with it", "in_use", n.Keys().InUse)
		n.beatIfReady()
	}
}
