package steering

import (
	"cmp"
	"slices"
)

// Demand is how often a node was asked of late, by the region of the client. Nodes add up what all of them say, to know what
// a colo would have to bear. The zero value is nothing.
type Demand struct {
	Map     Digest // of the map that numbers the regions
	Regions []RegionDemand
}

// RegionDemand is the demand of one region.
type RegionDemand struct {
	Region uint32 // its number
	Rate   uint32 // steered answers a minute
}

// Load is what a colo says of itself by one of its nodes. The zero value is nothing.
type Load struct {
	Known bool
	Value float64 // as measured, in whatever unit the colo's marks are
	Shed  uint8   // slices of its clients that it gives away, of Slices
}

// Regions are all regions of a map, by number.
type Regions struct {
	Map  Digest
	List []*Region
}

// demand is the demand of each region by what all nodes say whose map is the same, in answers a second. The rates are added
// up as whole numbers, so that it is the same in whatever order the sheets came.
func (r *Regions) demand(sheets []Heard) []float64 {
	rates := make([]uint64, len(r.List))
	for _, h := range sheets {
		d := &h.Sheet.Demand
		if d.Map != r.Map {
			continue
		}
		for _, of := range d.Regions {
			if int(of.Region) < len(rates) {
				rates[of.Region] += uint64(of.Rate)
			}
		}
	}
	total := make([]float64, len(rates))
	for i, rate := range rates {
		total[i] = float64(rate) / 60
	}
	return total
}

// loads are what the colos say of themselves: the lower medians of the loads, and of what is shed, of their own nodes that are
// heard.
func (n *Network) loads(f *Facts) []Load {
	said := make([][]Load, len(n.colos))
	for _, h := range f.Sheets {
		c, ok := n.Colo(h.Sheet.Colo)
		if ok && h.Sheet.Load.Known && h.Age <= f.Stale {
			said[c] = append(said[c], h.Sheet.Load)
		}
	}
	loads := make([]Load, len(n.colos))
	for c, list := range said {
		if len(list) > 0 {
			value := median(list, func(a, b Load) int { return cmp.Compare(a.Value, b.Value) }).Value
			shed := median(list, func(a, b Load) int { return cmp.Compare(a.Shed, b.Shed) }).Shed
			loads[c] = Load{Known: true, Value: value, Shed: min(shed, Slices)}
		}
	}
	return loads
}

// sheds is how many slices each colo gives away.
func sheds(loads []Load) []uint8 {
	shed := make([]uint8, len(loads))
	for c, l := range loads {
		shed[c] = l.Shed
	}
	return shed
}

// LoadSource is where the load of a colo is to be had, in the colo, as a number; a file or a URL.
type LoadSource struct {
	File, URL string
	Marks     `mapstructure:",squash"`
}

// Pours says whether any colo has a capacity, or a load.
func (n *Network) Pours() bool {
	return slices.ContainsFunc(n.colos, func(c Colo) bool { return c.Capacity > 0 || c.Load != nil })
}
