package geo

import (
	"fmt"
	"net/netip"

	"github.com/oschwald/maxminddb-golang/v2"
)

// tree is the search tree of a MaxMind DB, read node by node. The library offers its networks only as a list, on which
// a damaged file can keep it busy without end, and which loses the shape that the fold into a trie needs.
//
// A number below count is a node, count is nothing, and what is beyond points into the data section. The zero tree is
// empty.
type tree struct {
	data   []byte
	count  uint32 // of nodes
	size   uint   // of a record in bits: 24, 28 or 32
	v4, v6 uint32 // roots; in a database of both families v4 lies in v6, at ::/96 and often at aliases of it
}

// separator is how many bytes lie between the search tree and the data section.
const separator = 16

func newTree(data []byte, meta maxminddb.Metadata) (tree, error) {
	switch {
	case meta.BinaryFormatMajorVersion != 2:
		return tree{}, fmt.Errorf("MaxMind DB format version %d: only version 2 is known", meta.BinaryFormatMajorVersion)
	case meta.RecordSize != 24 && meta.RecordSize != 28 && meta.RecordSize != 32:
		return tree{}, fmt.Errorf("search tree with records of %d bits: 24, 28 or 32 are possible", meta.RecordSize)
	case meta.IPVersion != 4 && meta.IPVersion != 6:
		return tree{}, fmt.Errorf("database for IP version %d", meta.IPVersion)
	case meta.NodeCount > 1<<32-1 || meta.NodeCount*meta.RecordSize/4 > uint(len(data)):
		return tree{}, fmt.Errorf("search tree of %d nodes in a file of %d bytes", meta.NodeCount, len(data))
	}
	t := tree{data: data, count: uint32(meta.NodeCount), size: meta.RecordSize}
	if meta.IPVersion == 4 {
		t.v6 = t.count
		return t, nil
	}
	for depth := 0; depth < 96 && t.isNode(t.v4); depth++ {
		t.v4 = t.halves(t.v4)[0]
	}
	return t, nil
}

func (t *tree) isNode(at uint32) bool { return at < t.count }

// halves are the two records of a node.
func (t *tree) halves(node uint32) [2]uint32 {
	switch t.size {
	case 24:
		b := t.data[int(node)*6:][:6]
		return [2]uint32{uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2]), uint32(b[3])<<16 | uint32(b[4])<<8 | uint32(b[5])}
	case 28: // the byte in the middle holds the high four bits of both
		b := t.data[int(node)*7:][:7]
		return [2]uint32{
			uint32(b[3]>>4)<<24 | uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2]),
			uint32(b[3]&15)<<24 | uint32(b[4])<<16 | uint32(b[5])<<8 | uint32(b[6]),
		}
	default:
		b := t.data[int(node)*8:][:8]
		return [2]uint32{
			uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3]),
			uint32(b[4])<<24 | uint32(b[5])<<16 | uint32(b[6])<<8 | uint32(b[7]),
		}
	}
}

// halves6 are the halves of a node in the IPv6 tree. The IPv4 tree within it is left out, at ::/96 and at its aliases
// (::ffff:0:0/96, 2001::/32, 2002::/16): no IPv6 client has an address in the first two, Teredo addresses begin with the
// address of the server, not of the client, and 6to4 (RFC 7526) is not worth a second copy of the IPv4 map.
func (t *tree) halves6(node uint32) [2]uint32 {
	h := t.halves(node)
	for i := range h {
		if h[i] == t.v4 && t.isNode(t.v4) {
			h[i] = t.count
		}
	}
	return h
}

// offset is where in the data section a record points. The record is neither a node nor nothing.
func (t *tree) offset(at uint32) (uintptr, error) {
	if at-t.count < separator {
		return 0, fmt.Errorf("the search tree is damaged: it points between tree and data")
	}
	return uintptr(at - t.count - separator), nil
}

// find is the record of an address. Without an address ok is false. An IPv4 address in IPv6 counts as IPv4.
func (t *tree) find(addr netip.Addr) (at uint32, ok bool) {
	addr = addr.Unmap()
	if !addr.IsValid() {
		return 0, false
	}
	at, halves := t.v6, t.halves6
	if addr.Is4() {
		at, halves = t.v4, t.halves
	}
	a := bitsOf(addr)
	for depth := addr.BitLen(); depth > 0 && t.isNode(at); depth-- {
		at = halves(at)[a.first()]
		a = a.shift()
	}
	if t.isNode(at) {
		return t.count, true // deeper than an address is long: damaged, which Compile tells
	}
	return at, true
}
