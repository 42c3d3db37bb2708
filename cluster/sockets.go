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
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// sockets is the transport of real life: a UDP socket and a TCP listener at one address. Memberlist's own allocates
// 64 KiB for every packet, hides the cause of errors, and bounds neither streams nor the sending of answers.
type sockets struct {
	gate    *gate
	at      netip.AddrPort // where it listens
	udp     *net.UDPConn
	tcp     *net.TCPListener
	packets chan *memberlist.Packet
	conns   chan net.Conn
	ctx     context.Context // ends with the transport, and breaks off dialling
	stop    context.CancelFunc
	all     sync.WaitGroup

	mu      sync.Mutex
	streams map[*stream]bool // that are open
	number  uint64           // of the last
	room    int              // octets that the streams that came in may still read
}

// openSockets opens a transport, or takes over sockets that are open: one of UDP and one of TCP.
func openSockets(listen netip.AddrPort, g *gate, open Sockets) (transport, error) {
	t := &sockets{
		gate:    g,
		packets: make(chan *memberlist.Packet, 64),
		conns:   make(chan net.Conn),
		streams: map[*stream]bool{},
		room:    maxStreamed,
	}
	var err error
	if len(open.UDP)+len(open.TCP) > 0 {
		err = t.inherit(open)
	} else {
		err = t.listen(listen)
	}
	for range 9 { // a port that is free for TCP may be taken for UDP
		if listen.Port() != 0 || !errors.Is(err, syscall.EADDRINUSE) {
			break
		}
		err = t.listen(listen)
	}
	if err != nil {
		return nil, err
	}
	at := t.udp.LocalAddr().(*net.UDPAddr).AddrPort()
	t.at = netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
	t.udp.SetReadBuffer(2 << 20) // as much as the system grants
	t.ctx, t.stop = context.WithCancel(context.Background())
	t.all.Go(t.readPackets)
	t.all.Go(t.acceptStreams)
	return t, nil
}

func (t *sockets) listen(at netip.AddrPort) (err error) {
	family := "" // both, where the address is the unspecified one of IPv6
	if at.Addr().Is4() {
		family = "4" // else 0.0.0.0 would mean both
	}
	if t.tcp, err = net.ListenTCP("tcp"+family, net.TCPAddrFromAddrPort(at)); err != nil {
		return err
	}
	port := t.tcp.Addr().(*net.TCPAddr).AddrPort().Port()
	if t.udp, err = net.ListenUDP("udp"+family, net.UDPAddrFromAddrPort(netip.AddrPortFrom(at.Addr(), port))); err != nil {
		t.tcp.Close()
	}
	return err
}

func (t *sockets) bound() netip.AddrPort { return t.at }

func (t *sockets) readPackets() {
	buf := make([]byte, maxPacket+1)
	for {
		size, from, err := t.udp.ReadFromUDPAddrPort(buf)
		if err != nil {
			if t.rest(err) {
				return
			}
			continue
		}
		from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		if !t.gate.admits(buf[:size], from.Addr()) {
			continue
		}
		p := &memberlist.Packet{Buf: slices.Clone(buf[:size]), From: net.UDPAddrFromAddrPort(from), Timestamp: time.Now()}
		select {
		case t.packets <- p:
		case <-t.ctx.Done():
			return
		}
	}
}

func (t *sockets) acceptStreams() {
	for {
		conn, err := t.tcp.AcceptTCP()
		if err != nil {
			if t.rest(err) {
				return
			}
			continue
		}
		from := conn.RemoteAddr().(*net.TCPAddr).AddrPort().Addr().Unmap()
		s := t.welcome(conn, from)
		if s == nil {
			conn.Close()
			continue
		}
		select {
		case t.conns <- s:
		case <-t.ctx.Done():
			s.Close()
			return
		}
	}
}

// rest waits a little after an error of a socket, such as too many open files, and says whether the transport is over.
func (t *sockets) rest(err error) bool {
	if errors.Is(err, net.ErrClosed) {
		return true
	}
	select {
	case <-time.After(10 * time.Millisecond):
		return false
	case <-t.ctx.Done():
		return true
	}
}

func (t *sockets) send(packet []byte, p path) error {
	var control []byte
	switch {
	case !p.from.IsValid():
	case p.from.Is4():
		control = (&ipv4.ControlMessage{Src: p.from.AsSlice()}).Marshal()
	default:
		control = (&ipv6.ControlMessage{Src: p.from.AsSlice()}).Marshal()
	}
	_, _, err := t.udp.WriteMsgUDPAddrPort(packet, control, p.to)
	return err
}

func (t *sockets) PacketCh() <-chan *memberlist.Packet { return t.packets }

func (t *sockets) StreamCh() <-chan net.Conn { return t.conns }

func (t *sockets) dial(ctx context.Context, p path) (net.Conn, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer context.AfterFunc(t.ctx, stop)()
	from := p.from
	if !from.IsValid() && !t.at.Addr().IsUnspecified() {
		from = t.at.Addr() // as packets leave
	}
	var d net.Dialer
	if from.IsValid() {
		d.LocalAddr = &net.TCPAddr{IP: from.AsSlice()}
	}
	conn, err := d.DialContext(ctx, "tcp", p.to.String())
	if err != nil {
		return nil, err
	}
	if s := t.hold(conn, false, p.to.Addr()); s != nil {
		return s, nil
	}
	conn.Close()
	return nil, net.ErrClosed
}

// Shutdown closes everything and waits.
func (t *sockets) Shutdown() error {
	t.mu.Lock()
	t.stop()
	open := make([]*stream, 0, len(t.streams))
	for s := range t.streams {
		open = append(open, s)
	}
	t.mu.Unlock()
	t.tcp.Close()
	t.udp.Close()
	for _, s := range open {
		s.Close()
	}
	t.all.Wait()
	return nil
}
