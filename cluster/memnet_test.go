package cluster

import (
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
	delay time.Duration                                     // of packets
}

type memport struct {
	net     *memnet
	at      netip.AddrPort
	packets chan *memberlist.Packet
	conns   chan net.Conn
	closed  chan struct{}
	dead    bool // sends nothing any more
}

func (m *memnet) open(at netip.AddrPort, _ []netip.Prefix) (transport, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ports[at] != nil {
		return nil, syscall.EADDRINUSE
	}
	p := &memport{net: m, at: at, packets: make(chan *memberlist.Packet, 4096), conns: make(chan net.Conn, 64), closed: make(chan struct{})}
	if m.ports == nil {
		m.ports = map[netip.AddrPort]*memport{}
	}
	m.ports[at] = p
	return p, nil
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

func (p *memport) bound() netip.AddrPort { return p.at }

func (p *memport) FinalAdvertiseAddr(ip string, port int) (net.IP, int, error) {
	return advertised(ip, port)
}

func (p *memport) WriteTo(b []byte, addr string) (time.Time, error) {
	to, now := netip.MustParseAddrPort(addr), time.Now()
	p.net.mu.Lock()
	defer p.net.mu.Unlock()
	peer := p.net.ports[to]
	if p.dead || peer == nil || p.net.cut != nil && p.net.cut(p.at, to) || p.net.lose != nil && p.net.lose(p.at, to, b) {
		return now, nil
	}
	packet := &memberlist.Packet{Buf: slices.Clone(b), From: net.UDPAddrFromAddrPort(p.at), Timestamp: now}
	deliver := func() {
		select {
		case peer.packets <- packet:
		default:
		}
	}
	if p.net.delay > 0 {
		time.AfterFunc(p.net.delay, deliver)
	} else {
		deliver()
	}
	return now, nil
}

func (p *memport) WriteToAddress(b []byte, a memberlist.Address) (time.Time, error) {
	return p.WriteTo(b, a.Addr)
}

func (p *memport) PacketCh() <-chan *memberlist.Packet { return p.packets }

func (p *memport) StreamCh() <-chan net.Conn { return p.conns }

func (p *memport) DialTimeout(addr string, timeout time.Duration) (net.Conn, error) {
	to := netip.MustParseAddrPort(addr)
	p.net.mu.Lock()
	peer, cut := p.net.ports[to], p.dead || p.net.cut != nil && p.net.cut(p.at, to)
	p.net.mu.Unlock()
	switch {
	case cut:
		select {
		case <-time.After(timeout):
		case <-p.closed:
		}
		return nil, errors.New("i/o timeout")
	case peer == nil:
		return nil, syscall.ECONNREFUSED
	}
	near, far := net.Pipe()
	select {
	case peer.conns <- far:
		return near, nil
	default:
		return nil, syscall.ECONNREFUSED
	}
}

func (p *memport) DialAddressTimeout(a memberlist.Address, timeout time.Duration) (net.Conn, error) {
	return p.DialTimeout(a.Addr, timeout)
}

func (p *memport) Shutdown() error {
	p.net.mu.Lock()
	defer p.net.mu.Unlock()
	if !p.dead {
		delete(p.net.ports, p.at)
	}
	select {
	case <-p.closed:
	default:
		close(p.closed)
	}
	return nil
}

// kill makes the node at an address deaf and dumb, and its address free.
func (m *memnet) kill(at netip.AddrPort) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p := m.ports[at]; p != nil {
		p.dead = true
		delete(m.ports, at)
	}
}
