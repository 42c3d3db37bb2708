package dnsserver

import (
	"net/netip"

	"leeward/steering"
)

// choose makes the choice for a steered RRset, and the client that it is for, and notes what of it the response tells.
//
//	the answer depends on                              the scope is at least
//	the region                                         the depth of its leaf
//	the slice, as it may while colos are full, while   the length of the prefix that makes the slice
//	    clients return, by weights and by count=
//	the country, the autonomous system                 the depth of its leaf
//	none of these, or the query has no subnet          0
func (a *answering) choose(reach *steering.Reach, client *steering.Client, choice *steering.Choice) {
	view, standpoint := a.view, a.standpoint()
	region, depth := view.Map.Lookup(standpoint)
	client.Region = region
	sliced := depth
	if view.Verdicts.Sliced() || reach.Sliced() {
		client.Key, sliced = steering.KeyOf(standpoint, depth)
	}
	country, asn := reach.Pins()
	pinned := 0
	if country || asn {
		client.Origin, pinned = view.origin(standpoint, country, asn)
	}
	*choice = reach.Choose(*client, view.Verdicts, view.Preempt)
	a.note(reach, choice)
	if a.query.edns.subnet.source > 0 {
		if !reach.Spans() {
			depth = 0
		}
		if choice.Sliced {
			depth = sliced
		}
		a.narrow(max(depth, pinned), reach.Spans() || choice.Sliced || country || asn)
	}
}

// narrow makes the scope of the response no wider than what an answer depends on, if it depends on the client at all: the
// depths of the leaves in the map that it lies in, or the length that makes its slice.
func (a *answering) narrow(depth int, depends bool) {
	if !depends {
		return
	}
	if a.standpoint().Is4In6() {
		depth += 96 // bits of the IPv6 prefix that such addresses share
	}
	a.scope = max(a.scope, uint8(depth))
}

// standpoint is the address that stands for the client.
func (a *answering) standpoint() netip.Addr {
	if addr, ok := a.query.edns.subnet.addr(); ok {
		return addr
	}
	return a.client
}
