package load

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// many is how many packets one system call carries at most.
const many = 32

// room is for one response: more than any UDP answer that is asked for.
const room = 4096

// header is struct mmsghdr of recvmmsg(2) and sendmmsg(2).
type header struct {
	unix.Msghdr
	size uint32
}

// batch is room for the packets of one system call.
type batch struct {
	headers [many]header
	vectors [many]unix.Iovec
	buffers [many][]byte
	control [many][stampSize]byte // when a packet arrived; see stamped
}

func newBatch() *batch {
	b := new(batch)
	for i := range b.headers {
		b.buffers[i] = make([]byte, room)
		b.vectors[i].Base = &b.buffers[i][0]
		b.headers[i].Iov = &b.vectors[i]
		b.headers[i].SetIovlen(1)
	}
	return b
}

// receive takes what lies in a socket, without waiting, and gives the number of packets.
func (b *batch) receive(fd int) (int, error) {
	for i := range b.vectors {
		b.vectors[i].SetLen(room)
		b.headers[i].SetControllen(stampSize)
		b.headers[i].Control = &b.control[i][0]
	}
	n, err := call(unix.SYS_RECVMMSG, fd, &b.headers[0], many)
	if err == unix.EAGAIN || err == unix.EINTR || err == unix.ECONNREFUSED {
		return 0, nil // refused: a server that has ended is seen by its silence
	}
	return n, err
}

// packet is the i-th of those received.
func (b *batch) packet(i int) []byte { return b.buffers[i][:b.headers[i].size] }

// set makes the i-th packet to send a copy of a query, with an ID.
func (b *batch) set(i int, wire []byte, id uint16) {
	n := copy(b.buffers[i], wire)
	b.buffers[i][0], b.buffers[i][1] = byte(id>>8), byte(id)
	b.vectors[i].SetLen(n)
}

// send sends the first n packets. Those that the system does not take count as lost on the way.
func (b *batch) send(fd, n int) error {
	for at := 0; at < n; {
		sent, err := call(unix.SYS_SENDMMSG, fd, &b.headers[at], n-at)
		switch err {
		case nil:
			at += sent
		case unix.EINTR, unix.ECONNREFUSED: // the error of an earlier packet, told now: this one was not tried
		case unix.EAGAIN, unix.ENOBUFS:
			return nil
		default:
			return err
		}
	}
	return nil
}

// call is recvmmsg or sendmmsg. It never waits, so the scheduler need not know of it.
func call(which uintptr, fd int, first *header, n int) (int, error) {
	r, _, errno := unix.RawSyscall6(which, uintptr(fd), uintptr(unsafe.Pointer(first)), uintptr(n), unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(r), nil
}
