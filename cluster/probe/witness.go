package probe

import (
	"context"
	"errors"
	"net/netip"
	"syscall"
)

// reach asks whether an address is reached at all, by TCP. The first row that fits:
//
//	what comes back                              reached
//	a connection                                 yes
//	a refusal by a router (ICMP; on Linux)       no: it is the way that ends there
//	a refusal or a reset                         yes: the host is there, whatever it runs
//	nothing was sent, for want of a route        no: of a target that says nothing, but this node does not see out
//	nothing, or another word of a router         no
func (d *dialer) reach(ctx context.Context, addr netip.AddrPort) error {
	addr = netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port())
	var heard icmpErrors
	defer heard.close()
	listening := dialer{control: heard.control(d.control)}
	_, closeConn, err := listening.dial(ctx, "tcp", addr)
	switch {
	case err == nil:
		closeConn()
		return nil
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ECONNRESET):
		if by := heard.from(); by.IsValid() && by != addr.Addr().WithZone("") {
			return word("refused by a router, " + by.String())
		}
		return nil
	}
	if _, ok := errors.AsType[noRoute](err); ok {
		return word("this host has no route")
	}
	return err
}
