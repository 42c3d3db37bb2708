package incident

import (
	"slices"
	"strings"
	"time"
)

// together is how soon after one trouble another begins that is taken for a part of it, where both are in one place.
const together = time.Minute

// belongs finds the trouble that a trouble belongs to; nil: it stands alone. Sorted are all, by when they began. The first
// row that fits:
//
//	the trouble of                   belongs to
//	a zone                           the same zone's at another node, while that lasts or less than calm after
//	a drain                          what it covers that is in trouble: it is the answer to that
//	an uplink, a service             an upstream of it that is found failing, unless it was in trouble long before
//	an uplink, a service, upstream   a drain that covers it: there are works
//	a service                        its uplink's, while that lasts
//	an uplink, a service             one in the same colo or through the same upstream, or a service of the same check,
//	                                 that began at most a minute before
//	a colo                           the last of its uplinks that went before it
//
// So an outage that comes on top of an older trouble is an incident of its own, although it may meet it in a colo.
func (p *episode) belongs(sorted []*episode) *episode {
	for _, row := range p.rows() {
		if at := slices.IndexFunc(sorted, func(q *episode) bool { return q != p && row(q) }); at >= 0 {
			return sorted[at]
		}
	}
	if p.is("colo") {
		for _, q := range slices.Backward(sorted) {
			if q.is("uplink") && q.colo == p.colo && q.lasted(p.start) {
				return q
			}
		}
	}
	return nil
}

// rows are those of the chart above that may fit the trouble.
func (p *episode) rows() []func(q *episode) bool {
	link := p.is("uplink") || p.is("service")
	switch {
	case p.kind == Zone:
		return []func(q *episode) bool{func(q *episode) bool {
			return q.kind == Zone && q.on == p.on && !q.start.After(p.start) && (q.open || p.start.Sub(q.end) < calm)
		}}
	case p.kind == Override:
		return []func(q *episode) bool{func(q *episode) bool {
			return q.kind == Verdict && (p.covers(q) || p.on == q.on) && q.start.Before(p.start) && q.lasted(p.start)
		}}
	case link:
		return []func(q *episode) bool{
			func(q *episode) bool {
				return q.is("upstream") && q.covers(p) && p.start.After(q.start.Add(-together)) && (q.open || !p.start.After(q.end))
			},
			func(q *episode) bool { return q.kind == Override && q.covers(p) && q.lasted(p.start) },
			func(q *episode) bool { return p.uplink != "" && q.on == "uplink:"+p.uplink && q.lasted(p.start) },
			func(q *episode) bool {
				return (q.is("uplink") || q.is("service")) && p.near(q) && q.start.Before(p.start) && p.start.Sub(q.start) <= together
			},
		}
	case p.is("upstream"):
		return []func(q *episode) bool{func(q *episode) bool { return q.kind == Override && q.on == p.on && q.lasted(p.start) }}
	}
	return nil
}

// near says whether two uplinks or services have a colo, an upstream or a check in common.
func (p *episode) near(q *episode) bool {
	if p.colo == q.colo || p.uplink != "" && q.uplink != "" && p.check() == q.check() {
		return true
	}
	return slices.ContainsFunc(p.upstreams, func(name string) bool { return slices.Contains(q.upstreams, name) })
}

// check is the name of the check of a service.
func (p *episode) check() string {
	name, _, _ := strings.Cut(strings.TrimPrefix(p.on, "service:"), " of ")
	return name
}

// group puts the troubles that belong together into one list each. The lists and what is in them are in order of their
// beginnings.
func group(sorted []*episode) [][]*episode {
	head := make(map[*episode]*episode, len(sorted))
	var of func(p *episode) *episode
	of = func(p *episode) *episode {
		if head[p] == p {
			return p
		}
		head[p] = of(head[p])
		return head[p]
	}
	for _, p := range sorted {
		head[p] = p
	}
	var near []*episode // that a trouble may belong to: what begins too late, or was over too early, does not matter
	next := 0
	for _, p := range sorted {
		for ; next < len(sorted) && !sorted[next].start.After(p.start.Add(together)); next++ {
			near = append(near, sorted[next])
		}
		near = slices.DeleteFunc(near, func(q *episode) bool { return !q.open && q.end.Before(p.start.Add(-calm)) })
		if q := p.belongs(near); q != nil {
			head[of(p)] = of(q)
		}
	}
	at := map[*episode]int{}
	var groups [][]*episode
	for _, p := range sorted {
		i, known := at[of(p)]
		if !known {
			i = len(groups)
			at[of(p)] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], p)
	}
	return groups
}
