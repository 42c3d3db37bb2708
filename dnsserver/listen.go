package dnsserver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"syscall"
)

// Listener is the sockets of one address: UDP, several that share the port where the system allows it, and TCP.
type Listener struct {
	addr    netip.AddrPort
	sockets Sockets
	udp     []*udpSocket
	tcp     *net.TCPListener
}

// Addr is the address listened on; its port is never 0.
func (l *Listener) Addr() netip.AddrPort { return l.addr }

// Listen opens the sockets of an address. Port 0 takes one that is free for both UDP and TCP.
func Listen(addr netip.AddrPort, sockets Sockets) (*Listener, error) {
	const tries = 20 // a port free for TCP may be taken for UDP
	for try := 1; ; try++ {
		l, err := listen(addr, sockets)
		if err == nil || addr.Port() != 0 || try == tries {
			return l, err
		}
	}
}

func listen(addr netip.AddrPort, sockets Sockets) (*Listener, error) {
	l := &Listener{sockets: sockets}
	if err := l.open(addr); err != nil {
		l.Close()
		return nil, refusal(addr, err)
	}
	return l, nil
}

// refusal says what an error means for an address of dns.listen.
func refusal(addr netip.AddrPort, err error) error {
	var op *net.OpError
	switch {
	case errors.Is(err, syscall.EADDRINUSE) && errors.As(err, &op):
		return fmt.Errorf("dns.listen: %s is in use by another program (%s)", addr, strings.ToUpper(op.Net[:3]))
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("dns.listen: no permission to listen on %s (ports under 1024 want root or CAP_NET_BIND_SERVICE)", addr)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("dns.listen: %s is no address of this host", addr)
	case errors.Is(err, syscall.EAFNOSUPPORT):
		return fmt.Errorf("dns.listen: this host knows no addresses of the kind of %s", addr)
	}
	return fmt.Errorf("dns.listen: %s: %w", addr, err)
}

func (l *Listener) open(addr netip.AddrPort) error {
	family := "4"
	if addr.Addr().Is6() {
		family = "6" // also sets IPV6_V6ONLY, so that 0.0.0.0 and [::] can stand beside each other
	}
	if err := l.openTCP("tcp"+family, addr); err != nil {
		return err
	}
	l.addr = netip.AddrPortFrom(addr.Addr(), l.tcp.Addr().(*net.TCPAddr).AddrPort().Port())
	if len(l.sockets.UDP) > 0 {
		return l.takeUDP()
	}

	// A socket that does not share its port finds out whether another program has it: those that share would not.
	alone, err := net.ListenUDP("udp"+family, net.UDPAddrFromAddrPort(l.addr))
	if err != nil {
		return err
	}
	if !canShare {
		return l.take(alone)
	}
	if err := alone.Close(); err != nil {
		return err
	}
	config := net.ListenConfig{Control: socketOptions(addr.Addr())}
	for range cmp.Or(l.sockets.Count, runtime.GOMAXPROCS(0)) {
		conn, err := config.ListenPacket(context.Background(), "udp"+family, l.addr.String())
		if err != nil {
			return err
		}
		if err := l.take(conn.(*net.UDPConn)); err != nil {
			return err
		}
	}
	return nil
}

func (l *Listener) take(conn *net.UDPConn) (err error) {
	s, err := takeOver(conn)
	return l.add(s, err)
}

func (l *Listener) add(s *udpSocket, err error) error {
	l.udp = append(l.udp, s)
	if err == nil {
		err = s.setReceiveBuffer(cmp.Or(l.sockets.ReceiveBuffer, receiveBuffer))
	}
	return err
}

// ReceiveBuffer is how many octets the system keeps for a UDP socket: it may give less than it was asked for. It is 0 where
// the system does not tell.
func (l *Listener) ReceiveBuffer() int { return l.udp[0].receiveBuffer() }

// Overflowed is how many datagrams the system has dropped because the UDP sockets had no room for them.
func (l *Listener) Overflowed() (count uint64) {
	for _, s := range l.udp {
		count += s.overflowed()
	}
	return count
}

// Close closes all sockets.
func (l *Listener) Close() {
	for _, s := range l.udp {
		s.close()
	}
	if l.tcp != nil {
		_ = l.tcp.Close()
	}
}
