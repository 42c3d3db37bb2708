package geo

import (
	"fmt"
	"slices"
)

// fold makes the tries of one family out of the databases' search trees with the nets file's tree laid over them. It walks
// all together, depth first, and joins two halves of the same value on the way back, so that no trie ever holds more
// nodes than it needs.
type fold struct {
	places, asns walk
	regions      *regions
	width        int // bits of an address
	nodes        [tries][][2]uint32
}

// values are what the tries have at a point: leaves without depth, or positions of nodes.
type values [tries]uint32

// The tries that a fold makes.
const (
	regionTrie = iota
	countryTrie
	asnTrie
	tries
)

// point is a prefix, and what search trees and nets tree have there.
type point struct {
	path       bits
	depth      int
	place, asn uint32   // in the search trees
	net        *netNode // nil: no line of the nets file is about this prefix or a longer one
	rule       *rule    // of the longest prefix up to here
}

// half is a half of a point, with what the search trees have there.
func (p *point) half(bit int, place, asn uint32) point {
	h := point{path: p.path, depth: p.depth + 1, place: place, asn: asn, net: p.net.half(bit), rule: p.rule}
	if bit == 1 {
		h.path = h.path.with(p.depth)
	}
	return h
}

// fold folds from the roots of all trees.
func (f *fold) fold(net *netNode) (made family, err error) {
	root, err := f.at(point{place: f.places.root, asn: f.asns.root, net: net})
	if err != nil {
		return made, err
	}
	for i := range made {
		made[i] = newTrie(slices.Clone(f.nodes[i]), placed(root[i], 0))
	}
	return made, nil
}

// at gives the values of a point.
func (f *fold) at(p point) (values, error) {
	if p.net != nil && p.net.rule != nil {
		p.rule = p.net.rule
	}
	if p.net.isLeaf() && !f.places.isNode(p.place) && !f.asns.isNode(p.asn) {
		v, err := f.regions.at(&p)
		if err != nil {
			return v, f.of(&p, err)
		}
		for i := range v {
			v[i] = leaf(v[i])
		}
		return v, nil
	}
	places, err := f.places.split(p.place, f.width-p.depth)
	if err != nil {
		return values{}, f.of(&p, err)
	}
	asns, err := f.asns.split(p.asn, f.width-p.depth)
	if err != nil {
		return values{}, f.of(&p, fmt.Errorf("AS database: %w", err))
	}
	left, err := f.at(p.half(0, places[0], asns[0]))
	if err != nil {
		return left, err
	}
	right, err := f.at(p.half(1, places[1], asns[1]))
	if err != nil {
		return right, err
	}
	return f.join(left, right, p.depth+1), nil
}

// join makes a node of each trie in which the halves differ, which lie at a depth.
func (f *fold) join(left, right values, depth int) values {
	for i := range left {
		if left[i] == right[i] && left[i]&leafBit != 0 {
			continue
		}
		f.nodes[i] = append(f.nodes[i], [2]uint32{placed(left[i], depth), placed(right[i], depth)})
		left[i] = uint32(len(f.nodes[i]) - 1)
	}
	return left
}

// of says of which network an error is.
func (f *fold) of(p *point, err error) error {
	return fmt.Errorf("network %s: %w", p.path.prefix(p.depth, f.width), err)
}
