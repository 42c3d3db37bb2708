package service

import (
	"fmt"
	"math"
	"time"

	"leeward/dnsserver"
	"leeward/steering"
)

// How often the demand is looked at, over how long it is averaged, and which part of it has to have changed before the
// others are told: each change may move clients.
const (
	demandEvery   = 10 * time.Second
	demandOver    = time.Minute
	demandChanges = 0.2
)

// demand follows what the node is asked for, region by region.
type demand struct {
	asked   *dnsserver.Asked
	network *steering.Network
	regions *steering.Regions
	seen    []uint64  // counts at the last look
	rate    []float64 // answers a minute, averaged
	began   time.Time
	at      time.Time // of the last look
	said    steering.Demand
}

// look takes in the counts, and gives what the others are to be told.
//
//	no capacity or load is configured              nothing
//	the map is another, of the same network        the present demand, of the regions whose order of colos there was before
//	the network is another                         nothing: it begins anew
//	less than ten seconds after the last look      what they were told before
//	a fifth of the whole has changed               the present demand
//	otherwise                                      what they were told before
func (d *demand) look(p *plane, now time.Time) steering.Demand {
	switch {
	case p.asked == nil:
		*d = demand{}
		return d.said
	case d.asked != p.asked:
		*d = d.moved(p, now)
		return d.said
	case now.Sub(d.at) < demandEvery:
		return d.said
	}
	d.take(now)
	if d.changed() {
		d.said = d.present()
	}
	return d.said
}

// moved is the demand of another map, as far as that of this one tells.
func (d *demand) moved(p *plane, now time.Time) demand {
	size := p.asked.Regions()
	next := demand{asked: p.asked, network: p.network, regions: p.pours, seen: make([]uint64, size), rate: make([]float64, size), began: now, at: now}
	if d.network == nil || d.network.Digest() != p.network.Digest() {
		return next
	}
	rates := map[string]float64{}
	for i, r := range d.regions.List {
		rates[fmt.Sprint(r.Order())] = d.rate[i]
	}
	for i, r := range p.pours.List {
		next.rate[i] = rates[fmt.Sprint(r.Order())]
	}
	next.began = d.began
	next.said = next.present()
	return next
}

// take averages what was asked since the last look: over a minute or, in the first minute, over the time since the beginning.
func (d *demand) take(now time.Time) {
	passed, over := now.Sub(d.at), min(max(now.Sub(d.began), demandEvery), demandOver)
	d.at = now
	for r := range d.seen {
		count := d.asked.Count(r)
		fresh := float64(count-d.seen[r]) / passed.Minutes()
		d.seen[r] = count
		d.rate[r] += (fresh - d.rate[r]) * min(1, passed.Seconds()/over.Seconds())
	}
}

// changed says whether what was said is no longer near the truth.
func (d *demand) changed() bool {
	said := make([]float64, len(d.rate))
	for _, r := range d.said.Regions {
		said[r.Region] = float64(r.Rate)
	}
	total, off := 0., 0.
	for r, rate := range d.rate {
		total += max(rate, said[r])
		off += math.Abs(rate - said[r])
	}
	return total >= 1 && off >= demandChanges*total
}

// present is the demand as it is told: the regions that ask at least once a minute, to two digits.
func (d *demand) present() steering.Demand {
	said := steering.Demand{Map: d.regions.Map}
	for r, rate := range d.rate {
		if rate >= 1 {
			said.Regions = append(said.Regions, steering.RegionDemand{Region: uint32(r), Rate: twoDigits(rate)})
		}
	}
	return said
}

// twoDigits rounds to two digits that count.
func twoDigits(x float64) uint32 {
	unit := math.Pow(10, max(math.Floor(math.Log10(x))-1, 0))
	return uint32(min(math.Round(x/unit)*unit, math.MaxUint32))
}
