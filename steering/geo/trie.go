package geo

import mathbits "math/bits"

// family is the tries of IPv4 or IPv6.
type family [tries]trie

// trie maps every address of a family to a value: a region, a country or an autonomous system. It is two flat arrays without
// pointers: nothing for the garbage collector to follow, eight bytes a node.
//
// A value is a node's position in nodes or, with leafBit set, a leaf: its depth in the trie and what it stands for. No
// two leaves that are halves of one node stand for the same, so the depth of a leaf is the exact scope.
type trie struct {
	top   []uint32    // by the first skip bits of an address, to begin there instead of at the root
	skip  int         // 0 to maxSkip; fewer in a small trie, so that top is no larger than nodes
	nodes [][2]uint32 // by the next bit
}

const (
	maxSkip    = 16
	leafBit    = 1 << 31
	depthShift = 23 // 8 bits: 0 to 128
	valueMask  = 1<<depthShift - 1
)

// newTrie takes the nodes of a trie and its root, a value.
func newTrie(nodes [][2]uint32, root uint32) trie {
	skip := min(mathbits.Len(uint(len(nodes))), maxSkip)
	t := trie{top: make([]uint32, 1<<skip), skip: skip, nodes: nodes}
	t.fill(t.top, root)
	return t
}

// fill sets the values below a point of the trie, for a power of two of them.
func (t *trie) fill(top []uint32, at uint32) {
	if len(top) > 1 && at&leafBit == 0 {
		half := len(top) / 2
		t.fill(top[:half], t.nodes[at][0])
		t.fill(top[half:], t.nodes[at][1])
		return
	}
	for i := range top {
		top[i] = at
	}
}

// find is the leaf of an address.
func (t *trie) find(a bits) (value uint32, depth int) {
	at := t.top[a.hi>>(64-t.skip)]
	word := a.hi << t.skip
	for left := 64 - t.skip; at&leafBit == 0; left-- {
		if left == 0 {
			word = a.lo
		}
		at = t.nodes[at][word>>63]
		word <<= 1
	}
	return at & valueMask, depthOf(at)
}

// depthOf is how deep a leaf is.
func depthOf(leaf uint32) int { return int(leaf >> depthShift & 0xff) }

// below is the value at the end of the first maxSkip bits of an address: a node, or a leaf that reaches beyond.
func (t *trie) below(first uint32) uint32 {
	at := t.top[first>>(maxSkip-t.skip)]
	for bit := maxSkip - t.skip - 1; bit >= 0 && at&leafBit == 0; bit-- {
		at = t.nodes[at][first>>bit&1]
	}
	return at
}

// half is a half of a point of the trie: of a leaf the leaf itself.
func (t *trie) half(at uint32, bit int) uint32 {
	if at&leafBit != 0 {
		return at
	}
	return t.nodes[at][bit]
}

// leaf is a leaf whose depth is not set yet; placed sets it. A node's position stays as it is.
func leaf(value uint32) uint32 { return leafBit | value }

func placed(at uint32, depth int) uint32 {
	if at&leafBit != 0 {
		at |= uint32(depth) << depthShift
	}
	return at
}
