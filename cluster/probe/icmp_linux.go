package probe

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"syscall"
)

// icmpErrors hears who sent the ICMP error that ended a connection's opening. A packet filter that rejects is by default
// one that answers "port unreachable", and connect says of that what it says of a reset by the host.
//
// The kernel keeps such errors with the socket (IP_RECVERR), but the net package closes a socket that did not connect: so
// this holds on to it under a descriptor of its own. The zero value has none.
type icmpErrors struct{ fd int }

// control is a dialer's control that holds on to the socket, after another, which may be nil.
func (i *icmpErrors) control(next func(network, address string, c syscall.RawConn) error) func(network, address string, c syscall.RawConn) error {
	return func(network, address string, c syscall.RawConn) error {
		if next != nil {
			if err := next(network, address, c); err != nil {
				return err
			}
		}
		var held error
		err := c.Control(func(fd uintptr) { held = i.hold(int(fd), network) })
		return errors.Join(err, held)
	}
}

func (i *icmpErrors) hold(fd int, network string) (err error) {
	// Where these cannot be set, no ICMP error is kept: a refusal is then taken for the host's.
	if network == "tcp6" {
		_ = syscall.SetsockoptInt(fd, syscall.IPPROTO_IPV6, syscall.IPV6_RECVERR, 1)
	} else {
		_ = syscall.SetsockoptInt(fd, syscall.IPPROTO_IP, syscall.IP_RECVERR, 1)
	}
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if i.fd, err = syscall.Dup(fd); err == nil {
		syscall.CloseOnExec(i.fd)
	}
	return err
}

func (i *icmpErrors) close() {
	if i.fd > 0 {
		_ = syscall.Close(i.fd) // nothing is written to it
	}
}

// from gives the sender of the ICMP error, or the zero address where there was none.
func (i *icmpErrors) from() netip.Addr {
	if i.fd <= 0 {
		return netip.Addr{}
	}
	oob := make([]byte, 512)
	_, n, _, _, err := syscall.Recvmsg(i.fd, nil, oob, syscall.MSG_ERRQUEUE|syscall.MSG_DONTWAIT)
	if err != nil {
		return netip.Addr{}
	}
	messages, err := syscall.ParseSocketControlMessage(oob[:n])
	if err != nil {
		return netip.Addr{}
	}
	for _, m := range messages {
		if m.Header.Level == syscall.IPPROTO_IP && m.Header.Type == syscall.IP_RECVERR ||
			m.Header.Level == syscall.IPPROTO_IPV6 && m.Header.Type == syscall.IPV6_RECVERR {
			return offender(m.Data)
		}
	}
	return netip.Addr{}
}

// offender takes the sender out of a struct sock_extended_err, 16 octets, and the address after it.
func offender(b []byte) netip.Addr {
	const origin, icmp, icmp6, address = 4, 2, 3, 16
	if len(b) < address+16 || b[origin] != icmp && b[origin] != icmp6 {
		return netip.Addr{}
	}
	b = b[address:]
	switch family := binary.NativeEndian.Uint16(b); {
	case family == syscall.AF_INET:
		return netip.AddrFrom4([4]byte(b[4:8]))
	case family == syscall.AF_INET6 && len(b) >= 24:
		return netip.AddrFrom16([16]byte(b[8:24])).Unmap()
	}
	return netip.Addr{}
}
