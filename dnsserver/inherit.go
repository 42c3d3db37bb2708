package dnsserver

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// openTCP opens the socket for connections, or takes over one that is open. The system gives connections of one that was
// taken over keepalives, which costs them a little.
func (l *Listener) openTCP(network string, addr netip.AddrPort) (err error) {
	switch len(l.sockets.TCP) {
	case 0:
		l.tcp, err = listenTCP(network, addr)
		return err
	case 1:
		l.tcp, err = inheritTCP(l.sockets.TCP[0])
		return err
	default:
		return errors.New("more than one open TCP socket")
	}
}

func inheritTCP(fd int) (*net.TCPListener, error) {
	file := os.NewFile(uintptr(fd), "tcp")
	defer file.Close() // the listener has one of its own
	listener, err := net.FileListener(file)
	if err != nil {
		return nil, fmt.Errorf("taking over an open socket: %w", err)
	}
	tcp, ok := listener.(*net.TCPListener)
	if !ok {
		return nil, errors.Join(errors.New("an open socket is not one of TCP"), listener.Close())
	}
	return tcp, nil
}

// takeUDP takes over the UDP sockets that are open. They are all that there will be: who shares a port with others gets a
// part of the queries, and it is not known here whether these share it.
func (l *Listener) takeUDP() error {
	for _, fd := range l.sockets.UDP {
		s, err := inheritUDP(fd, l.addr.Addr())
		if err := l.add(s, err); err != nil {
			return fmt.Errorf("taking over an open socket: %w", err)
		}
	}
	return nil
}

// Duplicates gives further descriptors of the sockets, for another process: they are the same sockets, with what waits in
// them. They are the caller's, also those that there are beside an error.
func (l *Listener) Duplicates() (udp, tcp []int, err error) {
	for _, s := range l.udp {
		fd, err := s.duplicateFD()
		if err != nil {
			return udp, tcp, err
		}
		udp = append(udp, fd)
	}
	raw, err := l.tcp.SyscallConn()
	if err != nil {
		return udp, tcp, err
	}
	controlErr := raw.Control(func(fd uintptr) {
		var copied int
		if copied, err = duplicate(int(fd)); err == nil {
			tcp = append(tcp, copied)
		}
	})
	return udp, tcp, errors.Join(controlErr, err)
}

// duplicate is another descriptor of a file, which programs that are started do not get.
func duplicate(fd int) (int, error) { return unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0) }
