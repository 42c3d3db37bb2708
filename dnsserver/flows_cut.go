package dnsserver

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"leeward/steering"
	"leeward/steering/geo"
)

// maxFlows is how many flows are listed: what a map can show.
const maxFlows = 200

// weight is what a flow is to be seen by.
func (f *Flow) weight() float64 { return max(f.ClientShare, f.DemandShare) }

// order puts the largest flows first.
func (f *Flows) order() {
	slices.SortStableFunc(f.Flows, func(a, b Flow) int {
		return cmp.Or(cmp.Compare(b.weight(), a.weight()), strings.Compare(a.Region, b.Region), strings.Compare(a.Now.Words, b.Now.Words))
	})
}

// cut makes of the flows what a map can show.
//
//	flows                           become
//	that are no part of all         none
//	up to 200                       as they are
//	more: the 100 largest           as they are
//	those of the others             one flow for all that go the same way, from the middle of them
//	of these, beyond 200            left out, and counted
func (f *Flows) cut() {
	f.Flows = slices.DeleteFunc(f.Flows, func(f Flow) bool { return f.weight() == 0 })
	f.order()
	if len(f.Flows) > maxFlows {
		f.Flows = append(f.Flows[:maxFlows/2:maxFlows/2], oneWay(f.Flows[maxFlows/2:])...)
		f.order()
	}
	for len(f.Flows) > maxFlows {
		last := len(f.Flows) - 1
		f.LeftOut += f.Flows[last].ClientShare
		f.LeftOutOf++
		f.Flows = f.Flows[:last]
	}
}

// oneWay are flows of which those that go the same way are one.
func oneWay(flows []Flow) (list []Flow) {
	type way struct{ now, before string }
	at, middles, of := map[way]int{}, []geo.Middle{}, []int{}
	for i := range flows {
		flow := &flows[i]
		w := way{now: flow.Now.Words}
		if flow.Before != nil {
			w.before = flow.Before.Words
		}
		n, known := at[w]
		if !known {
			n = len(list)
			at[w] = n
			list, middles, of = append(list, Flow{Now: flow.Now, Before: flow.Before}), append(middles, geo.Middle{}), append(of, 0)
		}
		of[n]++
		list[n].ClientShare += flow.ClientShare
		list[n].DemandShare += flow.DemandShare
		if flow.Location != nil {
			middles[n].Add(steering.Location(*flow.Location), flow.weight())
		}
	}
	for n := range list {
		list[n].Region = fmt.Sprintf("%d smaller regions", of[n])
		list[n].place(middles[n].Location())
	}
	return list
}
