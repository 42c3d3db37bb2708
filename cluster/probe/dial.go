package probe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"

	"leeward/steering"
)

// userAgent is what HTTP probes call themselves.
const userAgent = "leeward-probe"

// newAsk makes the check that the options ask for, whole but for the address. Errors name the key at fault.
func newAsk(c steering.Check, d *dialer) (ask, error) {
	switch c.Type {
	case steering.CheckTCP:
		return newTCP(c, d), nil
	case steering.CheckHTTP, steering.CheckHTTPS:
		return newHTTP(c, d)
	case steering.CheckDNS:
		return newDNS(c, d)
	}
	return nil, fmt.Errorf("check.type %q: there are tcp, http, https and dns", c.Type)
}

// dialer opens connections to addresses.
type dialer struct {
	control func(network, address string, c syscall.RawConn) error
}

// dial connects to addr. Reads and writes fail once ctx has ended. The caller must call the function returned, which
// closes the connection and leaves nothing of it.
//
// TCP connections are closed with a reset (SO_LINGER 0). A plain close by the side that closes first leaves a TIME_WAIT
// for a minute: 60 of them for each target at one probe a second, here or, worse, at the target. Nobody waits for data
// still on its way: the check is over.
func (d *dialer) dial(ctx context.Context, network string, addr netip.AddrPort) (net.Conn, func(), error) {
	dialer := net.Dialer{Control: d.control, KeepAlive: -1}
	conn, err := dialer.DialContext(ctx, network, addr.String())
	switch {
	case errors.Is(err, syscall.ENETUNREACH) && !routed(addr):
		return nil, nil, noRoute{addr.Addr()}
	case errors.Is(err, syscall.EACCES) && routed(addr):
		return nil, nil, prohibited
	case err != nil:
		return nil, nil, err
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // if it cannot be set, the connection is closed the plain way
	}
	woken := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		_ = conn.SetDeadline(time.Unix(1, 0)) // fails only on a closed connection
		close(woken)
	})
	return conn, func() {
		if !stop() {
			<-woken
		}
		_ = conn.Close() // the check has its result
	}, nil
}

// prohibited is the error of a way on which a router forbids it (ICMPv6 administratively prohibited, and the like): Linux
// gives the number that a forbidding route of the host's own gives too.
const prohibited = word("prohibited by a router")

// noRoute is the error of a host that has no route to an address itself.
type noRoute struct{ to netip.Addr }

func (e noRoute) Error() string { return "this host has no route to " + e.to.String() }

// routed says whether this host has a route to an address, and allows it. "Network unreachable" and "permission denied" may
// also be the word of a router on the way; connecting a UDP socket asks only the host's own table, and sends nothing.
func routed(addr netip.AddrPort) bool {
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(addr))
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}
