package dnsserver

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"leeward/steering"
)

// moves are the clients that would be given something else. Where clients of one region may get different colos, some of
// each of its slices are looked at.
func (w *whatIf) moves(reach *steering.Reach) (list []ForecastMove) {
	all := map[fromTo]*moving{}
	country, asn := reach.Pins()
	alike := !reach.Spans() && !country && !asn // clients of all regions
	keys := 1
	if reach.Sliced() || w.now.Verdicts.Sliced() || w.then.Verdicts.Sliced() {
		keys = steering.Slices
		if alike {
			keys *= 100
		}
	}
	for _, r := range w.shares(reach) {
		demand, part, region := w.demand(r)/float64(keys), r.part/float64(keys), r.client.Region
		if alike {
			demand, part, region = w.anyDemand()/float64(keys), 1/float64(keys), nil
		}
		for key := range keys {
			client := r.client
			client.Key = steering.Key(key)
			if m := (fromTo{w.now.given(reach, client), w.then.given(reach, client)}); m.from != m.to {
				if all[m] == nil {
					all[m] = &moving{regions: map[*steering.Region]float64{}}
				}
				all[m].add(region, demand, part)
			}
		}
		if region == nil {
			break
		}
	}
	for m, of := range all {
		list = append(list, ForecastMove{From: m.from, To: m.to, DemandShare: of.demand, ClientShare: of.part, Regions: of.names(w.now.Network), InAll: len(of.regions)})
	}
	slices.SortFunc(list, func(a, b ForecastMove) int {
		return cmp.Or(cmp.Compare(b.ClientShare, a.ClientShare), strings.Compare(a.From, b.From), strings.Compare(a.To, b.To))
	})
	return list
}

// fromTo is what clients are given now, and then.
type fromTo struct{ from, to string }

// moving are clients that would be given something else, with their parts of all.
type moving struct {
	demand, part float64
	regions      map[*steering.Region]float64 // none: clients everywhere
}

func (m *moving) add(r *steering.Region, demand, part float64) {
	m.demand, m.part = m.demand+demand, m.part+part
	if r != nil {
		m.regions[r] += part
	}
}

// names are the largest of the regions.
func (m *moving) names(n *steering.Network) (names []string) {
	sorted := slices.SortedFunc(maps.Keys(m.regions), func(a, b *steering.Region) int {
		return cmp.Or(cmp.Compare(m.regions[b], m.regions[a]), slices.Compare(a.Order(), b.Order()))
	})
	names = []string{}
	for _, r := range sorted[:min(len(sorted), maxRegions)] {
		names = append(names, regionName(n, r))
	}
	return names
}

// failingOpen stands behind colos of which nothing is healthy.
const failingOpen = " (failing open)"

// elsewhere says whether who was given one thing and is given the other is sent to another place, and not to the same one, whose
// health is another.
func elsewhere(from, to string) bool {
	return strings.TrimSuffix(from, failingOpen) != strings.TrimSuffix(to, failingOpen)
}

// given is in words what a client is given.
func (v *View) given(reach *steering.Reach, client steering.Client) string {
	return v.end(reach, client).Words
}

// end is what a client is given.
func (v *View) end(reach *steering.Reach, client steering.Client) FlowEnd {
	c := reach.Choose(client, v.Verdicts, v.Preempt)
	end := FlowEnd{Colos: []string{}}
	switch c.Row {
	case steering.RowFallback:
		end.Words = "fallback"
		return end
	case steering.RowClosed:
		end.Words = "nothing"
		return end
	}
	for _, run := range reach.Runs() {
		if name := v.Network.Colos()[run.Colo].Name; c.Gives(&run, v.Verdicts) && !slices.Contains(end.Colos, name) {
			end.Colos = append(end.Colos, name)
		}
	}
	end.Words = strings.Join(end.Colos, "+")
	if c.Row >= steering.RowFailOpen {
		end.Words += failingOpen
	}
	return end
}

// single is the upstream that all addresses hang on that are on healthy uplinks; "" if there is none, or nothing is
// healthy.
func (v *View) single(reach *steering.Reach) string {
	var common []string
	first := true
	for _, run := range reach.Runs() {
		if state := v.Verdicts.Of(run).State; state == steering.Down || state == steering.Drained {
			continue
		}
		upstreams := v.Network.Uplinks()[run.Uplink].Upstreams
		if first {
			common, first = slices.Clone(upstreams), false
		}
		common = slices.DeleteFunc(common, func(name string) bool { return !slices.Contains(upstreams, name) })
	}
	return strings.Join(common, "+")
}
