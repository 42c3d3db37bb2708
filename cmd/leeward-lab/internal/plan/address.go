package plan

import (
	"fmt"
	"net/netip"
	"slices"
)

// Addresses. Colo N, uplink U, upstream K and eyeball network E are counted from 1.
//
//	10.N.U.0/24            uplink: .1 web, .53 nameserver, .254 the upstream's router
//	172.16.(16I+K).0/30    peering of upstreams I < K: .1 and .2
//	172.17.(16E+K).0/30    eyeball network and upstream: .1 the upstream, .2 the eyeball network
//	192.0.2.8K/29          witness of an upstream: .8K+1 the router, .8K+2 the witness
//	203.0.113.0/24, ...    eyeball network: .10 client, .11 asks nameservers, .53 resolver, .54 resolver without ECS
//	198.19.0.0/24, ...     a crowd of clients who stand where iad stands; told by ECS like the next
//	198.18.N.0/24          clients who stand where colo N stands; told by ECS, nothing has these addresses

// Web is the web server's address on an uplink.
func (w World) Web(u Uplink) netip.Addr { return w.on(u, 1) }

// Server is the nameserver's address on an uplink.
func (w World) Server(u Uplink) netip.Addr { return w.on(u, 53) }

// Gateway is the upstream's router on an uplink.
func (w World) Gateway(u Uplink) netip.Addr { return w.on(u, 254) }

// Prefix is what is reached through an uplink.
func (w World) Prefix(u Uplink) netip.Prefix { return netip.PrefixFrom(w.on(u, 0), 24) }

func (w World) on(u Uplink, host byte) netip.Addr {
	n := w.number(u.Colo)
	return netip.AddrFrom4([4]byte{10, byte(n), byte(slices.Index(w.Colos[n-1].Upstreams, u.Upstream) + 1), host})
}

// Peering is a link between two upstreams: the address of either.
func (w World) Peering(one, other string) (netip.Addr, netip.Addr) {
	i, k := w.upstream(one), w.upstream(other)
	if i > k {
		there, here := w.Peering(other, one)
		return here, there
	}
	return netip.AddrFrom4([4]byte{172, 16, byte(16*i + k), 1}), netip.AddrFrom4([4]byte{172, 16, byte(16*i + k), 2})
}

// Access is the link of an eyeball network with an upstream: the upstream's address and the eyeball network's.
func (w World) Access(eye, upstream string) (theirs, ours netip.Addr) {
	e := slices.IndexFunc(w.Eyes, func(e Eye) bool { return e.Name == eye }) + 1
	third := byte(16*e + w.upstream(upstream))
	return netip.AddrFrom4([4]byte{172, 17, third, 1}), netip.AddrFrom4([4]byte{172, 17, third, 2})
}

// Witness is the witness of an upstream, and its router.
func (w World) Witness(upstream string) (witness, router netip.Addr) {
	base := byte(8 * w.upstream(upstream))
	return netip.AddrFrom4([4]byte{192, 0, 2, base + 2}), netip.AddrFrom4([4]byte{192, 0, 2, base + 1})
}

// WitnessPrefix is the network of an upstream's witness.
func (w World) WitnessPrefix(upstream string) netip.Prefix {
	witness, _ := w.Witness(upstream)
	return netip.PrefixFrom(witness, 29).Masked()
}

// Place is the prefix of the clients who stand where a colo stands.
func (w World) Place(colo string) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{198, 18, byte(w.number(colo)), 0}), 24)
}

// crowded is where the crowd stands: in Washington, next to iad.
var crowded = Location{38.94, -77.46}

// Crowd are many networks of clients at one place.
func Crowd() []netip.Prefix {
	var list []netip.Prefix
	for i := range byte(50) {
		list = append(list, netip.PrefixFrom(netip.AddrFrom4([4]byte{198, 19, i, 0}), 24))
	}
	return list
}

// Host is an address of an eyeball network.
func (e Eye) Host(last byte) netip.Addr {
	a := e.Prefix.Addr().As4()
	a[3] = last
	return netip.AddrFrom4(a)
}

// Hosts of an eyeball network.
const (
	ClientHost   = 10
	AskerHost    = 11
	ResolverHost = 53 // tells nameservers the client's subnet
	PlainHost    = 54 // does not
)

// NodeName is the name of the node in a colo.
func (w World) NodeName(colo string) string { return fmt.Sprintf("ns%d-%s", w.number(colo), colo) }

func (w World) upstream(name string) int {
	i := slices.Index(w.Upstreams, name)
	if i < 0 {
		panic(fmt.Sprintf("the world has no upstream %q", name)) // a scenario is wrong
	}
	return i + 1
}
