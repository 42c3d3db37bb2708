package geo

import (
	"fmt"
	"slices"
)

// fold makes the tries of one family out of the search trees of the databases and the lists of nets file and latency table.
// It walks all together, depth first, and joins two halves of the same value on the way back, so that no trie ever holds
// more nodes than it needs.
type fold struct {
	places, asns  walk
	nets, latency *list
	regions       *regions
	width         int // bits of an address
	nodes         [tries][][2]uint32
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

// point is a prefix, and what search trees and lists have there.
type point struct {
	path          bits
	depth         int
	place, asn    uint32 // in the search trees
	nets, latency span
}

// fold folds from the roots.
func (f *fold) fold() (made family, err error) {
	root, err := f.at(point{place: f.places.root, asn: f.asns.root, nets: f.nets.all(), latency: f.latency.all()})
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
	p.nets, p.latency = f.nets.enter(p.nets, p.depth), f.latency.enter(p.latency, p.depth)
	if p.nets.empty() && p.latency.empty() && !f.places.isNode(p.place) && !f.asns.isNode(p.asn) {
		return f.leaf(&p)
	}
	halves, err := f.split(&p)
	if err != nil {
		return values{}, err
	}
	left, err := f.at(halves[0])
	if err != nil {
		return left, err
	}
	right, err := f.at(halves[1])
	if err != nil {
		return right, err
	}
	return f.join(left, right, p.depth+1), nil
}

// leaf gives the values of a point in which nothing differs.
func (f *fold) leaf(p *point) (values, error) {
	all := found{place: p.place, asn: p.asn}
	if f.width == 32 {
		all.part = 1 / float64(uint64(1)<<p.depth)
	}
	all.rule, _ = f.nets.says(p.nets)
	if at, ok := f.latency.says(p.latency); ok {
		all.measured = f.regions.Latency.from(at)
	}
	v, err := f.regions.at(all)
	if err != nil {
		return v, f.of(p, err)
	}
	for i := range v {
		v[i] = leaf(v[i])
	}
	return v, nil
}

// split gives the halves of a point.
func (f *fold) split(p *point) (halves [2]point, err error) {
	places, err := f.places.split(p.place, f.width-p.depth)
	if err != nil {
		return halves, f.of(p, &Fault{FromDatabase, err})
	}
	asns, err := f.asns.split(p.asn, f.width-p.depth)
	if err != nil {
		return halves, f.of(p, &Fault{FromASNs, fmt.Errorf("AS database: %w", err)})
	}
	nets, latency := f.nets.split(p.nets, p.depth), f.latency.split(p.latency, p.depth)
	for i := range halves {
		halves[i] = point{p.path, p.depth + 1, places[i], asns[i], nets[i], latency[i]}
	}
	halves[1].path = p.path.with(p.depth)
	return halves, nil
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
