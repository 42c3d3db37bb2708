package load

import (
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// source is the address of the i-th client: they differ, so that a server that locates clients has something to do.
func source(i int) netip.Addr {
	return netip.AddrFrom4([4]byte{127, byte(1 + i*37%250), byte(i * 91), byte(1 + i)})
}

// open makes a socket that is bound to an address of its own and connected to the server. From then on nothing waits for
// it; the connecting does, for the moment that it takes on one machine.
func open(kind int, server netip.AddrPort, from netip.Addr) (int, error) {
	fd, err := unix.Socket(unix.AF_INET, kind|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, fmt.Errorf("socket: %w", err)
	}
	// The port is chosen when the peer is known, or there would be too few of them for many connections.
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1)
	const space = 4 << 20
	if kind == unix.SOCK_DGRAM && unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, space) != nil {
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, space)
	}
	err = unix.Bind(fd, &unix.SockaddrInet4{Addr: from.As4()})
	if err == nil {
		err = unix.Connect(fd, &unix.SockaddrInet4{Addr: server.Addr().As4(), Port: int(server.Port())})
	}
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		unix.Close(fd)
		return 0, fmt.Errorf("connection from %s to %s: %w", from, server, err)
	}
	return fd, nil
}

// poller waits for several sockets.
type poller struct {
	fd     int
	events [64]unix.EpollEvent
}

func newPoller() (*poller, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll: %w", err)
	}
	return &poller{fd: fd}, nil
}

func (p *poller) close() { unix.Close(p.fd) }

// add has wait give i when fd can be read.
func (p *poller) add(fd, i int) error {
	return unix.EpollCtl(p.fd, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(i)})
}

// wait gives those sockets that can be read, after at most so many milliseconds. The slice is good until the next call.
func (p *poller) wait(milliseconds int) ([]unix.EpollEvent, error) {
	n, err := unix.EpollWait(p.fd, p.events[:], milliseconds)
	if err == unix.EINTR {
		return nil, nil
	}
	return p.events[:max(n, 0)], err
}
