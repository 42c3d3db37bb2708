package cluster

import (
	"net"
	"net/netip"
)

// welcome takes in a connection, or gives nil if it is not let in.
func (t *sockets) welcome(conn net.Conn, from netip.Addr) *stream {
	if !t.gate.allows(from) {
		t.gate.refused.add(refusedAllow)
		return nil
	}
	return t.hold(conn, true, from)
}

// hold keeps account of a connection. It gives nil when the transport is over.
func (t *sockets) hold(conn net.Conn, incoming bool, from netip.Addr) *stream {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ctx.Err() != nil {
		return nil
	}
	if incoming {
		t.makeRoom()
	}
	t.number++
	s := &stream{Conn: conn, t: t, incoming: incoming, from: from, number: t.number}
	t.streams[s] = true
	return s
}

// makeRoom closes a stream when there are as many as may be: of the address that most came from, the oldest. So one
// address does not keep out the others. The lock is held.
func (t *sockets) makeRoom() {
	came := map[netip.Addr]int{}
	all := 0
	for s := range t.streams {
		if s.incoming {
			came[s.from]++
			all++
		}
	}
	if all < maxStreams {
		return
	}
	var victim *stream
	for s := range t.streams {
		if s.incoming && (victim == nil || came[s.from] > came[victim.from] ||
			came[s.from] == came[victim.from] && s.number < victim.number) {
			victim = s
		}
	}
	t.gate.refused.add(refusedCrowd)
	t.release(victim)
	victim.Conn.Close()
}

// grant takes note of octets that a stream has read, and says whether it may have.
func (t *sockets) grant(s *stream, n int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	s.read += n
	if s.incoming && t.streams[s] {
		t.room -= n
	}
	enough := s.read <= maxStream && (!s.incoming || t.room >= 0)
	if !enough {
		t.gate.refused.add(refusedCrowd)
	}
	return enough
}

// release takes a stream off the account, with the lock held.
func (t *sockets) release(s *stream) {
	if t.streams[s] && s.incoming {
		t.room += s.read
	}
	delete(t.streams, s)
}
