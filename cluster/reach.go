package cluster

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// addrs gives the addresses of a member, nil of an unknown one.
func (f *facts) addrs(name string) []netip.AddrPort {
	f.mu.Lock()
	defer f.mu.Unlock()
	if p, ok := f.peers[name]; ok {
		return p.addrs
	}
	return nil
}

// address gives a living member's address.
func (f *facts) address(name string) (netip.AddrPort, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, ok := f.peers[name]
	if !ok || !p.gone.IsZero() {
		return netip.AddrPort{}, false
	}
	return p.addrs[0], true
}

// target is a peer to be joined.
type target struct {
	name string // of a member, which is tried at all its addresses; "": only at this
	addr netip.AddrPort
}

// String gives the form that memberlist joins.
func (t target) String() string {
	if t.name == "" || strings.Contains(t.name, "/") {
		return t.addr.String()
	}
	return t.name + "/" + t.addr.String()
}

// known gives the living members and those that were lost without a farewell.
func (f *facts) known(now time.Time) (living, lost []target) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range f.peers {
		switch p.state(now, f.heartbeat) {
		case Alive, Suspect:
			living = append(living, target{p.name, p.addrs[0]})
		case Dead:
			lost = append(lost, target{p.name, p.addrs[0]})
		}
	}
	return living, lost
}

// reaches says whether a living member is reached at an address.
func (f *facts) reaches(addr netip.AddrPort) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range f.peers {
		if p.gone.IsZero() && slices.Contains(p.addrs, addr) {
			return true
		}
	}
	return false
}

// size is how many members live, for the number of transmissions.
func (f *facts) size() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 1
	for _, p := range f.peers {
		if p.gone.IsZero() {
			n++
		}
	}
	return n
}
