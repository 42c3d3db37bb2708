package steering

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
)

// pour is where the demand of regions goes that the colos nearest to them cannot bear. It is immutable.
type pour struct {
	wants   pouring
	steps   [][]step // by region number; nil: the nearest colo that is healthy bears all
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
	regions []*Region
	demand  []float64 // by region number, answers a second
	shed    []uint8   // by colo
}

// pouring is what the facts say of demand.
func (n *Network) pouring(f *Facts, loads []Load) (p pouring) {
	if f.Regions == nil {
		return p
	}
	p.regions, p.shed = f.Regions.List, sheds(loads)
	p.demand = f.Regions.demand(f.Sheets)
	return p
}

// pourOver pours the demand over the colos that are healthy.
//
// Colos fill up in rounds: in the first each region comes to the colo that is nearest to it, in the second, with what did not
// fit there, to the next, and so on; so that who is at home in a colo comes before who comes from elsewhere. Within a round
// regions come in the order of their numbers, whole or, the last that fits, in slices. What fits nowhere goes to the nearest
// that is healthy all the same: a colo that is too full is better than none.
//
// A colo that gives slices away bears so much less than it would.
func (v *Verdicts) pourOver(wants pouring, before *pour) *pour {
	n := v.network
	if len(wants.regions) == 0 {
		return nil
	}
	usable := v.usable()
	key := wants.sum(usable)
	if before != nil && before.key == key {
		return before
	}
	p := &pour{wants: wants, key: key, demands: make([]ColoDemand, len(n.colos))}
	bears := make([]float64, len(n.colos))
	sheds := false
	for c := range n.colos {
		if bears[c] = n.colos[c].Capacity; bears[c] == 0 {
			bears[c] = math.Inf(1)
		}
		p.demands[c] = ColoDemand{Capacity: n.colos[c].Capacity, Shed: wants.shed[c]}
		sheds = sheds || wants.shed[c] > 0
	}
	unlimited := make([]float64, len(n.colos))
	for c := range unlimited {
		unlimited[c] = math.Inf(1)
	}
	_, natural := pourInto(wants, usable, unlimited)
	var demand []float64
	p.steps, demand = pourInto(wants, usable, bears)
	if sheds {
		for c, away := range wants.shed {
			if away > 0 {
				bears[c] = min(bears[c], demand[c]*float64(Slices-away)/Slices)
			}
		}
		p.steps, demand = pourInto(wants, usable, bears)
	}
	for c := range p.demands {
		p.demands[c].Natural, p.demands[c].Demand = natural[c], demand[c]
	}
	for _, d := range wants.demand {
		p.total += d
	}
	for _, s := range p.steps {
		p.cuts = p.cuts || len(s) > 1
	}
	return p
}

// usable says which colos are healthy, by row 1 of the chart of choice.
func (v *Verdicts) usable() []bool {
	usable := make([]bool, len(v.network.colos))
	for u := range v.Uplinks {
		if v.grading.grades[u]&(gradeUp|gradeAtRisk) != 0 {
			usable[v.network.coloOf[u]] = true
		}
	}
	return usable
}

// sum is the same for all that is poured alike.
func (p *pouring) sum(usable []bool) Digest {
	h := sha256.New()
	var b []byte
	for _, d := range p.demand {
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(d))
	}
	for _, is := range usable {
		if is {
			b = append(b, 1)
		} else {
			b = append(b, 0)
		}
	}
	h.Write(append(b, p.shed...))
	return Digest(h.Sum(nil)[:8])
}

// pourInto pours the demand over colos that bear so much, and gives what each region's slices pass over, and what each colo
// bears then.
func pourInto(p pouring, usable []bool, bears []float64) (steps [][]step, demand []float64) {
	steps, demand = make([][]step, len(p.regions)), make([]float64, len(bears))
	left := make([]uint8, len(p.regions)) // slices that are not poured yet
	for r := range left {
		left[r] = Slices
	}
	for rank := range bears {
		for r, region := range p.regions {
			c := region.order[rank]
			if left[r] == 0 || !usable[c] {
				continue
			}
			slice := p.demand[r] / Slices
			if fits := room(left[r], slice, bears[c]-demand[c]); fits > 0 {
				left[r] -= fits
				demand[c] += slice * float64(fits)
				steps[r] = append(steps[r], step{Slices - left[r], uint16(rank)})
			}
		}
	}
	for r, region := range p.regions {
		steps[r] = settle(steps[r], left[r], region, usable, func(c ColoIndex) { demand[c] += p.demand[r] / Slices * float64(left[r]) })
	}
	return steps, demand
}

// room is how many slices, each of so much demand, there is room for. Where there is any, what nobody asks for fits.
func room(slices uint8, each, left float64) uint8 {
	switch {
	case left <= 0:
		return 0
	case each*float64(slices) <= left:
		return slices
	}
	return uint8(left / each)
}

// settle gives what fits nowhere to the nearest colo that is healthy, and leaves out what says nothing: that all go there.
func settle(steps []step, left uint8, region *Region, usable []bool, bear func(ColoIndex)) []step {
	first := -1
	for rank, c := range region.order {
		if usable[c] {
			first = rank
			break
		}
	}
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
