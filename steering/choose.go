package steering

import (
	"cmp"
	"math"
	"slices"
)

// Row is the row of the chart of choice that gave an answer.
type Row uint8

// The rows of the chart of choice.
const (
	RowHealthy  Row = 1 + iota // up or at risk
	RowDrained                 // drained, but measured up
	RowFailOpen                // not drained
	RowNearest                 // whatever is nearest
	RowFallback                // by policy: what is given in the place of the two before
	RowClosed                  // by policy: nothing
	rowsEnd
)

// Rows is how many rows there are.
const Rows = int(rowsEnd) - 1

// Choice is the colo that answers for a steered RRset, and which of its runs are given.
type Choice struct {
	Row     Row
	Colo    ColoIndex
	All     bool // every colo that has addresses of what is given, or is picked, is given; Colo is the first
	Settled bool // no verdict that the choice touches may be about to change
	Home    bool // the colo is the node's own, which answers before all while the node is blind and alone
	Sliced  bool // another slice of the region's clients may be given something else
	takes   grades
	picked  uint8 // by count=: so many picks
	picks   [MaxCount]uint16
}

// Client is who asks, as far as a choice depends on it.
type Client struct {
	Region *Region
	Key    Key    // needed where Reach.Sliced, or while Verdicts.Sliced
	Origin Origin // needed as Reach.Pins says

	pin *pin // of the RRset's policy, which holds for the origin
}

// chart is the chart of choice. The first row that fits a colo in which the RRset has an address gives the answer, in
// the nearest such colo; all its addresses on uplinks of the grades given are in the answer, and no others.
//
//	row  the nearest colo with an uplink that is     gives its addresses on uplinks that are
//	1    up or at risk                               up; at risk only if it has none up
//	2    drained but measured up                     drained but measured up
//	3    not drained (fail open)                     not drained
//	4    any                                         any
//
// A policy puts another order in the place of nearness, or all colos in the place of one, or so many addresses of several; a
// pin puts colos first. It may give, where neither row 1 nor row 2 fits, addresses that lie in no colo, or none, in the
// place of rows 3 and 4. In row 1 the nearest colos that are full are passed over, unless all that fit are. A node that is
// blind and alone has its own colo before row 1.
//
// With pre-emption on, row 1 looks for up alone first, then for at risk. In row 1 a colo is passed over while all its
// uplinks that fit are in a ramp and the client's slice is back on none of them; but if all that fit would be passed over,
// none is.
var chart = [...]struct {
	row   Row
	wants grades
}{
	{RowHealthy, gradeUp | gradeAtRisk},
	{RowDrained, gradeDrained},
	{RowFailOpen, gradeUp | gradeAtRisk | gradeDown},
	{RowNearest, gradeUp | gradeAtRisk | gradeDown | gradeDrained | gradeDrainedDown},
}

// Choose picks the colo that answers a client, by the chart of choice. A node that is blind and alone looks for row 1 in
// its own colo before all others.
func (r *Reach) Choose(client Client, v *Verdicts, preempt bool) (c Choice) {
	if r.policy != nil {
		client.pin = r.policy.pin(client.Origin)
	}
	wants := r.first(&client, v, preempt, &c)
	if r.counting != nil && c.Row <= RowNearest {
		r.fill(&client, v, &c, wants)
	}
	return c
}

// first makes the choice of the first row that fits, and gives the grades that it looked for.
func (r *Reach) first(client *Client, v *Verdicts, preempt bool, c *Choice) grades {
	if v.home != noHome && r.home(v, c) {
		return chart[0].wants
	}
	if preempt && r.nearest(client, v, RowHealthy, gradeUp, c) {
		return gradeUp
	}
	for i := range chart {
		row := &chart[i]
		if row.row == RowFailOpen && r.policy.ends() {
			*c = r.end(client)
			return 0
		}
		if r.nearest(client, v, row.row, row.wants, c) {
			return row.wants
		}
	}
	return 0 // not reached: a Reach has runs, and the last row takes any
}

// end is the choice where no colo is left that the policy would give: in the name of the one that stands first.
func (r *Reach) end(client *Client) Choice {
	c := Choice{Row: RowClosed, Colo: r.runs[0].Colo, Sliced: r.policy.sliced()}
	if r.fallback.To > r.fallback.From || r.policy.FallbackName != nil {
		c.Row = RowFallback
	}
	for i := range r.runs {
		if r.policy.standing(client, r.runs[i].Colo) < r.policy.standing(client, c.Colo) { // some run is for the client
			c.Colo = r.runs[i].Colo
		}
	}
	return c
}

// home picks the node's own colo, if it fits row 1.
func (r *Reach) home(v *Verdicts, c *Choice) bool {
	has := grades(0)
	for i := range r.runs {
		if int(r.runs[i].Colo) == v.home {
			has |= v.grading.of(&r.runs[i]) & (gradeUp | gradeAtRisk)
		}
	}
	if has == 0 {
		return false
	}
	*c = Choice{Row: RowHealthy, Colo: ColoIndex(v.home), Home: true, takes: best(has)}
	return true
}

// best is what row 1 gives of what a colo has.
func best(has grades) grades {
	if has&gradeUp != 0 {
		return gradeUp
	}
	return has
}

