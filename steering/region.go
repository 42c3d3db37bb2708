package steering

import (
	"cmp"
	"slices"
)

// Region is a class of clients for whom the order of colos is the same. It is immutable.
type Region struct {
	order  []ColoIndex // nearest first
	rank   []uint16    // by colo: its position in order
	number uint32
}

// NewRegion makes the region of an order that names every colo of the network once.
func NewRegion(order []ColoIndex) *Region {
	r := &Region{order: order, rank: make([]uint16, len(order))}
	for i, c := range order {
		r.rank[c] = uint16(i)
	}
	return r
}

// Numbered is the same region with a number: its position among those of its map.
func (r *Region) Numbered(n uint32) *Region {
	fresh := *r
	fresh.number = n
	return &fresh
}

// Number is the position of the region among those of its map.
func (r *Region) Number() uint32 { return r.number }

// Order is every colo of the network, nearest first. The caller must not change it.
func (r *Region) Order() []ColoIndex { return r.order }

// Nearest orders all colos by great-circle distance from a location; ties by the order in the configuration.
func (n *Network) Nearest(from Location) []ColoIndex {
	order := make([]ColoIndex, len(n.colos))
	km := make([]float64, len(n.colos))
	for i := range order {
		order[i] = ColoIndex(i)
		km[i] = from.Km(n.colos[i].Location)
	}
	slices.SortStableFunc(order, func(a, b ColoIndex) int { return cmp.Compare(km[a], km[b]) })
	return order
}
