package cluster

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/hashicorp/memberlist"
)

// path is a way to a peer.
type path struct {
	from netip.Addr // of this host; zero: as its routes say
	to   netip.AddrPort
}

// paths is the transport that memberlist sees. What goes to a peer goes to each of its addresses, from each of this node's
// of the same family, at once: whichever one upstream is dead, here or there, one path is alive, and nobody has to find out
// which. The gate drops what arrives twice.
type paths struct {
	transport
	sources []netip.AddrPort                   // own addresses; with one of a family its routes decide
	peer    func(name string) []netip.AddrPort // all addresses of a member; nil: unknown
	allows  func(addr netip.Addr) bool
}

// to gives the addresses of a peer, the one that memberlist knows first.
func (t *paths) to(a memberlist.Address) ([]netip.AddrPort, error) {
	first, err := netip.ParseAddrPort(a.Addr)
	if err != nil {
		return nil, err
	}
	known := t.peer(a.Name)
	if len(known) == 0 || len(known) == 1 && known[0] == first {
		return []netip.AddrPort{first}, nil
	}
	list := []netip.AddrPort{first}
	for _, to := range known {
		if to != first && t.allows(to.Addr()) && (to.Addr().Is4() || t.bound().Addr().Is6()) {
			list = append(list, to)
		}
	}
	return list, nil
}

// from gives the addresses from which to speak to one. Without any, the host's routes decide.
func (t *paths) from(to netip.AddrPort) []netip.Addr {
	var list []netip.Addr
	for _, a := range t.sources {
		if a.Addr().Is4() == to.Addr().Is4() && !slices.Contains(list, a.Addr()) {
			list = append(list, a.Addr())
		}
	}
	if len(list) < 2 {
		return nil
	}
	return list
}

func (t *paths) WriteToAddress(b []byte, a memberlist.Address) (time.Time, error) {
	now := time.Now()
	peer, err := t.to(a)
	if err != nil {
		return now, err
	}
	var errs []error
	for _, to := range peer {
		if err := t.sendTo(b, to); err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) < len(peer) {
		return now, nil
	}
	return now, errs[0]
}

// sendTo sends to one address, from each own that the host has now, and as its routes say if it has none of them.
func (t *paths) sendTo(b []byte, to netip.AddrPort) error {
	sent := false
	for _, from := range t.from(to) {
		sent = t.send(b, path{from, to}) == nil || sent
	}
	if sent {
		return nil
	}
	return t.send(b, path{to: to})
}

func (t *paths) WriteTo(b []byte, addr string) (time.Time, error) {
	return t.WriteToAddress(b, memberlist.Address{Addr: addr})
}

func (t *paths) DialTimeout(addr string, timeout time.Duration) (net.Conn, error) {
	return t.DialAddressTimeout(memberlist.Address{Addr: addr}, timeout)
}

// DialAddressTimeout opens a stream on the first path that allows one.
func (t *paths) DialAddressTimeout(a memberlist.Address, timeout time.Duration) (net.Conn, error) {
	peer, err := t.to(a)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(context.Background(), timeout)
	defer stop()
	conn, err := t.race(ctx, t.ways(peer))
	if err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(time.Now().Add(timeout)); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// ways gives all paths to a peer: first those that have neither end in common, and last, where the paths leave from own
// addresses, as the host's routes say, in case it has none of them.
func (t *paths) ways(peer []netip.AddrPort) []path {
	type way struct {
		path
		turn int
	}
	var list []way
	for i, to := range peer {
		own := t.from(to)
		for j, from := range own {
			list = append(list, way{path{from, to}, (j - i + len(own)*len(peer)) % len(own)})
		}
		list = append(list, way{path{to: to}, len(own)})
	}
	slices.SortStableFunc(list, func(a, b way) int { return cmp.Compare(a.turn, b.turn) })
	ways := make([]path, len(list))
	for i, w := range list {
		ways[i] = w.path
	}
	return ways
}

// stagger is how long a stream may take to open before the next path is tried beside it.
const stagger = 250 * time.Millisecond

// race dials paths, each when the one before has failed or takes long, and gives the first stream that opens.
func (t *paths) race(ctx context.Context, ways []path) (net.Conn, error) {
	if len(ways) == 1 {
		return t.dial(ctx, ways[0])
	}
	type result struct {
		conn net.Conn
		err  error
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	results := make(chan result)
	next := time.NewTimer(0)
	defer next.Stop()
	var won net.Conn
	var errs []error
	for begun, under := 0, 0; ; {
		more := begun < len(ways) && won == nil && ctx.Err() == nil
		if !more && under == 0 {
			break
		}
		select {
		case <-next.C:
			if more {
				p := ways[begun]
				go func() {
					conn, err := t.dial(ctx, p)
					results <- result{conn, err}
				}()
				begun, under = begun+1, under+1
				next.Reset(stagger)
			}
		case r := <-results:
			under--
			switch {
			case r.err != nil:
				errs = append(errs, r.err)
				next.Reset(0)
			case won == nil:
				won = r.conn
				stop()
			default:
				r.conn.Close()
			}
		}
	}
	switch {
	case won != nil:
		return won, nil
	case len(errs) == 0: // the time was over before the first was dialled
		return nil, ctx.Err()
	}
	return nil, errors.Join(errs...)
}

func (t *paths) FinalAdvertiseAddr(ip string, port int) (net.IP, int, error) {
	addr, err := netip.ParseAddr(ip) // config always states it
	return addr.AsSlice(), port, err
}
