package dnsserver

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"leeward/steering"
)

// steering gives the reason of a steered answer.
func (e *Explanation) steering(view *View, tr *trace) {
	n, region := view.Network, tr.client.Region
	first := n.Colos()[region.Order()[0]]
	from := first.Location
	located := fmt.Sprintf("the place of the client %s cannot be told (%s): distances are from %s", e.Client.Address, e.Client.LocatedBy, first.Name)
	if at := e.Client.Location; at != nil {
		from = steering.Location{Lat: at.Lat, Lon: at.Lon}
		located = fmt.Sprintf("the client %s is located by %s: %.2f, %.2f", e.Client.Address, e.Client.LocatedBy, from.Lat, from.Lon)
	}
	e.Row = int(tr.choice.Row)
	e.Region = regionName(n, region)
	e.Steps = append(e.Steps, located)
	if p := tr.set.Reach().Policy(); p != nil {
		e.Steps = append(e.Steps, "its policy is "+p.Text)
		if _, pin := p.Pin(tr.client.Origin); pin != "" {
			e.Steps = append(e.Steps, "the policy pins the client: "+pin)
		}
	}
	nearer := !tr.choice.Home
	for _, colo := range tr.set.Reach().Order(tr.client) {
		nearer = nearer && !tr.choice.All && colo != tr.choice.Colo
		ex := explainColo(view, tr, colo, from)
		if nearer {
			e.Steps = append(e.Steps, ex.passOver(view, tr, colo)...)
		}
		e.Colos = append(e.Colos, ex)
	}
	name := n.Colos()[tr.choice.Colo].Name
	e.Colo, e.Reason = name, policyReason(view, tr, name)
	if tr.choice.Home {
		e.Reason = fmt.Sprintf("%s is this node's own colo, and the node is blind and alone: whoever reaches the node can reach it (row %d)", name, e.Row)
	}
	e.TTLReason = ttlReason(view, tr)
}

// passOver says why a colo that is nearer than the one chosen does not answer.
func (c *ExplainedColo) passOver(view *View, tr *trace, colo steering.ColoIndex) (steps []string) {
	if c.Ramp != nil && c.Row == int(steering.RowHealthy) && c.Ramp.Slice >= c.Ramp.Back {
		c.Ramp.PassedOver = true
		return []string{fmt.Sprintf("%s (%.0f km) is passed over: its clients return slowly, %d of %d slices are back, and this client is in slice %d",
			c.Name, c.Km, c.Ramp.Back, steering.Slices, c.Ramp.Slice)}
	}
	if c.Row == int(steering.RowHealthy) && tr.set.Reach().Full(tr.client, view.Verdicts, colo) {
		d := view.Verdicts.Demands()[colo]
		why := fmt.Sprintf("it bears clients of %.4g answers a second, all that it can", d.Demand)
		if d.Shed > 0 {
			why = fmt.Sprintf("its load is high, and it gives %d %% of its clients away", d.Shed)
		}
		return []string{fmt.Sprintf("%s (%.0f km) is passed over: %s", c.Name, c.Km, why)}
	}
	for _, u := range c.Uplinks {
		steps = append(steps, fmt.Sprintf("%s (%.0f km) is passed over: %s %s: %s",
			c.Name, c.Km, strings.Join(u.Upstreams, "+"), u.Verdict, u.Reason))
	}
	return steps
}

// ttlReason says which bound holds for a steered answer, and what may be about to change.
func ttlReason(view *View, tr *trace) string {
	bounds, by := tr.set.Reach().TTL(view.TTL), ""
	if bounds != view.TTL {
		by = " (of its policy)"
	}
	if tr.choice.Settled {
		return fmt.Sprintf("the record's %d, at most ttl.max %d%s", tr.ttl, bounds.Max, by)
	}
	reason := fmt.Sprintf("the record's %d, at most ttl.min %d%s: the answer may be about to change", tr.ttl, bounds.Min, by)
	if tr.choice.Home {
		reason += "; this node is blind and alone"
	}
	if tr.choice.Row > steering.RowHealthy && tr.choice.Row <= steering.RowNearest {
		reason += fmt.Sprintf("; nothing that is up is left undrained (row %d)", tr.choice.Row)
	}
	for _, run := range tr.set.Reach().Unsettled(tr.client, view.Verdicts, tr.choice) {
		reason += "; " + view.Network.UplinkName(run.Uplink) + ": " + reasonOf(view, tr, run)
	}
	return reason
}

