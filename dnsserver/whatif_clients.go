package dnsserver

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"leeward/steering"
	"leeward/steering/geo"
)

// share is clients who are all given the same, but for their slices.
type share struct {
	client steering.Client
	part   float64
}

// classes are the clients of a map, as they were asked for before: with a large database they take some tenths of a second
// to add up.
type classes struct {
	mu   sync.Mutex
	of   *geo.Map
	told map[[2]bool][]share
}

// tell gives all clients of a map, told apart by region and more; the same order each time.
func (c *classes) tell(m *geo.Map, country, asn bool) []share {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of != m {
		c.of, c.told = m, map[[2]bool][]share{}
	}
	key := [2]bool{country, asn}
	if c.told[key] == nil {
		var list []share
		for class, part := range m.Shares(country, asn) {
			list = append(list, share{steering.Client{Region: class.Region, Origin: class.Origin}, part})
		}
		seen := map[*steering.Region]bool{}
		for _, s := range list {
			seen[s.client.Region] = true
		}
		for _, r := range m.Regions() {
			if !seen[r] { // clients of IPv6 alone, whose share nobody knows
				list = append(list, share{client: steering.Client{Region: r}})
			}
		}
		slices.SortFunc(list, func(a, b share) int {
			return cmp.Or(cmp.Compare(b.part, a.part), slices.Compare(a.client.Region.Order(), b.client.Region.Order()),
				strings.Compare(a.client.Origin.Country.String(), b.client.Origin.Country.String()), cmp.Compare(a.client.Origin.ASN, b.client.Origin.ASN))
		})
		c.told[key] = list
	}
	return c.told[key]
}

// told are all clients, told apart by region and more.
func (w *whatIf) told(country, asn bool) []share { return w.classes.tell(w.now.Map, country, asn) }

// demand is the part that clients have of what is asked for of late: as much of their region's as they are of its clients.
func (w *whatIf) demand(s share) float64 {
	if len(w.parts) == 0 {
		for _, of := range w.told(false, false) {
			w.parts[of.client.Region] = of.part
		}
	}
	rate, all := w.now.Verdicts.Demand(s.client.Region)
	switch part := w.parts[s.client.Region]; {
	case all == 0:
		return 0
	case part == 0:
		return rate / all
	default:
		return rate / all * s.part / part
	}
}

// anyDemand is the part of all clients: 1, or 0 where it is not known what they ask for.
func (w *whatIf) anyDemand() float64 {
	if _, all := w.now.Verdicts.Demand(w.now.Map.Regions()[0]); all > 0 {
		return 1
	}
	return 0
}

// shares are the clients that an RRset tells apart: those of a region, and of a pin of its policy.
func (w *whatIf) shares(reach *steering.Reach) []share {
	country, asn := reach.Pins()
	if !country && !asn {
		return w.told(false, false)
	}
	p := reach.Policy()
	if w.pinned[p] != nil {
		return w.pinned[p]
	}
	type pinned struct {
		region *steering.Region
		pin    int
	}
	at := map[pinned]int{}
	var list []share
	for _, s := range w.told(country, asn) {
		pin, _ := p.Pin(s.client.Origin)
		i, known := at[pinned{s.client.Region, pin}]
		if !known {
			i = len(list)
			at[pinned{s.client.Region, pin}] = i
			list = append(list, share{client: s.client})
		}
		list[i].part += s.part
	}
	w.pinned[p] = list
	return list
}
