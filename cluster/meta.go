package cluster

import (
	"encoding/binary"
	"net/netip"
	"slices"
)

// maxAddrs is at how many addresses a member may be reached. With them its metadata fits the 512 octets that memberlist
// grants.
const maxAddrs = 4

// meta is what a member says of itself when it joins.
type meta struct {
	Incarnation uint64
	Colo        string
	Version     string
	Addrs       []netip.AddrPort // where it is reached, the one that memberlist uses among them
	DNS         []netip.AddrPort // where it answers queries; unspecified: at the addresses above
	unread      bool             // it was not understood: the member speaks another format version
}

func putMeta(b []byte, v *meta) []byte {
	b = append(b, format)
	b = binary.BigEndian.AppendUint64(b, v.Incarnation)
	b = putText(b, v.Colo)
	b = putText(b, v.Version)
	b = putAddrPorts(b, v.Addrs)
	return putAddrPorts(b, v.DNS)
}

func putAddrPorts(b []byte, list []netip.AddrPort) []byte {
	b = append(b, byte(len(list)))
	for _, a := range list {
		b = putText(b, string(a.Addr().AsSlice()))
		b = binary.BigEndian.AppendUint16(b, a.Port())
	}
	return b
}

func readMeta(b []byte) (v meta, err error) {
	r := &reader{b: b}
	if f := r.octet(); r.err == nil && f != format {
		return v, errFormat
	}
	v.Incarnation = r.word()
	v.Colo, v.Version = r.text(maxName), r.text(maxVersion)
	v.Addrs, v.DNS = r.addrPorts(), r.addrPorts()
	for _, a := range v.Addrs {
		if a.Addr().IsUnspecified() {
			r.fail(errBounds)
		}
	}
	return v, r.end()
}

func (r *reader) addrPorts() (list []netip.AddrPort) {
	for range r.count(maxAddrs, 1+4+2) {
		list = append(list, r.addrPort())
	}
	return list
}

func (r *reader) addrPort() netip.AddrPort {
	addr, ok := netip.AddrFromSlice([]byte(r.text(16)))
	if !ok || addr.Is4In6() || addr.IsMulticast() {
		r.fail(errBounds)
	}
	var port uint16
	if b := r.take(2); b != nil {
		port = binary.BigEndian.Uint16(b)
	}
	return netip.AddrPortFrom(addr, port)
}

// all gives the addresses of a member that memberlist reaches at one of them: that one first.
func (v *meta) all(first netip.AddrPort) []netip.AddrPort {
	list := []netip.AddrPort{first}
	for _, a := range v.Addrs {
		if !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	return list
}

// dns gives the addresses at which a member answers queries: those that it names, and for one that is unspecified all of
// that family at which it is reached.
func (p *peer) dns() (list []netip.AddrPort) {
	add := func(a netip.AddrPort) {
		if !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	for _, named := range p.meta.DNS {
		if !named.Addr().IsUnspecified() {
			add(named)
			continue
		}
		for _, a := range p.addrs {
			if a.Addr().Is4() == named.Addr().Is4() {
				add(netip.AddrPortFrom(a.Addr(), named.Port()))
			}
		}
	}
	return list
}