// policyReason says what made the choice.
func policyReason(view *View, tr *trace, colo string) string {
	row, kind := tr.choice.Row, steering.PolicyNearest
	if p := tr.set.Reach().Policy(); p != nil {
		kind = p.Kind
	}
	switch {
	case row == steering.RowFallback:
		return "no colo of it is healthy: the fallback of its policy answers"
	case row == steering.RowClosed:
		return "no colo of it is healthy, and its policy rather gives no address (empty=closed)"
	case len(tr.choice.Picks()) > 0:
		return countReason(view, tr)
	case kind == steering.PolicyAll:
		return fmt.Sprintf("its policy gives every colo with an address on an uplink that is %s (row %d)", rowWords[row], row)
	}
	standing := standingWords[kind]
	if _, pin := tr.set.Reach().Policy().Pin(tr.client.Origin); pin != "" {
		standing = "the first colo, by the pin " + pin + ", then as usual,"
	}
	return fmt.Sprintf("%s is %s with an address on an uplink that is %s (row %d)", colo, standing, rowWords[row], row)
}

// countReason says what made the choice of so many addresses.
func countReason(view *View, tr *trace) string {
	var colos, upstreams []string
	apart := "no two of them share an upstream"
	for run := range tr.set.Reach().Given(&tr.choice, view.Verdicts) {
		if name := view.Network.Colos()[run.Colo].Name; !slices.Contains(colos, name) {
			colos = append(colos, name)
		}
		for _, name := range view.Network.Uplinks()[run.Uplink].Upstreams {
			if slices.Contains(upstreams, name) {
				apart = "some share an upstream, which cannot be helped"
			}
			upstreams = append(upstreams, name)
		}
	}
	row := tr.choice.Row
	return fmt.Sprintf("its policy gives %d of the addresses on uplinks that are %s (row %d), of %s: %s",
		len(tr.choice.Picks()), rowWords[row], row, strings.Join(colos, ", "), apart)
}

var standingWords = map[steering.PolicyKind]string{
	steering.PolicyNearest:  "the nearest colo",
	steering.PolicyFailover: "the first colo of order=",
	steering.PolicyWeighted: "the first colo that the client's prefix falls to by weight=",
	steering.PolicySpread:   "the first colo that the client's prefix falls to",
}

var rowWords = map[steering.Row]string{
	steering.RowHealthy:  "up or at risk",
	steering.RowDrained:  "drained but not measured down: no other is left",
	steering.RowFailOpen: "not drained: all are down, failing open",
	steering.RowNearest:  "there at all: all are drained and down",
}

// explainColo is a colo with the uplinks and addresses that an RRset has there.
func explainColo(view *View, tr *trace, colo steering.ColoIndex, from steering.Location) ExplainedColo {
	n, set := view.Network, tr.set
	c := ExplainedColo{Name: n.Colos()[colo].Name, Km: math.Round(from.Km(n.Colos()[colo].Location)),
		Uplinks: []ExplainedUplink{}, Addresses: []string{}, Row: int(set.Reach().RowOf(colo, view.Verdicts))}
	if back := set.Reach().Back(colo, view.Verdicts); back < steering.Slices {
		c.Ramp = &ExplainedRamp{Back: back, Slice: int(tr.client.Key.Slice())}
	}
	for _, run := range set.Reach().Runs() {
		if run.Colo != colo {
			continue
		}
		c.Uplinks = append(c.Uplinks, ExplainedUplink{n.Uplinks()[run.Uplink].Upstreams, view.Verdicts.Of(run).State, reasonOf(view, tr, run)})
		c.Addresses = append(c.Addresses, addressesIn(set, run)...)
	}
	return c
}

// reasonOf is why what counts for a run is what it is.
func reasonOf(view *View, tr *trace, run steering.Run) string {
	verdict := view.Verdicts.Of(run)
	if verdict == &view.Verdicts.Uplinks[run.Uplink] {
		return verdict.Reason
	}
	return "check " + tr.set.Reach().Policy().Check + ": " + verdict.Reason
}

// regionName is a region's order of colos; after eight it says how many more there are.
func regionName(n *steering.Network, r *steering.Region) string {
	const shown = 8
	var names []string
	for i, colo := range r.Order() {
		if i == shown {
			return fmt.Sprintf("%s and %d more", strings.Join(names, " "), len(r.Order())-shown)
		}
		names = append(names, n.Colos()[colo].Name)
	}
	return strings.Join(names, " ")
}
