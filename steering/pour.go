package steering

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// pour is where the demand of regions goes that the colos nearest to them cannot bear. It is immutable.
type pour struct {
	wants   pouring
	steps   [][]step // by region number; nil: the nearest colo that is healthy bears all
	settled [][]step // as steps will be when all clients are back: for the digest, as nodes are never at the same point of a ramp
	demands []ColoDemand
	total   float64 // of the demand
	cuts    bool    // some region has several steps
	key     Digest
}

// step is the clients of a region below a slice, and above the step before: they pass over all colos that stand before one.
type step struct {
	below uint8  // slice, at most Slices
	rank  uint16 // of the colo
}

// ColoDemand is what a colo has to bear, in steered answers a second.
type ColoDemand struct {
	Capacity float64 // 0: not stated, so that it bears all
	Natural  float64 // what it would be asked for if it bore all of whom it is the nearest that is healthy
	Demand   float64 // what it is asked for
	Shed     uint8   // slices that it gives away, by its load
}

// pouring is what is to be poured. The zero value is nothing: no colo has a capacity, or gives anything away.
type pouring struct {
	of      Digest // of the map
	regions []*Region
	demand  []float64 // by region number, answers a second
	shed    []uint8   // by colo
	preempt bool      // colos of which all is at risk are not healthy while another is
}

// pouring is what the facts say of demand.
func (n *Network) pouring(f *Facts, loads []Load) (p pouring) {
	if f.Regions == nil {
		return p
	}
	p.of, p.regions, p.shed, p.preempt = f.Regions.Map, f.Regions.List, sheds(loads), f.Preempt
	p.demand = f.Regions.demand(f.Sheets)
	return p
}

// bearing is what a colo can bear.
type bearing struct {
	usable bool    // it is healthy
	room   float64 // answers a second
	back   uint8   // slices that are back to it
	keeps  uint8   // slices that it keeps of a region of which nobody knows what it asks for
}

// pourOver pours the demand over the colos that are healthy.
//
//	round                    a region comes to                           there it has
//	the first                the nearest colo                            all slices that there is room for, and that are back
//	each after               the next one, with what is left             the same
//	the end                  the nearest that is healthy                 what is left: a colo that is too full is better than none
//
// So who is at home in a colo comes before who comes from elsewhere. Within a round regions come in the order of their
// numbers. A colo that gives slices away has so much less room than it would bear; of a region that nobody is known to ask
// for, it gives away as many slices.
func (v *Verdicts) pourOver(wants pouring, before *pour) *pour {
	n := v.network
	if len(wants.regions) == 0 {
		return nil
	}
	bears := v.bearings(wants)
	key := wants.sum(bears)
	if before != nil && before.key == key {
		return before
	}
	p := &pour{wants: wants, key: key, demands: make([]ColoDemand, len(n.colos))}
	free := slices.Clone(bears)
	for c := range free {
		free[c].room = math.Inf(1)
	}
	_, natural := pourInto(wants, free)
	var demand []float64
	p.steps, demand = pourInto(wants, bears)
	if slices.ContainsFunc(wants.shed, func(shed uint8) bool { return shed > 0 }) {
		for c, shed := range wants.shed {
			if bears[c].keeps = Slices - shed; shed > 0 {
				bears[c].room = min(bears[c].room, demand[c]*float64(Slices-shed)/Slices)
			}
		}
		p.steps, demand = pourInto(wants, bears)
	}
	p.settled = p.steps
	if v.grading.ramping {
		for c := range bears {
			bears[c].back = Slices
		}
		p.settled, _ = pourInto(wants, bears)
	}
	for c := range p.demands {
		p.demands[c] = ColoDemand{n.colos[c].Capacity, natural[c], demand[c], wants.shed[c]}
	}
	for _, d := range wants.demand {
		p.total += d
	}
	p.cuts = slices.ContainsFunc(p.steps, func(s []step) bool { return len(s) > 1 })
	return p
}

