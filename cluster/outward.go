package cluster

import (
	"context"
	"net"
	"net/netip"
)

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
