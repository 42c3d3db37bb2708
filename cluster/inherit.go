package cluster

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// Sockets are descriptors of those that gossip goes by: one of UDP, and one of TCP that listens.
type Sockets struct{ UDP, TCP []int }

// close closes descriptors that nobody wants.
func (s Sockets) close() {
	for _, fd := range slices.Concat(s.UDP, s.TCP) {
		_ = syscall.Close(fd) // a copy
	}
}

// inherit takes over sockets that are open.
func (t *sockets) inherit(open Sockets) error {
	udp, tcp := open.UDP, open.TCP
	if len(udp) != 1 || len(tcp) != 1 {
		return fmt.Errorf("open are %d sockets of UDP and %d of TCP, and one of each is wanted", len(udp), len(tcp))
	}
	listener, err := inherited(tcp[0], net.FileListener)
	if err != nil {
		return err
	}
	conn, err := inherited(udp[0], net.FilePacketConn)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	var isTCP, isUDP bool
	t.tcp, isTCP = listener.(*net.TCPListener)
	t.udp, isUDP = conn.(*net.UDPConn)
	if !isTCP || !isUDP {
		return errors.Join(errors.New("open sockets are not those of gossip"), listener.Close(), conn.Close())
	}
	return nil
}

// inherited makes something of a descriptor, which is closed: it has one of its own.
func inherited[T any](fd int, of func(*os.File) (T, error)) (T, error) {
	file := os.NewFile(uintptr(fd), "gossip")
	defer file.Close()
	return of(file)
}

// duplicates gives further descriptors of the sockets, which stay the same sockets, with what waits in them.
func (t *sockets) duplicates() (copied Sockets, err error) {
	if copied.UDP, err = duplicate(t.udp); err == nil {
		copied.TCP, err = duplicate(t.tcp)
	}
	return copied, err
}

func duplicate(c syscall.Conn) (list []int, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return nil, err
	}
	controlErr := raw.Control(func(fd uintptr) {
		var copied int
		if copied, err = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0); err == nil {
			list = append(list, copied)
		}
	})
	return list, errors.Join(controlErr, err)
}
