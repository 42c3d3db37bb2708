package steering

import (
	"encoding/binary"
	"net/netip"
)

// Slices is how many slices the clients of a colo are cut into.
const Slices = 100

// Key is a hash of a client's prefix, the same on every node.
type Key uint64

// Slice is the key's part in what is given to some clients and not yet to others, from 0 to Slices-1.
func (k Key) Slice() Slice { return Slice(k % Slices) }

// Slice is one of the parts that clients are cut into.
type Slice uint8

// The shortest prefixes that have a key: clients in one of them are not told apart.
const (
	sliceBits4 = 16
	sliceBits6 = 32
)

// KeyOf is the key of a client whose region's leaf in the map has the depth given, and how many bits of its address
// it hangs on: the depth, or 16 (IPv4) or 32 (IPv6), whichever is longer. An IPv4 address in IPv6 counts as IPv4. It
// allocates nothing.
func KeyOf(client netip.Addr, depth int) (key Key, bits int) {
	client = client.Unmap()
	bits = max(depth, sliceBits6)
	if client.Is4() {
		bits = max(depth, sliceBits4)
	}
	prefix, err := client.Prefix(bits)
	if err != nil || !prefix.IsValid() {
		return 0, depth // no address, or a map that is deeper than one
	}
	b := prefix.Addr().As16()
	return Key(mix(binary.BigEndian.Uint64(b[:8]) ^ mix(binary.BigEndian.Uint64(b[8:])) ^ uint64(bits))), bits
}
