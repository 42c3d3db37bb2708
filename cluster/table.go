package cluster

import (
	"net/netip"
	"time"
)

// Bounds of the table of members.
const (
	maxPeers  = 1024
	keepSheet = time.Minute    // of a member that is gone
	keepLeft  = time.Hour      // a member that said farewell
	keepDead  = 72 * time.Hour // a member that was lost, and is looked for
	keepRoom  = time.Minute    // no member that is gone makes room before
)

// join takes in a member that memberlist counts as living, or its changed word. Beyond the bound of the table the
// member that is gone for longest makes room, but not too soon, so that names that come and go are bounded too; without one
// the newcomer stays unknown.
func (f *facts) join(name string, addr netip.AddrPort, m meta, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, ok := f.peers[name]
	if !ok {
		if len(f.peers) >= maxPeers && !f.makeRoom(now) {
			return false
		}
		p = &peer{name: name, joined: now}
		f.peers[name] = p
	}
	p.turnUp(addr, m, now)
	f.poke()
	return true
}

func (f *facts) makeRoom(now time.Time) bool {
	oldest := f.longestGone(now)
	if oldest == nil {
		return false
	}
	delete(f.peers, oldest.name)
	return true
}

// longestGone gives the member that may make room, or nil.
func (f *facts) longestGone(now time.Time) *peer {
	var oldest *peer
	for _, p := range f.peers {
		if !p.gone.IsZero() && now.Sub(p.gone) >= keepRoom && (oldest == nil || p.gone.Before(oldest.gone)) {
			oldest = p
		}
	}
	return oldest
}

// hasRoom says whether a member of this name would be taken in.
func (f *facts) hasRoom(name string, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.peers[name] != nil || len(f.peers) < maxPeers || f.longestGone(now) != nil
}

// leave takes in that memberlist no longer counts a member as living.
func (f *facts) leave(name string, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if p, ok := f.peers[name]; ok && p.gone.IsZero() {
		p.gone = now
		f.poke()
	}
}

// turn is a member's change of state.
type turn struct {
	name   string
	addr   netip.AddrPort
	state  State
	unread bool // for the first time, what it says of itself was not understood
}

// turns gives the changes of state since the last call.
func (f *facts) turns(now time.Time) []turn {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []turn
	for _, p := range f.sorted() {
		s, unread := p.state(now, f.heartbeat), p.meta.unread && !p.toldUnread
		if s != p.told || unread {
			p.told, p.toldUnread = s, p.toldUnread || unread
			list = append(list, turn{p.name, p.addrs[0], s, unread})
		}
	}
	if len(list) > 0 {
		f.poke()
	}
	return list
}

// tidy forgets what was gone for long enough.
func (f *facts) tidy(now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for name, p := range f.peers {
		if p.gone.IsZero() {
			continue
		}
		keep := keepDead
		if p.beat.Leaving {
			keep = keepLeft
		}
		away := now.Sub(p.gone)
		if p.sheet != nil && away > keepSheet {
			p.sheet = nil
			f.poke()
		}
		if away > keep {
			delete(f.peers, name)
			f.poke()
		}
	}
}

// late is by how much a look at the clock must come too late to mean that this node was away.
const late = time.Second

// notice starts the ages of the living members' heartbeats anew when this node was away (stopped, swapped out): the
// world was not. An age that was old before stays that old.
//
// It must be called several times a second, with the lock held.
func (f *facts) notice(now time.Time) {
	before := f.looked
	f.looked = now
	if before.IsZero() || now.Sub(before) <= f.heartbeat/ticks+late {
		return
	}
	f.away = true
	for _, p := range f.peers {
		if !p.differs.IsZero() {
			p.differs = p.differs.Add(now.Sub(before))
		}
		for _, at := range []*time.Time{&p.heard, &p.named} {
			switch {
			case at.IsZero():
			case before.Sub(*at) <= silence*f.heartbeat:
				*at = now
			default:
				*at = at.Add(now.Sub(before))
			}
		}
	}
}

// wasAway says whether this node was away since the last call, whoever noticed it.
func (f *facts) wasAway(now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.notice(now)
	away := f.away
	f.away = false
	return away
}
