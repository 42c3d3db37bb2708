package dnsserver

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// udpSocket is a UDP socket that the runtime's poller knows nothing of: whoever reads it waits in the kernel. A poller
// would be woken for every datagram beside the reader, which costs more than the answer.
type udpSocket struct {
	mu   sync.Mutex    // held while it is closed, or asked what the loop does not need
	fd   int           // -1: closed
	lost uint64        // what overflowed says of a closed one
	turn atomic.Uint32 // of its loop
}

// takeOver makes a socket of a connection, which is closed.
func takeOver(conn *net.UDPConn) (*udpSocket, error) {
	s := &udpSocket{fd: -1}
	raw, err := conn.SyscallConn()
	if err == nil {
		err = s.duplicate(raw)
	}
	return s, errors.Join(err, conn.Close())
}

// inheritUDP makes a socket of one that is open at an address.
func inheritUDP(fd int, at netip.Addr) (*udpSocket, error) {
	s := &udpSocket{fd: fd}
	if err := setOptions(fd, at); err != nil {
		return s, err
	}
	return s, unix.SetNonblock(fd, false)
}

// duplicateFD is another descriptor of the socket.
func (s *udpSocket) duplicateFD() (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return duplicate(s.fd)
}

func (s *udpSocket) duplicate(raw syscall.RawConn) (err error) {
	controlErr := raw.Control(func(fd uintptr) {
		if s.fd, err = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0); err == nil {
			err = unix.SetNonblock(s.fd, false)
		}
	})
	return errors.Join(controlErr, err)
}

// close closes the socket. No loop may be at it.
func (s *udpSocket) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fd >= 0 {
		s.lost = overflowed(s.fd)
		_ = unix.Close(s.fd)
	}
	s.fd = -1
}

// setReceiveBuffer asks for room for so many octets: also for more than net.core.rmem_max, which is given to root.
func (s *udpSocket) setReceiveBuffer(size int) error {
	if unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, size) == nil {
		return nil
	}
	return unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_RCVBUF, size)
}

// receiveBuffer is how many octets the system keeps for the socket. It tells the double, for what it needs itself (socket(7)).
func (s *udpSocket) receiveBuffer() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	size, err := unix.GetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_RCVBUF)
	if err != nil {
		return 0
	}
	return size / 2
}

// Where SO_MEMINFO tells of drops (SK_MEMINFO_DROPS in linux/sock_diag.h), and of how much else.
const (
	memDrops = 8
	memWords = 9
)

// overflowed is how many datagrams the system has dropped for want of room.
func (s *udpSocket) overflowed() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fd < 0 {
		return s.lost
	}
	return overflowed(s.fd)
}

func overflowed(fd int) uint64 {
	var words [memWords]uint32
	size := uint32(unsafe.Sizeof(words))
	if _, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), unix.SOL_SOCKET, unix.SO_MEMINFO,
		uintptr(unsafe.Pointer(&words)), uintptr(unsafe.Pointer(&size)), 0); errno != 0 {
		return 0
	}
	return uint64(words[memDrops])
}
