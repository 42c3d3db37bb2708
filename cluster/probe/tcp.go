package probe

import (
	"context"
	"net/netip"

	"leeward/steering"
)

// newTCP makes a check that passes when a TCP connection is established.
func newTCP(c steering.Check, d *dialer) ask {
	return func(ctx context.Context, addr netip.Addr) error {
		_, closeConn, err := d.dial(ctx, "tcp", netip.AddrPortFrom(addr.Unmap(), c.Port))
		if err != nil {
			return err
		}
		closeConn()
		return nil
	}
}
