package service

import (
	"math"
	"time"

	"leeward/dnsserver"
	"leeward/steering"
)

// How often the demand is looked at, over how long it is averaged, and which part of it has to have changed before the others are told:
// each change may move clients.
const (
	demandEvery   = 10 * time.Second
	demandOver    = time.Minute
	demandChanges = 0.2
)

// demand follows what the node is asked for, region by region.
type demand struct {
	asked *dnsserver.Asked
	seen  []uint64  // counts at the last look
	rate  []float64 // answers a minute, averaged
	at    time.Time // of the last look; zero: none yet
	said  steering.Demand
}

// look takes in the counts, and gives what the others are to be told.
//
//	no capacity or load is configured                  nothing
//	the map is another                                 nothing: it begins anew
//	all that has changed is a fifth of the whole       the present demand
//	otherwise                                          what they were told before
func (d *demand) look(asked *dnsserver.Asked, regions *steering.Regions, now time.Time) steering.Demand {
	if asked == nil {
		*d = demand{}
		return d.said
	}
	if d.asked != asked {
		*d = demand{asked: asked, seen: make([]uint64, asked.Regions()), rate: make([]float64, asked.Regions()), at: now}
		return d.said
	}
	passed := now.Sub(d.at)
	if passed < demandEvery {
		return d.said
	}
	d.at = now
	for r := range d.seen {
		count := asked.Count(r)
		fresh := float64(count-d.seen[r]) / passed.Minutes()
		d.seen[r] = count
		d.rate[r] += (fresh - d.rate[r]) * min(1, passed.Seconds()/demandOver.Seconds())
	}
	if d.changed() {
		d.said = d.present(regions.Map)
	}
	return d.said
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
func (d *demand) present(of steering.Digest) steering.Demand {
	said := steering.Demand{Map: of}
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
