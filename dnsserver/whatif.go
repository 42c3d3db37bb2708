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
	f := &Forecast{Down: []string{}, Drained: []string{}, Failing: []string{}, Changes: []ForecastChange{}, Single: []ForecastSingle{}, Loads: []ForecastLoad{}}
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
	f.Loads = append(f.Loads, view.loads(&then)...)
	w := &whatIf{now: view, then: &then, parts: map[*steering.Region]float64{}, classes: map[[2]bool][]share{}, pinned: map[*steering.Policy][]share{},
		sets: map[*steering.Reach][]*zones.RRset{}}
	w.gather(f)
	w.compare(f)
	if client.IsValid() {
		f.Client = w.client(client)
	}
	return f, nil
}

// loads are what colos have to bear, now and then.
func (v *View) loads(then *View) (list []ForecastLoad) {
	after := then.Verdicts.Loads()
	for i, l := range v.Verdicts.Loads() {
		list = append(list, ForecastLoad{v.Network.Colos()[i].Name, l.Capacity, l.Demand, after[i].Demand})
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

// share is clients who are all given the same, but for their slices.
type share struct {
	client steering.Client
	part   float64
}

// whatIf is the work on a forecast.
type whatIf struct {
	now, then *View
	classes   map[[2]bool][]share // of all clients: by region, and by country and autonomous system as the key says
	pinned    map[*steering.Policy][]share
	parts     map[*steering.Region]float64       // of all clients
	sets      map[*steering.Reach][]*zones.RRset // the steered ones: those with the same reach are given the same
}

// told are all clients, told apart by region and more; the same order each time.
func (w *whatIf) told(country, asn bool) []share {
	key := [2]bool{country, asn}
	if w.classes[key] == nil {
		var list []share
		for class, part := range w.now.Map.Shares(country, asn) {
			list = append(list, share{steering.Client{Region: class.Region, Origin: class.Origin}, part})
		}
		slices.SortFunc(list, func(a, b share) int {
			return cmp.Or(cmp.Compare(b.part, a.part), slices.Compare(a.client.Region.Order(), b.client.Region.Order()),
				strings.Compare(a.client.Origin.Country.String(), b.client.Origin.Country.String()), cmp.Compare(a.client.Origin.ASN, b.client.Origin.ASN))
		})
		w.classes[key] = list
	}
	return w.classes[key]
}

// demand is the part that clients have of what is asked for of late: as much of their region's as they are of its clients.
func (w *whatIf) demand(s share) float64 {
	if len(w.parts) == 0 {
		for _, of := range w.told(false, false) {
			w.parts[of.client.Region] = of.part
		}
	}
	rate, all := w.now.Verdicts.Demand(s.client.Region)
	if all == 0 {
		return 0
	}
	return rate / all * s.part / w.parts[s.client.Region]
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

// moves are the clients that would be given something else. Where clients of one region may get different colos, each of
// its slices is looked at.
func (w *whatIf) moves(reach *steering.Reach) (list []ForecastMove) {
	type fromTo struct{ from, to string }
	all := map[fromTo]ForecastMove{}
	keys := 1
	if reach.Sliced() || w.now.Verdicts.Sliced() || w.then.Verdicts.Sliced() {
		keys = steering.Slices
	}
	country, asn := reach.Pins()
	for _, r := range w.shares(reach) {
		demand := w.demand(r) / float64(keys)
		for key := range keys {
			client := r.client
			client.Key = steering.Key(key)
			if m := (fromTo{w.now.given(reach, client), w.then.given(reach, client)}); m.from != m.to {
				all[m] = ForecastMove{m.from, m.to, all[m].Demand + demand, all[m].Share + r.part/float64(keys)}
			}
		}
		if !reach.Spans() && !country && !asn && keys == 1 { // the same for all clients
			for m := range all {
				all[m] = ForecastMove{m.from, m.to, w.anyDemand(), 1}
			}
			break
		}
	}
	for _, m := range all {
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b ForecastMove) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), strings.Compare(a.From, b.From), strings.Compare(a.To, b.To))
	})
	return list
}

// given is in words what a client is given.
func (v *View) given(reach *steering.Reach, client steering.Client) string {
	c := reach.Choose(client, v.Verdicts, v.Preempt)
	switch c.Row {
	case steering.RowFallback:
		return "fallback"
	case steering.RowClosed:
		return "nothing"
	}
	var colos []string
	for _, run := range reach.Runs() {
		if name := v.Network.Colos()[run.Colo].Name; c.Gives(&run, v.Verdicts) && !slices.Contains(colos, name) {
			colos = append(colos, name)
		}
	}
	given := strings.Join(colos, "+")
	if c.Row >= steering.RowFailOpen {
		given += " (failing open)"
	}
	return given
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
	if c.Row == steering.RowFallback && reach.Policy().Alias != nil {
		return append(list, zones.Name(reach.Policy().Alias).String())
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
