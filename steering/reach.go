package steering

import (
	"cmp"
	"net/netip"
	"slices"
)

// Reach is where the addresses of a steered RRset lie: runs of records that share an uplink, colo by colo. It is
// immutable and made at load, so that a query only has to pick among the runs.
type Reach struct {
	runs     []Run
	fallback Run       // records behind those of the runs: the policy's
	outside  int       // records at the end that lie in no uplink, or in a colo that the policy does not use
	policy   *Policy   // nil: nearest
	counting *counting // nil: no count=
	services []Service // by check=
}

// Run is a range of an RRset's records, [From, To), that lie in one uplink; with check= of the policy, of one address.
type Run struct {
	Uplink   UplinkIndex
	Colo     ColoIndex
	From, To uint16
	service  TargetID // that check= has probed; 0: none
}

// only is a record of a run.
func (r Run) only(at uint16) Run {
	r.From, r.To = at, at+1
	return r
}

// Service is what check= has probed; 0 is none.
func (r Run) Service() TargetID { return r.service }

// Runs are the runs in the order of colos in the configuration. The caller must not change them.
func (r *Reach) Runs() []Run { return r.runs }

// Services are what check= of the policy has probed. The caller must not change them.
func (r *Reach) Services() []Service {
	if r == nil {
		return nil
	}
	return r.services
}

// Fallback is the range of records that lie in no uplink, and are given by RowFallback.
func (r *Reach) Fallback() Run { return r.fallback }

// Outside is how many records, the last of the RRset, are never given.
func (r *Reach) Outside() int { return r.outside }

// Policy is the policy of the RRset, nil for the nearest colo.
func (r *Reach) Policy() *Policy { return r.policy }

// Sliced says whether clients of one region may get different colos by the policy.
func (r *Reach) Sliced() bool { return r.policy.sliced() || r.counting != nil && r.counting.cuts }

// TTL is the bounds of the TTL for the RRset, by those of the configuration.
func (r *Reach) TTL(by TTL) TTL { return r.policy.ttl(by) }

// Reach says how to order an RRset's addresses into runs, by a policy, which may be nil: order[i] is the position in addrs of
// the record that comes i-th or, from len(addrs) on, that in the policy's Fallback. An RRset that is answered as it is written
// is not steered: reach is nil, and order too.
//
//	policy                           addresses lie in           of these in the policy's colos  steered
//	none                             any                        any                             no
//	any other, and no policy         no uplink                  -                               no
//	has fallback= or empty=closed    one uplink                 one                             yes
//	has count=, of fewer addresses   one uplink                 one                             yes
//	has check=, two addresses        one uplink                 one                             yes
//	any other, and no policy         one uplink                 any                             no
//	any other, and no policy         two uplinks or more        one or more                     yes
//	any                              two uplinks or more        none                            no: it could never be given
func (n *Network) Reach(addrs []netip.Addr, p *Policy) (order []int, reach *Reach) {
	if n == nil || len(addrs) < 2 && !p.ends() || p != nil && p.Kind == PolicyNone {
		return nil, nil
	}
	uplink := make([]UplinkIndex, len(addrs))
	first, steered := NoUplink, p.ends()
	for i, a := range addrs {
		u := n.UplinkOf(a)
		if first == NoUplink {
			first = u
		}
		steered = steered || u != NoUplink && u != first
		if u != NoUplink && !p.Uses(n.coloOf[u]) {
			u = NoUplink
		}
		uplink[i] = u
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(uplink[a], uplink[b]) })
	reach = &Reach{policy: p}
	checked := p != nil && p.Check != ""
	steered = steered || p != nil && p.Count > 0 && p.Count < len(addrs) || checked && len(addrs) > 1
	for i, at := range order {
		u := uplink[at]
		switch last := len(reach.runs) - 1; {
		case u == NoUplink:
			reach.outside++
		case last >= 0 && reach.runs[last].Uplink == u && !checked:
			reach.runs[last].To++
		default:
			run := Run{Uplink: u, Colo: n.coloOf[u], From: uint16(i), To: uint16(i + 1)}
			if checked {
				s := n.service(u, addrs[at], p.Check)
				run.service = s.ID
				reach.services = append(reach.services, s)
			}
			reach.runs = append(reach.runs, run)
		}
	}
	if !steered || !slices.ContainsFunc(reach.runs, func(run Run) bool { return p == nil || p.aside == nil || !p.aside[run.Colo] }) {
		return nil, nil
	}
	reach.counting = reach.counts(n)
	return reach.fallBack(order, addrs[0].Is4()), reach
}

// fallBack puts the fallback addresses of a family behind the runs.
func (r *Reach) fallBack(order []int, is4 bool) []int {
	if r.policy == nil {
		return order
	}
	given, at := len(order), len(order)-r.outside
	r.fallback = Run{Uplink: NoUplink, From: uint16(at), To: uint16(at)}
	for i, a := range r.policy.Fallback {
		if a.Is4() == is4 {
			order = slices.Insert(order, int(r.fallback.To), given+i)
			r.fallback.To++
		}
	}
	return order
}

// Spans says whether the records lie in more than one colo and the answer depends on the client's region.
func (r *Reach) Spans() bool { return r.several() && r.policy.regional() }

// Pins says whether the records lie in more than one colo and the answer depends on the client's country, or on its
// autonomous system.
func (r *Reach) Pins() (country, asn bool) {
	if r.policy == nil || !r.several() {
		return false, false
	}
	return r.policy.pinsCountry, r.policy.pinsASN
}

// several says whether the records lie in more than one colo.
func (r *Reach) several() bool { return r.runs[0].Colo != r.runs[len(r.runs)-1].Colo }
