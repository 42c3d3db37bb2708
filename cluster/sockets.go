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

// sockets is the transport of real life: a UDP socket and a TCP listener at one address. Memberlist's own allocates
// 64 KiB for every packet, hides the cause of errors, and bounds neither streams nor the sending of answers.
type sockets struct {
	allow   []netip.Prefix
	udp     *net.UDPConn
	tcp     *net.TCPListener
	packets chan *memberlist.Packet
	conns   chan net.Conn
	ctx     context.Context // ends with the transport, and breaks off dialling
	stop    context.CancelFunc
	all     sync.WaitGroup

	mu      sync.Mutex
	streams map[*stream]bool // true: came in
}

func openSockets(listen netip.AddrPort, allow []netip.Prefix) (transport, error) {
	t := &sockets{
		allow:   allow,
		packets: make(chan *memberlist.Packet, 64),
		conns:   make(chan net.Conn),
		streams: map[*stream]bool{},
	}
	err := t.listen(listen)
	for range 9 { // a port that is free for TCP may be taken for UDP
		if listen.Port() != 0 || !errors.Is(err, syscall.EADDRINUSE) {
			break
		}
		err = t.listen(listen)
	}
	if err != nil {
		return nil, err
	}
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

func (t *sockets) bound() netip.AddrPort {
	at := t.udp.LocalAddr().(*net.UDPAddr).AddrPort()
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
}

func (t *sockets) allows(addr netip.Addr) bool {
	return len(t.allow) == 0 || slices.ContainsFunc(t.allow, func(p netip.Prefix) bool { return p.Contains(addr) })
}

func (t *sockets) readPackets() {
	buf := make([]byte, 1<<16)
	for {
		size, from, err := t.udp.ReadFromUDPAddrPort(buf)
		if err != nil {
			if t.rest(err) {
				return
			}
			continue
		}
		from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		if size == 0 || !t.allows(from.Addr()) {
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
		var s *stream
		if t.allows(from) {
			s = t.hold(conn, true)
		}
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

func (t *sockets) FinalAdvertiseAddr(ip string, port int) (net.IP, int, error) {
	return advertised(ip, port)
}

// advertised reads the address that config always states.
func advertised(ip string, port int) (net.IP, int, error) {
	addr, err := netip.ParseAddr(ip)
	return addr.AsSlice(), port, err
}

func (t *sockets) WriteTo(b []byte, addr string) (time.Time, error) {
	to, err := netip.ParseAddrPort(addr)
	if err == nil {
		_, err = t.udp.WriteToUDPAddrPort(b, to)
	}
	return time.Now(), err
}

func (t *sockets) WriteToAddress(b []byte, a memberlist.Address) (time.Time, error) {
	return t.WriteTo(b, a.Addr)
}

func (t *sockets) PacketCh() <-chan *memberlist.Packet { return t.packets }

func (t *sockets) StreamCh() <-chan net.Conn { return t.conns }

func (t *sockets) DialTimeout(addr string, timeout time.Duration) (net.Conn, error) {
	d := net.Dialer{Timeout: timeout}
	if at := t.bound().Addr(); !at.IsUnspecified() {
		d.LocalAddr = &net.TCPAddr{IP: at.AsSlice()} // as packets leave
	}
	conn, err := d.DialContext(t.ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(time.Now().Add(timeout)); err != nil {
		conn.Close()
		return nil, err
	}
	if s := t.hold(conn, false); s != nil {
		return s, nil
	}
	conn.Close()
	return nil, net.ErrClosed
}

func (t *sockets) DialAddressTimeout(a memberlist.Address, timeout time.Duration) (net.Conn, error) {
	return t.DialTimeout(a.Addr, timeout)
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
