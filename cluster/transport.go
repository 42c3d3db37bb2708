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

// transport moves packets and streams.
type transport interface {
	send(packet []byte, p path) error
	dial(ctx context.Context, p path) (net.Conn, error)
	bound() netip.AddrPort // where it listens
	PacketCh() <-chan *memberlist.Packet
	StreamCh() <-chan net.Conn
	duplicates() (Sockets, error) // of what it listens by; the caller's, also those beside an error
	Shutdown() error
}

// opener opens a transport that listens at an address, by sockets that are open if there are any, and takes in only what a
// gate lets in.
type opener func(listen netip.AddrPort, g *gate, open Sockets) (transport, error)

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
func (n *Node) listen(ctx context.Context) (*paths, []netip.AddrPort, error) {
	g := newGate(n.options.Allow, len(n.options.Keys) > 0, &n.refused)
	t, err := n.options.open(n.options.Listen, g, n.options.Sockets)
	if err != nil {
		return nil, nil, n.listenError(err)
	}
	list := n.reached(ctx, t.bound())
	if len(list) == 0 {
		t.Shutdown()
		return nil, nil, errors.New("cluster.advertise: no address of this host is one that peers could reach: state one")
	}
	p := &paths{transport: t, peer: n.facts.addrs, allows: g.allows}
	if t.bound().Addr().IsUnspecified() {
		p.sources = list
	}
	return p, list, nil
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
