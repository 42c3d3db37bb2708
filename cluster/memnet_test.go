package cluster

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/hashicorp/memberlist"
)

// memnet is a network in memory that loses, delays and cuts as told. Memberlist's MockTransport cannot: it blocks the
// sender until the receiver takes the packet, so that a dead peer stops the living.
type memnet struct {
	mu    sync.Mutex
	ports map[netip.AddrPort]*memport
	lose  func(from, to netip.AddrPort, packet []byte) bool // nil: nothing
	cut   func(from, to netip.AddrPort) bool                // nil: nowhere; packets and new streams
	delay func(from, to netip.AddrPort) time.Duration       // one way; nil: none
	sent  map[netip.AddrPort]int                            // octets, with those of IP and UDP; nil: not counted
}

// datagram is the octets of an IPv4 and a UDP header, which every packet has beside its own.
const datagram = 28

type memport struct {
	net     *memnet
	listen  netip.AddrPort
	ats     []netip.AddrPort // the first is where it sends from, unless told
	gate    *gate
	packets chan *memberlist.Packet
	conns   chan net.Conn
	closed  chan struct{}
	dead    bool // sends nothing any more
}

// open is an opener of a node at one address.
func (m *memnet) open(at netip.AddrPort, g *gate, open Sockets) (transport, error) {
	return m.host(at)(at, g, open)
}

// host is an opener of a node at several addresses, wherever it listens.
func (m *memnet) host(ats ...netip.AddrPort) opener {
	return func(listen netip.AddrPort, g *gate, _ Sockets) (transport, error) {
		m.mu.Lock()
		defer m.mu.Unlock()
		p := &memport{net: m, listen: listen, ats: ats, gate: g,
			packets: make(chan *memberlist.Packet, 4096), conns: make(chan net.Conn, 64), closed: make(chan struct{})}
		if m.ports == nil {
			m.ports = map[netip.AddrPort]*memport{}
		}
		for _, at := range ats {
			if m.ports[at] != nil {
				return nil, syscall.EADDRINUSE
			}
		}
		for _, at := range ats {
			m.ports[at] = p
		}
		return p, nil
	}
}

// set changes how the network behaves.
func (m *memnet) set(change func(*memnet)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(m)
}

// split cuts the network between some nodes and all others.
func (m *memnet) split(side ...netip.AddrPort) {
	m.set(func(m *memnet) {
		m.cut = func(from, to netip.AddrPort) bool { return slices.Contains(side, from) != slices.Contains(side, to) }
	})
}

func (m *memnet) heal() { m.set(func(m *memnet) { m.cut = nil }) }

func (p *memport) bound() netip.AddrPort { return p.listen }

// source gives the address that a path leaves from.
func (p *memport) source(way path) (netip.AddrPort, error) {
	i := 0
	if way.from.IsValid() {
		i = slices.IndexFunc(p.ats, func(a netip.AddrPort) bool { return a.Addr() == way.from })
	}
	if i < 0 {
		return netip.AddrPort{}, syscall.EADDRNOTAVAIL
	}
	return p.ats[i], nil
}

func (p *memport) send(b []byte, way path) error {
	from, err := p.source(way)
	if err != nil {
		return err
	}
	p.net.mu.Lock()
	defer p.net.mu.Unlock()
	peer := p.net.ports[way.to]
	p.net.count(from, len(b)+datagram)
	if p.dead || peer == nil || p.net.cut != nil && p.net.cut(from, way.to) || p.net.lose != nil && p.net.lose(from, way.to, b) {
		return nil
	}
	packet := &memberlist.Packet{Buf: slices.Clone(b), From: net.UDPAddrFromAddrPort(from), Timestamp: time.Now()}
	deliver := func() {
		if !peer.gate.admits(packet.Buf, from.Addr()) {
			return
		}
		select {
		case peer.packets <- packet:
		default:
		}
	}
	if p.net.delay != nil {
		time.AfterFunc(p.net.delay(from, way.to), deliver)
	} else {
		deliver()
	}
	return nil
}

func (p *memport) PacketCh() <-chan *memberlist.Packet { return p.packets }

func (p *memport) StreamCh() <-chan net.Conn { return p.conns }

func (p *memport) dial(ctx context.Context, way path) (net.Conn, error) {
	from, err := p.source(way)
	if err != nil {
		return nil, err
	}
	p.net.mu.Lock()
	peer, cut := p.net.ports[way.to], p.dead || p.net.cut != nil && p.net.cut(from, way.to)
	wait := p.net.handshake(from, way.to)
	p.net.mu.Unlock()
	if wait > 0 {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait):
		}
	}
	switch {
	case cut:
		select {
		case <-ctx.Done():
		case <-p.closed:
		}
		return nil, errors.New("i/o timeout")
	case peer == nil:
		return nil, syscall.ECONNREFUSED
	}
	near, far := p.net.pipe(from, way.to)
	if !peer.gate.allows(from.Addr()) {
		peer.gate.refused.add(refusedAllow)
		far.Close()
		return near, nil
	}
	select {
	case peer.conns <- far:
		return near, nil
	default:
		return nil, syscall.ECONNREFUSED
	}
}

// handshake is how long a stream takes until what is sent on it arrives, with the lock held: each packet of its opening
// that is lost is sent again a second later.
func (m *memnet) handshake(from, to netip.AddrPort) (wait time.Duration) {
	if m.delay == nil {
		return 0
	}
	for m.lose != nil && m.lose(from, to, nil) {
		wait += time.Second
	}
	return wait + 2*m.delay(from, to) + m.delay(to, from)
}

// pipe is a stream whose octets are counted.
func (m *memnet) pipe(from, to netip.AddrPort) (near, far net.Conn) {
	near, far = net.Pipe()
	return meteredConn{near, m, from}, meteredConn{far, m, to}
}

type meteredConn struct {
	net.Conn
	net *memnet
	at  netip.AddrPort
}

func (c meteredConn) Write(b []byte) (int, error) {
	c.net.set(func(m *memnet) { m.count(c.at, len(b)) })
	return c.Conn.Write(b)
}

// count counts octets that an address sends, with the lock held.
func (m *memnet) count(from netip.AddrPort, octets int) {
	if m.sent != nil {
		m.sent[from] += octets
	}
}

func (p *memport) duplicates() (Sockets, error) { return Sockets{}, nil }

func (p *memport) Shutdown() error {
	p.net.mu.Lock()
	defer p.net.mu.Unlock()
	p.free()
	select {
	case <-p.closed:
	default:
		close(p.closed)
	}
	return nil
}

// free gives the addresses back, with the lock held.
func (p *memport) free() {
	for _, at := range p.ats {
		if p.net.ports[at] == p {
			delete(p.net.ports, at)
		}
	}
}

// kill makes the node at an address deaf and dumb, and its addresses free.
func (m *memnet) kill(at netip.AddrPort) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p := m.ports[at]; p != nil {
		p.dead = true
		p.free()
	}
}
