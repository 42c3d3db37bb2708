package geo

import (
	"fmt"
	"slices"
)

// fold makes a trie of one family out of a database's search tree with the nets file's tree laid over it. It walks both
// together, depth first, and joins two halves of the same region on the way back, so that the trie never holds more
// nodes than it needs.
type fold struct {
	tree     *tree
	halves   func(node uint32) [2]uint32
	regions  *regions
	width    int    // bits of an address
	visited  uint32 // nodes of the search tree
	nodes    [][2]uint32
	progress func(done, total int) // nil: nobody asks
	before   uint32                // nodes that were visited for another family
}

// progressEvery is after how many nodes of the search tree progress is told.
const progressEvery = 1 << 12

// point is a prefix, and what search tree and nets tree have there.
type point struct {
	path  bits
	depth int
	at    uint32   // in the search tree
	net   *netNode // nil: no line of the nets file is about this prefix or a longer one
	rule  *rule    // of the longest prefix up to here
}

func (p point) half(bit int, at uint32) point {
	h := point{path: p.path, depth: p.depth + 1, at: at, net: p.net.half(bit), rule: p.rule}
	if bit == 1 {
		h.path = h.path.with(p.depth)
	}
	return h
}

// trie folds from the roots of both trees.
func (f *fold) trie(at uint32, net *netNode) (trie, error) {
	root, err := f.fold(point{at: at, net: net})
	if err != nil {
		return trie{}, err
	}
	return newTrie(slices.Clone(f.nodes), placed(root, 0)), nil
}

// fold gives the value of a point: a leaf without depth or a node's position.
func (f *fold) fold(p point) (uint32, error) {
	if p.net != nil && p.net.rule != nil {
		p.rule = p.net.rule
	}
	if p.net.isLeaf() && !f.tree.isNode(p.at) {
		region, err := f.regions.of(p.at, p.rule)
		if err != nil {
			return 0, fmt.Errorf("network %s: %w", p.path.prefix(p.depth, f.width), err)
		}
		return leaf(region), nil
	}
	halves := [2]uint32{p.at, p.at}
	if f.tree.isNode(p.at) {
		if err := f.visit(p); err != nil {
			return 0, err
		}
		halves = f.halves(p.at)
	}
	left, err := f.fold(p.half(0, halves[0]))
	if err != nil {
		return 0, err
	}
	right, err := f.fold(p.half(1, halves[1]))
	if err != nil {
		return 0, err
	}
	if left == right && left&leafBit != 0 {
		return left, nil
	}
	f.nodes = append(f.nodes, [2]uint32{placed(left, p.depth+1), placed(right, p.depth+1)})
	return uint32(len(f.nodes) - 1), nil
}

// visit counts a node. It refuses a damaged search tree, which could be walked without end: one with more levels than an address has
// bits, or one in which a node is reached twice.
func (f *fold) visit(p point) error {
	if f.visited++; p.depth == f.width || f.visited > f.tree.count {
		return fmt.Errorf("network %s: the search tree is damaged: it does not end", p.path.prefix(p.depth, f.width))
	}
	if f.progress != nil && f.visited%progressEvery == 0 {
		f.progress(int(f.before)+int(f.visited), int(f.tree.count))
	}
	return nil
}
