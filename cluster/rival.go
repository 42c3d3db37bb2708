package cluster

import (
	"context"
	"net"
	"net/netip"
)

// rival is another node with this node's name, living or a memory of the others.
type rival struct {
	addr        netip.AddrPort
	incarnation uint64
}

// settle decides who keeps a name that two nodes have.
//
//	the rival started   and answers at its address   then
//	later               any                          this node goes on, and logs it once
//	earlier             yes                          this node ends: *NameError
//	earlier             no                           this node goes on, and joins again until the others forget
//
// The last row is a node that was killed and has come back at another address before the others declared it dead. Until
// they have, some seconds, they do not take it in: it hears them when it joins them, they hear its heartbeats, which count
// once its former self is silent. Equal starts are ordered by address.
func (j *joiner) settle(ctx context.Context, r rival) (double bool, err error) {
	f := j.facts
	if r.incarnation > f.incarnation || r.incarnation == f.incarnation && j.Addr().Compare(r.addr) < 0 {
		if !j.warned[r] {
			if len(j.warned) >= maxPeers {
				clear(j.warned)
			}
			j.warned[r] = true
			j.logger.Warn("another node has this node's name, and started later: it is refused", "address", r.addr)
		}
		return false, nil
	}
	const tries = 3 // each takes at most memberlist's probe timeout of half a second
	for range tries {
		if ctx.Err() != nil {
			return false, nil
		}
		if _, err := j.list.Ping(f.name, net.UDPAddrFromAddrPort(r.addr)); err == nil {
			return false, &NameError{Name: f.name, Addr: r.addr}
		}
	}
	return true, nil
}

// settleAll settles with the rivals met so far.
func (j *joiner) settleAll(ctx context.Context) error {
	j.double = false
	seen := map[rival]bool{}
	for {
		select {
		case r := <-j.rivals:
			if seen[r] {
				continue
			}
			seen[r] = true
			double, err := j.settle(ctx, r)
			if err != nil {
				return err
			}
			j.double = j.double || double
		default:
			return nil
		}
	}
}
