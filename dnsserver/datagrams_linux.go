package dnsserver

import (
	"net"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// datagrams takes queries from a UDP socket and sends their answers, many at a time, by recvmmsg and sendmmsg. It belongs to
// one loop.
type datagrams struct {
	fd      uintptr
	queries []mmsghdr
	answers []mmsghdr
	senders []unix.RawSockaddrAny // of queries, by slot
	control []byte
	vectors []unix.Iovec // of queries, then of answers
	buf     []byte       // of queries, by slot
	out     []byte       // answers, one after the other
	ready   int          // answers to be sent
}

// mmsghdr is that of recvmmsg(2).
type mmsghdr struct {
	header unix.Msghdr
	size   uint32
}

const (
	// slot is room for the largest datagram. It is no power of two, so that slots do not meet in the same lines of a cache.
	slot = 1<<16 + 2*64

	// nap is how long a wait lasts at most before the loop looks whether it is to end.
	nap = 100 * 1000 // microseconds
)

// newDatagrams makes room for so many queries at a time from a socket.
func newDatagrams(s *udpSocket, batch int) (*datagrams, error) {
	d := &datagrams{fd: uintptr(s.fd), queries: make([]mmsghdr, batch), answers: make([]mmsghdr, batch),
		senders: make([]unix.RawSockaddrAny, batch), control: make([]byte, batch*controlSize), vectors: make([]unix.Iovec, 2*batch),
		buf: make([]byte, batch*slot), out: make([]byte, 0, maxMessage+batch*maxUDP)}
	for i := range batch {
		d.vectors[i].Base = &d.buf[i*slot]
		d.vectors[i].SetLen(maxMessage)
		h := &d.queries[i].header
		h.Name, h.Iov, h.Control = (*byte)(unsafe.Pointer(&d.senders[i])), &d.vectors[i], &d.control[i*controlSize]
		h.SetIovlen(1)
		d.answers[i].header.Iov = &d.vectors[batch+i]
		d.answers[i].header.SetIovlen(1)
	}
	return d, unix.SetsockoptTimeval(s.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: nap})
}

// exchange sends the answers, and waits a while for the next queries: none is no error. The answers and what query gave
// before are gone then. Lost is how many of the answers the system did not take.
func (d *datagrams) exchange() (taken, lost int, err error) {
	lost = d.send()
	taken, err = d.receive()
	return taken, lost, err
}

// send sends the answers in order. One that the system does not take is left out.
func (d *datagrams) send() (lost int) {
	for sent := 0; sent < d.ready; {
		n, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, d.fd, uintptr(unsafe.Pointer(&d.answers[sent])), uintptr(d.ready-sent), 0, 0, 0)
		switch errno {
		case 0:
			sent += int(n)
		case unix.EINTR:
		default: // it is about the first
			sent++
			lost++
		}
	}
	d.ready, d.out = 0, d.out[:0]
	return lost
}

// receive waits for a first query, and takes those that are there with it.
func (d *datagrams) receive() (taken int, err error) {
	for i := range d.queries {
		h := &d.queries[i].header
		h.Namelen = unix.SizeofSockaddrAny
		h.SetControllen(controlSize)
	}
	n, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, d.fd, uintptr(unsafe.Pointer(&d.queries[0])), uintptr(len(d.queries)),
		unix.MSG_WAITFORONE, 0, 0)
	switch errno {
	case 0:
		return int(n), nil
	case unix.EAGAIN, unix.EINTR:
		return 0, nil
	case unix.EBADF:
		return 0, net.ErrClosed
	default:
		return 0, errno
	}
}

// query is a query that was taken, and who sent it.
func (d *datagrams) query(i int) (msg []byte, sender netip.Addr) {
	at := i * slot
	return d.buf[at : at+int(d.queries[i].size)], addrOf(&d.senders[i])
}

func addrOf(sender *unix.RawSockaddrAny) netip.Addr {
	if sender.Addr.Family == unix.AF_INET {
		return netip.AddrFrom4((*unix.RawSockaddrInet4)(unsafe.Pointer(sender)).Addr)
	}
	return netip.AddrFrom16((*unix.RawSockaddrInet6)(unsafe.Pointer(sender)).Addr)
}

// ends are who sent a query, and where it went to: the address listened on, or on a wildcard address the one that stood in
// the packet. It must be asked before the answer is put.
func (d *datagrams) ends(i int, listening netip.AddrPort) (sender, server netip.AddrPort) {
	raw, port := &d.senders[i], uint16(0)
	if raw.Addr.Family == unix.AF_INET {
		port = (*unix.RawSockaddrInet4)(unsafe.Pointer(raw)).Port
	} else {
		port = (*unix.RawSockaddrInet6)(unsafe.Pointer(raw)).Port
	}
	at, size := i*controlSize, int(d.queries[i].header.Controllen)
	to, ok := destination(d.control[at : at+size])
	if !ok {
		to = listening.Addr()
	}
	return netip.AddrPortFrom(addrOf(raw).Unmap(), port<<8|port>>8), netip.AddrPortFrom(to, listening.Port()) // network order
}

// room is where the next answer is to be written: there is always enough for a message of any size.
func (d *datagrams) room() []byte { return d.out[len(d.out):] }

// answer puts an answer, written into room or not, among those to be sent, to the sender of a query. It leaves from the
// address that the query went to.
func (d *datagrams) answer(i int, msg []byte) {
	at := len(d.out)
	d.out = append(d.out, msg...) // in its place already, but for one that outgrew it
	to, from := &d.answers[d.ready].header, &d.queries[i].header
	to.Iov.Base = &d.out[at]
	to.Iov.SetLen(len(msg))
	to.Name, to.Namelen = from.Name, from.Namelen
	at = i * controlSize
	control := replyFrom(d.control[at : at+int(from.Controllen)])
	to.Control = nil
	to.SetControllen(len(control))
	if len(control) > 0 {
		to.Control = &control[0]
	}
	d.ready++
}
