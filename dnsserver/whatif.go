package dnsserver

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"leeward/steering"
	"leeward/zones"
)

const (
	maxExamples       = 8
	maxClientsAnswers = 1000
)

// WhatIf says what would become of all steered answers if uplinks were down or drained, and of those of a client, if one is
// given. The choice is the one of Answer.
func (s *Server) WhatIf(what Supposition, client netip.Prefix) (*Forecast, error) {
	view := s.view.Load()
	switch {
	case view == nil:
		return nil, fmt.Errorf("no view yet: the server has only just started")
	case view.Network == nil:
		return nil, fmt.Errorf("no colos are configured: nothing is steered")
	}
	f := &Forecast{Down: []string{}, Drained: []string{}, Failing: []string{}, Changes: []ForecastChange{}, Single: []ForecastSingle{}, Demand: []ForecastDemand{}}
	down, err := view.covered(what.Down, &f.Down)
	if err != nil {
		return nil, err
	}
	drained, err := view.covered(what.Drained, &f.Drained)
	if err != nil {
		return nil, err
	}
	then := *view
	then.Verdicts = view.Verdicts.Suppose(down, drained)
	for i, name := range view.Network.Upstreams() {
		if then.Verdicts.Upstreams[i].Measured == steering.UpstreamFailing && view.Verdicts.Upstreams[i].Measured != steering.UpstreamFailing {
			f.Failing = append(f.Failing, name)
		}
	}
	f.Demand = append(f.Demand, view.demands(&then)...)
	w := &whatIf{now: view, then: &then, parts: map[*steering.Region]float64{}, classes: &s.classes, pinned: map[*steering.Policy][]share{},
		sets: map[*steering.Reach][]*zones.RRset{}}
	w.gather(f)
	w.compare(f)
	if client.IsValid() {
		f.Client = w.client(client)
	}
	return f, nil
}

// demands are what colos have to bear, now and then.
func (v *View) demands(then *View) (list []ForecastDemand) {
	after := then.Verdicts.Demands()
	for i, l := range v.Verdicts.Demands() {
		list = append(list, ForecastDemand{v.Network.Colos()[i].Name, l.Capacity, l.Demand, after[i].Demand})
	}
	return list
}

// covered are the uplinks of some places.
func (v *View) covered(places []steering.Place, names *[]string) (uplinks []steering.UplinkIndex, err error) {
	for _, p := range places {
		covered, err := v.Network.Find(p)
		if err != nil {
			return nil, err
		}
		for _, u := range covered {
			if !slices.Contains(uplinks, u) {
				uplinks = append(uplinks, u)
				*names = append(*names, v.Network.UplinkName(u))
			}
		}
	}
	return uplinks, nil
}

// whatIf is the work on a forecast.
type whatIf struct {
	now, then *View
	classes   *classes
	pinned    map[*steering.Policy][]share
	parts     map[*steering.Region]float64       // of all clients
	sets      map[*steering.Reach][]*zones.RRset // the steered ones: those with the same reach are given the same
}

func (w *whatIf) gather(f *Forecast) {
	for _, z := range w.now.Zones.All() {
		for set := range z.SteeredSets() {
			w.sets[set.Reach()] = append(w.sets[set.Reach()], set)
			f.Names++
		}
	}
}

// compare finds what would change, and puts together what would change alike.
func (w *whatIf) compare(f *Forecast) {
	alike, single := map[string]*ForecastChange{}, map[string]*ForecastSingle{}
	for reach, sets := range w.sets {
		if upstream := w.now.single(reach); upstream == "" {
			if upstream = w.then.single(reach); upstream != "" {
				if single[upstream] == nil {
					single[upstream] = &ForecastSingle{Upstream: upstream}
				}
				single[upstream].Names += len(sets)
				single[upstream].Examples = append(single[upstream].Examples, examples(sets)...)
			}
		}
		moves := w.moves(reach)
		if len(moves) == 0 {
			continue
		}
		key := fmt.Sprint(moves)
		if alike[key] == nil {
			alike[key] = &ForecastChange{Moves: moves}
		}
		alike[key].Names += len(sets)
		alike[key].Examples = append(alike[key].Examples, examples(sets)...)
	}
	for _, c := range alike {
		c.Examples = few(c.Examples)
		f.Changes = append(f.Changes, *c)
	}
	for _, s := range single {
		s.Examples = few(s.Examples)
		f.Single = append(f.Single, *s)
	}
	slices.SortFunc(f.Changes, func(a, b ForecastChange) int {
		return cmp.Or(cmp.Compare(b.Names, a.Names), strings.Compare(a.Examples[0], b.Examples[0]))
	})
	slices.SortFunc(f.Single, func(a, b ForecastSingle) int { return strings.Compare(a.Upstream, b.Upstream) })
}

// examples are the first RRsets of some by their names.
func examples(sets []*zones.RRset) []string {
	names := make([]string, len(sets))
	for i, s := range sets {
		names[i] = s.Owner.String() + " " + dns.Type(s.Type).String()
	}
	return few(names)
}

func few(names []string) []string {
	slices.Sort(names)
	return slices.Clone(names[:min(len(names), maxExamples)])
}

// client is the answers of one client.
func (w *whatIf) client(subnet netip.Prefix) *ForecastClient {
	f := &ForecastClient{Address: subnet.String(), Answers: []ForecastAnswer{}}
	region, depth := w.now.Map.Lookup(subnet.Addr())
	client := steering.Client{Region: region}
	client.Key, _ = steering.KeyOf(subnet.Addr(), depth)
	client.Origin, _ = w.now.origin(subnet.Addr(), true, true)
	for _, sets := range w.sets {
		for _, set := range sets {
			before, after := w.now.addresses(set, client), w.then.addresses(set, client)
			if slices.Equal(before, after) {
				f.Same++
			} else {
				f.Answers = append(f.Answers, ForecastAnswer{set.Owner.String(), dns.Type(set.Type).String(), before, after})
			}
		}
	}
	slices.SortFunc(f.Answers, func(a, b ForecastAnswer) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Type, b.Type))
	})
	f.Answers = f.Answers[:min(len(f.Answers), maxClientsAnswers)]
	return f
}

// addresses are those of an RRset that a client is given.
func (v *View) addresses(set *zones.RRset, client steering.Client) []string {
	reach := set.Reach()
	c := reach.Choose(client, v.Verdicts, v.Preempt)
	list := []string{}
	if c.Row == steering.RowFallback && reach.Policy().FallbackName != nil {
		return append(list, zones.Name(reach.Policy().FallbackName).String())
	}
	for run := range reach.Given(&c, v.Verdicts) {
		list = append(list, addressesIn(set, run)...)
	}
	return list
}

// addressesIn are the addresses of a run of an RRset.
func addressesIn(set *zones.RRset, run steering.Run) (list []string) {
	for i := run.From; i < run.To; i++ {
		addr, _ := netip.AddrFromSlice(set.RData(int(i)))
		list = append(list, addr.String())
	}
	return list
}
