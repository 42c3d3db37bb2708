package cluster

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// resolveTimeout bounds the look-up of all names.
const resolveTimeout = 2 * time.Second

// resolver gives the addresses of a host's name.
type resolver func(ctx context.Context, host string) ([]netip.Addr, error)

// resolve gives the addresses of the configured peers.
func (j *joiner) resolve(ctx context.Context) []netip.AddrPort {
	ctx, cancel := context.WithTimeout(ctx, resolveTimeout)
	defer cancel()
	var peers []netip.AddrPort
	for _, peer := range j.options.Join {
		host, port, _ := splitPeer(peer) // New checked it
		if addr, err := netip.ParseAddr(host); err == nil {
			peers = append(peers, netip.AddrPortFrom(addr.Unmap(), port))
			continue
		}
		addrs, err := j.options.lookup(ctx, host)
		if err != nil && !j.deaf[host] {
			j.logger.Warn("a peer's name has no address now", "peer", host, "again_every", j.options.Rejoin, "error", err)
		}
		j.deaf[host] = err != nil
		for _, addr := range addrs {
			if addr = addr.Unmap(); j.options.Listen.Addr().Is6() || addr.Is4() {
				peers = append(peers, netip.AddrPortFrom(addr, port))
			}
		}
	}
	return peers
}

// isSelf says whether an address is this node's own: the list of peers may be the same on all nodes.
func (j *joiner) isSelf(peer netip.AddrPort) bool {
	own, listen := j.ownAddrs(), j.options.Listen.Addr()
	return slices.Contains(own, peer) || slices.ContainsFunc(own, func(a netip.AddrPort) bool { return a.Port() == peer.Port() }) &&
		(peer.Addr() == listen || listen.IsUnspecified() && isLocal(peer.Addr()))
}

// splitPeer takes apart "host:port", "host", "2001:db8::1" or "[2001:db8::1]:port".
func splitPeer(peer string) (host string, port uint16, err error) {
	if addr, err := netip.ParseAddr(strings.Trim(peer, "[]")); err == nil {
		return addr.String(), DefaultPort, nil
	}
	host, text, err := net.SplitHostPort(peer)
	if err != nil {
		if peer == "" || strings.ContainsAny(peer, "[]: /") {
			return "", 0, errors.New("cluster.join: " + strconv.Quote(peer) + " is neither host nor host:port")
		}
		return peer, DefaultPort, nil
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 || host == "" {
		return "", 0, errors.New("cluster.join: " + strconv.Quote(peer) + " is neither host nor host:port")
	}
	return host, uint16(n), nil
}
