package probe

import (
	"context"
	"errors"
	"net/netip"
	"syscall"
)

// reach asks whether an address is reached at all, by TCP. The first row that fits:
//
//	what comes back                          reached
//	a connection                             yes
//	a refusal or a reset of the host         yes: the host is there, whatever it runs
//	nothing, or a router's word on the way   no
func (d *dialer) reach(ctx context.Context, addr netip.AddrPort) error {
	_, closeConn, err := d.dial(ctx, "tcp", netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port()))
	switch {
	case err == nil:
		closeConn()
		return nil
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ECONNRESET):
		return nil
	}
	return err
}