// passes is before which standing colos are passed over in row 1, because they are full, and whether other slices of the region
// pass over others. It is about the nearest colo alone: what a policy or a pin says is not given up.
func (r *Reach) passes(client *Client, v *Verdicts, row Row) (from uint64, sliced bool) {
	if v.poured == nil || row != RowHealthy || !r.policy.regional() || client.pin != nil {
		return 0, false
	}
	return v.poured.passes(client)
}

// Full says whether a colo is passed over for a client because it is full, or gives the client away.
func (r *Reach) Full(client Client, v *Verdicts, colo ColoIndex) bool {
	client.pin = r.policy.pin(client.Origin)
	from, _ := r.passes(&client, v, RowHealthy)
	return r.policy.standing(&client, colo) < from
}

// nearest picks the colo that stands first of those that have a run of a wanted grade, the full ones last.
func (r *Reach) nearest(client *Client, v *Verdicts, row Row, wants grades, c *Choice) bool {
	if r.policy != nil && r.policy.Kind == PolicyAll {
		return r.together(v, row, wants, c)
	}
	if v.poured == nil {
		return r.nearestFrom(client, v, row, wants, 0, c)
	}
	from, sliced := r.passes(client, v, row)
	ok := r.nearestFrom(client, v, row, wants, from, c) || from > 0 && r.nearestFrom(client, v, row, wants, 0, c)
	c.Sliced = c.Sliced || sliced
	return ok
}

// nearestFrom picks the colo that stands first, from one on.
func (r *Reach) nearestFrom(client *Client, v *Verdicts, row Row, wants grades, from uint64, c *Choice) bool {
	var colo ColoIndex
	stands, has := uint64(math.MaxUint64), grades(0)
	for i := range r.runs {
		run := &r.runs[i]
		grade := v.grading.of(run) & wants
		if grade == 0 {
			continue
		}
		switch at := r.policy.standing(client, run.Colo); {
		case at < from, at == nowhere:
		case at < stands:
			stands, colo, has = at, run.Colo, grade
		case at == stands:
			has |= grade
		}
	}
	if has == 0 {
		return false
	}
	sliced := r.policy.sliced()
	if row == RowHealthy {
		if v.grading.ramping {
			var ramps bool
			colo, has, ramps = r.back(client, v, wants, from, colo, has)
			stands, sliced = r.policy.standing(client, colo), sliced || ramps
		}
		has = best(has)
	}
	c.Row, c.Colo, c.Sliced, c.takes = row, colo, sliced, has
	c.Settled = row == RowHealthy && has == gradeUp && r.calm(client, v, stands)
	return true
}

// together picks every colo that has a run of a wanted grade.
func (r *Reach) together(v *Verdicts, row Row, wants grades, c *Choice) bool {
	settled := true
	c.Row, c.All, c.takes = row, true, 0
	for i := range r.runs {
		run := &r.runs[i]
		settled = settled && v.grading.of(run)&unsettled == 0
		if grade := v.grading.of(run) & wants; grade != 0 {
			if c.takes == 0 {
				c.Colo = run.Colo
			}
			c.takes |= grade
		}
	}
	if row == RowHealthy {
		c.takes = best(c.takes)
	}
	c.Settled = settled && row == RowHealthy && c.takes == gradeUp
	return c.takes != 0
}

// calm says whether no verdict on the colos up to one that stands last may be about to change: those that stand behind it
// cannot change the answer.
func (r *Reach) calm(client *Client, v *Verdicts, last uint64) bool {
	for i := range r.runs {
		run := &r.runs[i]
		if v.grading.of(run)&unsettled != 0 && r.policy.standing(client, run.Colo) <= last {
			return false
		}
	}
	return true
}

// RowOf is the row of the chart that a colo's runs fit by themselves.
func (r *Reach) RowOf(colo ColoIndex, v *Verdicts) Row {
	has := grades(0)
	for i := range r.runs {
		if r.runs[i].Colo == colo {
			has |= v.grading.of(&r.runs[i])
		}
	}
	for _, row := range chart {
		if has&row.wants != 0 {
			return row.row
		}
	}
	return RowNearest
}

// Unsettled are the runs whose verdicts may be about to change the choice.
func (r *Reach) Unsettled(client Client, v *Verdicts, c Choice) (list []Run) {
	client.pin = r.policy.pin(client.Origin)
	all := c.All || c.Row >= RowFallback
	for i := range r.runs {
		run := &r.runs[i]
		if v.grading.of(run)&unsettled != 0 && (all || r.policy.standing(&client, run.Colo) <= r.policy.standing(&client, c.Colo)) {
			list = append(list, *run)
		}
	}
	return list
}

// Order is the colos of the RRset as they stand for a client, first to last.
func (r *Reach) Order(client Client) []ColoIndex {
	client.pin = r.policy.pin(client.Origin)
	var order []ColoIndex
	for i := range r.runs {
		if !slices.Contains(order, r.runs[i].Colo) {
			order = append(order, r.runs[i].Colo)
		}
	}
	slices.SortStableFunc(order, func(a, b ColoIndex) int {
		return cmp.Compare(r.policy.standing(&client, a), r.policy.standing(&client, b))
	})
	return order
}