// bearings are what colos can bear by row 1 of the chart of choice, before any gives slices away.
func (v *Verdicts) bearings(wants pouring) []bearing {
	bears := make([]bearing, len(v.network.colos))
	for c := range bears {
		bears[c] = bearing{room: v.network.colos[c].Capacity, keeps: Slices}
		if bears[c].room == 0 {
			bears[c].room = math.Inf(1)
		}
	}
	fit := gradeUp | gradeAtRisk
	if wants.preempt && slices.ContainsFunc(v.grading.grades, func(g grades) bool { return g&gradeUp != 0 }) {
		fit = gradeUp
	}
	for u, grade := range v.grading.grades {
		if b := &bears[v.network.coloOf[u]]; grade&fit != 0 {
			b.usable, b.back = true, max(b.back, v.grading.back[u])
		}
	}
	return bears
}

// sum is the same for all that is poured alike.
func (p *pouring) sum(bears []bearing) Digest {
	h := sha256.New()
	h.Write(p.of[:])
	var b []byte
	for _, d := range p.demand {
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(d))
	}
	h.Write(b)
	fmt.Fprintln(h, bears, p.shed)
	return Digest(h.Sum(nil)[:8])
}

// pourInto pours the demand over colos that bear so much, and gives what each region's slices pass over, and what each colo
// bears then.
func pourInto(p pouring, bears []bearing) (steps [][]step, demand []float64) {
	steps, demand = make([][]step, len(p.regions)), make([]float64, len(bears))
	left := make([]uint8, len(p.regions)) // slices that are not poured yet
	for r := range left {
		left[r] = Slices
	}
	for rank := range bears {
		for r, region := range p.regions {
			c := region.order[rank]
			if left[r] == 0 || !bears[c].usable {
				continue
			}
			each := p.demand[r] / Slices
			if fits := bears[c].fits(Slices-left[r], left[r], each, demand[c]); fits > 0 {
				left[r] -= fits
				demand[c] += each * float64(fits)
				steps[r] = append(steps[r], step{Slices - left[r], uint16(rank)})
			}
		}
	}
	for r, region := range p.regions {
		steps[r] = settle(steps[r], left[r], region, bears, func(c ColoIndex) { demand[c] += p.demand[r] / Slices * float64(left[r]) })
	}
	return steps, demand
}

// fits is how many slices of a region, of those from one on, go to a colo that bears so much already.
//
//	a slice asks for    go there, of those that are back
//	nothing known       as many as the colo keeps
//	anything            as many as there is room for
func (b *bearing) fits(from, left uint8, each, borne float64) uint8 {
	left = min(left, max(b.back, from)-from)
	room := b.room - borne
	switch {
	case each == 0:
		return min(left, max(b.keeps, from)-from)
	case room <= 0:
		return 0
	case each*float64(left) <= room:
		return left
	}
	return uint8(room / each)
}

// settle gives what fits nowhere to the nearest colo that is healthy, and leaves out what says nothing: that all go there.
func settle(steps []step, left uint8, region *Region, bears []bearing, bear func(ColoIndex)) []step {
	first := slices.IndexFunc(region.order, func(c ColoIndex) bool { return bears[c].usable })
	if first < 0 {
		return nil
	}
	if left > 0 {
		steps = append(steps, step{Slices, uint16(first)})
		bear(region.order[first])
	}
	if len(steps) == 1 && int(steps[0].rank) == first {
		return nil
	}
	return steps
}

// passes is how many of the colos nearest to a client are passed over, and whether other clients of its region pass over
// others.
func (p *pour) passes(client *Client) (rank uint64, sliced bool) {
	if p == nil || int(client.Region.number) >= len(p.steps) {
		return 0, false
	}
	steps := p.steps[client.Region.number]
	for _, s := range steps {
		if uint8(client.Key.Slice()) < s.below {
			return uint64(s.rank), len(steps) > 1
		}
	}
	return 0, false
}
