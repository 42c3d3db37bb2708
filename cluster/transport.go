package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"

	"github.com/hashicorp/memberlist"
)

// transport moves memberlist's packets and streams.
type transport interface {
	memberlist.NodeAwareTransport
	bound() netip.AddrPort // where it listens
}

// opener opens a transport that listens at an address and takes only what comes from the allowed prefixes, or from
// anywhere if there are none.
type opener func(listen netip.AddrPort, allow []netip.Prefix) (transport, error)

// listenError says why gossip cannot listen.
func (n *Node) listenError(err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("cluster.listen: %s is in use by another program", n.options.Listen)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("cluster.listen: %s is no address of this host", n.options.Listen)
	}
	return fmt.Errorf("cluster.listen: %s: %w", n.options.Listen, err)
}

// listen opens the node's transport and finds the addresses at which peers reach it.
func (n *Node) listen(ctx context.Context) (transport, []netip.AddrPort, error) {
	t, err := n.options.open(n.options.Listen, n.options.Allow)
	if err != nil {
		return nil, nil, n.listenError(err)
	}
	if list := n.reached(ctx, t.bound()); len(list) > 0 {
		return t, list, nil
	}
	t.Shutdown()
	return nil, nil, errors.New("cluster.advertise: no address of this host is one that peers could reach: state one")
}

// reached gives the addresses at which peers reach this node, which listens at an address.
func (n *Node) reached(ctx context.Context, bound netip.AddrPort) []netip.AddrPort {
	var list []netip.AddrPort
	for _, a := range n.options.Advertise {
		if a.Port() == 0 {
			a = netip.AddrPortFrom(a.Addr(), bound.Port())
		}
		list = append(list, netip.AddrPortFrom(a.Addr().Unmap(), a.Port()))
	}
	if len(list) > 0 {
		return list
	}
	addr := bound.Addr()
	if addr.IsUnspecified() {
		addr = n.outward(ctx, addr.Is4())
	}
	if !addr.IsValid() {
		return nil
	}
	return []netip.AddrPort{netip.AddrPortFrom(addr.Unmap(), bound.Port())}
}

// outward gives the address from which this host would speak to the first peer that is not itself; without one, the
// first global address of its interfaces, else loopback.
func (n *Node) outward(ctx context.Context, v4 bool) netip.Addr {
	j := &joiner{Node: n, deaf: map[string]bool{}}
	for _, peer := range j.resolve(ctx) {
		// Connecting a UDP socket picks the source address and sends nothing.
		conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(peer))
		if err != nil {
			continue
		}
		addr := conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()
		conn.Close()
		if addr != peer.Addr() && (addr.Is4() || !v4) {
			return addr.WithZone("")
		}
	}
	var loopback netip.Addr
	for _, addr := range localAddrs() {
		switch {
		case v4 && !addr.Is4():
		case addr.IsGlobalUnicast():
			return addr
		case addr.IsLoopback() && !loopback.IsValid():
			loopback = addr
		}
	}
	return loopback
}

func localAddrs() []netip.Addr {
	list, _ := net.InterfaceAddrs() // none known is as good as none there
	var addrs []netip.Addr
	for _, a := range list {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			addrs = append(addrs, p.Addr().Unmap())
		}
	}
	return addrs
}

func isLocal(addr netip.Addr) bool {
	if addr.IsLoopback() {
		return true
	}
	for _, a := range localAddrs() {
		if a == addr {
			return true
		}
	}
	return false
}
