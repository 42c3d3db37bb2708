package dnsserver

import (
	"encoding/binary"
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"
)

// canShare says whether several sockets can take turns on one UDP port (SO_REUSEPORT).
const canShare = true

// socketOptions sets up a UDP socket: shared port, and on a wildcard address the destination of every packet, so that
// the reply can leave from there.
func socketOptions(addr netip.Addr) func(network, address string, c syscall.RawConn) error {
	return func(_, _ string, c syscall.RawConn) error {
		var err error
		ctlErr := c.Control(func(fd uintptr) {
			if err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err == nil {
				err = setOptions(int(fd), addr)
			}
		})
		if ctlErr != nil {
			return ctlErr
		}
		return err
	}
}

// setOptions has a socket tell the destination of every packet, where that is not known already.
func setOptions(fd int, addr netip.Addr) error {
	switch {
	case !addr.IsUnspecified():
		return nil
	case addr.Is4():
		return unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_PKTINFO, 1)
	default:
		return unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1)
	}
}

// controlSize is room for the one control message that is asked for.
const controlSize = 64

// replyFrom turns the control message of a query into the one that sends the reply from the address asked: the
// interface is left to routing, but for link-local addresses, which mean nothing without it. It works in place.
func replyFrom(control []byte) []byte {
	const header = unix.SizeofCmsghdr
	if len(control) < header {
		return nil
	}
	level := binary.NativeEndian.Uint32(control[header-8:])
	kind := binary.NativeEndian.Uint32(control[header-4:])
	data := control[header:]
	switch {
	case level == unix.IPPROTO_IP && kind == unix.IP_PKTINFO && len(data) >= unix.SizeofInet4Pktinfo:
		clear(data[:4])             // ifindex
		copy(data[4:8], data[8:12]) // source of the reply: the destination in the query's IP header
		clear(data[8:12])
		return control[:header+unix.SizeofInet4Pktinfo]
	case level == unix.IPPROTO_IPV6 && kind == unix.IPV6_PKTINFO && len(data) >= unix.SizeofInet6Pktinfo:
		if !(data[0] == 0xfe && data[1]&0xc0 == 0x80) {
			clear(data[16:20]) // ifindex
		}
		return control[:header+unix.SizeofInet6Pktinfo]
	}
	return nil
}

// destination is where the control message of a query says that it went to.
func destination(control []byte) (addr netip.Addr, ok bool) {
	const header = unix.SizeofCmsghdr
	if len(control) < header {
		return addr, false
	}
	level := binary.NativeEndian.Uint32(control[header-8:])
	kind := binary.NativeEndian.Uint32(control[header-4:])
	data := control[header:]
	switch {
	case level == unix.IPPROTO_IP && kind == unix.IP_PKTINFO && len(data) >= unix.SizeofInet4Pktinfo:
		return netip.AddrFrom4([4]byte(data[8:12])), true
	case level == unix.IPPROTO_IPV6 && kind == unix.IPV6_PKTINFO && len(data) >= unix.SizeofInet6Pktinfo:
		return netip.AddrFrom16([16]byte(data[:16])), true
	}
	return addr, false
}
