package dnsserver

import (
	"fmt"
	"math"

	"github.com/miekg/dns"

	"leeward/steering"
	"leeward/zones"
)

// Flows is which clients are sent where.
type Flows struct {
	Name      string     `json:"name"`                  // of the steered RRset, such as "www.example.com. A"; "": one with addresses in every uplink
	Compared  bool       `json:"compared"`              // with before; else Before of all flows is null
	Colos     []FlowColo `json:"colos"`                 // all, in the order of the configuration
	Flows     []Flow     `json:"flows"`                 // the largest first, at most 200; small ones that go the same way are one
	Moved     float64    `json:"moved_client_share"`    // of all clients: those that are sent elsewhere than before
	LeftOut   float64    `json:"left_out_client_share"` // of all clients: those of flows that are too many to be listed
	LeftOutOf int        `json:"left_out"`              // flows that are not listed
}

// FlowColo is the part of all clients that a colo has. A client that is given several colos counts in part for each.
type FlowColo struct {
	Name   string  `json:"name"`
	Now    float64 `json:"now_client_share"`
	Before float64 `json:"before_client_share"`
}

// Flow is clients of one place who are sent the same way.
type Flow struct {
	Region      string             `json:"region"`   // the order of colos for them; of several regions how many
	Location    *ExplainedLocation `json:"location"` // the middle of the region; null: nobody knows
	Now         FlowEnd            `json:"now"`
	Before      *FlowEnd           `json:"before"`       // null: not known
	ClientShare float64            `json:"client_share"` // of all IPv4 addresses, 0 to 1: a measure of clients only as good as that is
	DemandShare float64            `json:"demand_share"` // of what is asked for of late, 0 to 1; 0 where that is not known
}

// FlowEnd is what clients are given.
type FlowEnd struct {
	Colos []string `json:"colos"` // none: none of any
	Words string   `json:"words"` // as ForecastMove.To
}

// maxChoices bounds how many choices are looked at for one RRset. Where clients of one region may get different colos, fewer of its
// slices are looked at if the regions are many.
const maxChoices = 200_000

// FlowsOf is what flows are asked for.
type FlowsOf struct {
	View   *View
	Name   zones.Name // of a steered RRset; "": one with an address in every uplink
	Type   uint16
	Before *steering.Verdicts // of an earlier time, on the network and the map of the view; nil: none are known
}

// Flows says where clients are sent, and where by earlier verdicts they would be, with all else as it is. An error of type
// *NotSteered is about the name.
func (s *Server) Flows(of FlowsOf) (*Flows, error) {
	view := of.View
	if view == nil {
		return nil, fmt.Errorf("no view yet: the server has only just started")
	}
	f := &Flows{Colos: []FlowColo{}, Flows: []Flow{}}
	if view.Network == nil {
		return f, nil
	}
	reach := view.Network.Everywhere()
	if of.Name != "" {
		set := view.steeredSet(of.Name, of.Type)
		if set == nil {
			return nil, &NotSteered{of.Name.String(), dns.Type(of.Type).String()}
		}
		reach, f.Name = set.Reach(), set.Owner.String()+" "+dns.Type(of.Type).String()
	}
	f.Compared = of.Before != nil
	then := *view
	if f.Compared {
		then.Verdicts = of.Before
	}
	w := &whatIf{now: view, then: &then, parts: map[*steering.Region]float64{}, classes: &s.classes, pinned: map[*steering.Policy][]share{}}
	all := &flowing{whatIf: w, flows: f, at: map[flowKey]int{}, colos: map[string]int{}}
	for i, colo := range view.Network.Colos() {
		f.Colos, all.colos[colo.Name] = append(f.Colos, FlowColo{Name: colo.Name}), i
	}
	if reach != nil {
		all.gather(reach)
	}
	f.cut()
	return f, nil
}

// NotSteered is the error of a name that has no steered RRset of a type.
type NotSteered struct{ Name, Type string }

func (e *NotSteered) Error() string {
	return fmt.Sprintf("%s has no steered %s here: such a name has addresses in two uplinks or more", e.Name, e.Type)
}

// steeredSet is the steered RRset of a name, nil if there is none.
func (v *View) steeredSet(name zones.Name, qtype uint16) *zones.RRset {
	wire := []byte(name.Lower())
	zone := v.Zones.Find(wire, qtype)
	if zone == nil {
		return nil
	}
	if found := zone.Lookup(wire, qtype); found.Kind == zones.Answer && found.Set != nil && found.Set.Reach() != nil {
		return found.Set
	}
	return nil
}

// flowing is flows while they are added up.
type flowing struct {
	*whatIf
	flows *Flows
	at    map[flowKey]int
	colos map[string]int
}

// flowKey is what clients of one flow have in common.
type flowKey struct {
	region      *steering.Region
	now, before string
}

// gather adds up where all clients go.
func (w *flowing) gather(reach *steering.Reach) {
	shares := w.shares(reach)
	step := steering.Slices
	if reach.Sliced() || w.now.Verdicts.Sliced() || w.then.Verdicts.Sliced() {
		step = 1
		for len(shares)*steering.Slices/step > maxChoices && step < steering.Slices {
			step++
		}
	}
	keys := (steering.Slices + step - 1) / step
	for _, of := range shares {
		demand, part := w.demand(of)/float64(keys), of.part/float64(keys)
		for key := 0; key < steering.Slices; key += step {
			client := of.client
			client.Key = steering.Key(key)
			w.add(reach, client, part, demand)
		}
	}
}

// add adds clients who are all given the same.
func (w *flowing) add(reach *steering.Reach, client steering.Client, part, demand float64) {
	now := w.now.end(reach, client)
	before := FlowEnd{}
	if w.flows.Compared {
		before = w.then.end(reach, client)
		if elsewhere(before.Words, now.Words) {
			w.flows.Moved += part
		}
	}
	key := flowKey{client.Region, now.Words, before.Words}
	i, known := w.at[key]
	if !known {
		i = len(w.flows.Flows)
		w.at[key] = i
		flow := Flow{Region: regionName(w.now.Network, client.Region), Now: now}
		flow.place(w.now.Map.Place(client.Region))
		if w.flows.Compared {
			flow.Before = &before
		}
		w.flows.Flows = append(w.flows.Flows, flow)
	}
	w.flows.Flows[i].ClientShare += part
	w.flows.Flows[i].DemandShare += demand
	for _, colo := range now.Colos {
		w.flows.Colos[w.colos[colo]].Now += part / float64(len(now.Colos))
	}
	for _, colo := range before.Colos {
		w.flows.Colos[w.colos[colo]].Before += part / float64(len(before.Colos))
	}
}

// place puts a flow where its clients are, if that is known.
func (f *Flow) place(at steering.Location, ok bool) {
	if ok {
		f.Location = &ExplainedLocation{tenthDegree(at.Lat), tenthDegree(at.Lon)}
	}
}

// tenthDegree rounds to a tenth of a degree, which is ten kilometres.
func tenthDegree(x float64) float64 { return math.Round(10*x) / 10 }
