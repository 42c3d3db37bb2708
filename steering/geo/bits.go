package geo

import (
	"encoding/binary"
	"net/netip"
)

// bits is an address as its bits from the left: an IPv4 address is the first 32.
type bits struct{ hi, lo uint64 }

// bitsOf takes an address that is not IPv4 in IPv6.
func bitsOf(addr netip.Addr) bits {
	if addr.Is4() {
		a := addr.As4()
		return bits{hi: uint64(binary.BigEndian.Uint32(a[:])) << 32}
	}
	a := addr.As16()
	return bits{binary.BigEndian.Uint64(a[:8]), binary.BigEndian.Uint64(a[8:])}
}

func (b bits) first() uint64 { return b.hi >> 63 }

func (b bits) shift() bits { return bits{b.hi<<1 | b.lo>>63, b.lo << 1} }

// at is the bit at a depth, from 0 at the left.
func (b bits) at(depth int) int {
	if depth < 64 {
		return int(b.hi >> (63 - depth) & 1)
	}
	return int(b.lo >> (127 - depth) & 1)
}

// with sets the bit at a depth, from 0 at the left.
func (b bits) with(depth int) bits {
	if depth < 64 {
		b.hi |= 1 << (63 - depth)
	} else {
		b.lo |= 1 << (127 - depth)
	}
	return b
}

// prefix is the network of the first n bits, in a family whose addresses have width bits.
func (b bits) prefix(n, width int) netip.Prefix {
	var a [16]byte
	binary.BigEndian.PutUint64(a[:8], b.hi)
	binary.BigEndian.PutUint64(a[8:], b.lo)
	if width == 32 {
		return netip.PrefixFrom(netip.AddrFrom4([4]byte(a[:4])), n).Masked()
	}
	return netip.PrefixFrom(netip.AddrFrom16(a), n).Masked()
}
