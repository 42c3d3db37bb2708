package steering

import (
	"math"
	"net/netip"
	"slices"
)

// Policy is how the colos of a name are chosen among, where that is another way than by nearness alone. It is bound to
// one network, and immutable.
//
//	policy     the colo that answers
//	nearest    the nearest to the client, by the chart of choice
//	failover   the first of order, by the chart
//	weighted   one that the client's prefix falls to, as often as its weight says; where that does not fit, the next one
//	           that it falls to
//	spread     the same, with equal weights
//	all        every colo that fits the first row that any fits
//	none       every one: addresses are given as written, whatever the verdicts
//
// Where a client falls to hangs on its prefix and the names of colos alone: all nodes agree, a colo that is gone moves its own
// clients only, and a weight that changes as few as can be (weighted rendezvous hashing).
type Policy struct {
	Kind     PolicyKind
	TTL      TTL          // in the place of the configuration's; a field that is 0 is not given
	Count    int          // of addresses at most, of several colos if need be; 0: all of one
	Check    string       // the name of the check that probes the addresses; "": only their uplinks are
	Closed   bool         // rather no address than one of a colo that fits neither of the first two rows
	Fallback []netip.Addr // given in the place of those
	// FallbackName is likewise given: a name in wire form, lower case, that a CNAME is to lead to; nil: none.
	FallbackName []byte
	Text         string // as it stands in the zone

	uses   []bool    // by ColoIndex; nil: all colos
	rank   []uint16  // failover: by ColoIndex
	weight []float64 // weighted and spread: by ColoIndex
	salt   []uint64  // likewise: of the colo's name

	pins                 []pin  // sorted
	aside                []bool // by ColoIndex: used for clients that are pinned to it alone; nil: none is
	pinsCountry, pinsASN bool
}

// PolicyKind is the word that a policy begins with.
type PolicyKind uint8

// The kinds of policies.
const (
	PolicyNearest PolicyKind = iota
	PolicyFailover
	PolicyWeighted
	PolicySpread
	PolicyAll
	PolicyNone
)

var policyWords = [...]string{PolicyNearest: "nearest", PolicyFailover: "failover", PolicyWeighted: "weighted",
	PolicySpread: "spread", PolicyAll: "all", PolicyNone: "none"}

func (k PolicyKind) String() string { return policyWords[k] }

// Uses says whether a colo counts for the name.
func (p *Policy) Uses(c ColoIndex) bool { return p == nil || p.uses == nil || p.uses[c] }

// sliced says whether clients of one region may get different colos.
func (p *Policy) sliced() bool { return p != nil && p.weight != nil }

// regional says whether the answer depends on the client's region.
func (p *Policy) regional() bool { return p == nil || p.Kind == PolicyNearest }

// ends says whether something else is given in the place of rows 3 and 4 of the chart of choice.
func (p *Policy) ends() bool {
	return p != nil && (p.Closed || len(p.Fallback) > 0 || p.FallbackName != nil)
}

// ttl is the bounds of a policy within those of the configuration.
func (p *Policy) ttl(by TTL) TTL {
	if p != nil && p.TTL.Max > 0 {
		by.Max = p.TTL.Max
	}
	if p != nil && p.TTL.Min > 0 {
		by.Min = p.TTL.Min
	}
	return by
}

// nowhere is where a colo stands that is not for the client: it is never given.
const nowhere = math.MaxUint64

// standing is how far back a colo stands for a client: the least comes first. No two colos stand alike, but for those that
// are not for the client. Those that the client is pinned to come before all others.
func (p *Policy) standing(client *Client, c ColoIndex) uint64 {
	if p == nil || len(p.pins) == 0 {
		return p.unpinned(client, c)
	}
	if client.pin != nil {
		if at := slices.Index(client.pin.first, c); at >= 0 {
			return uint64(at)
		}
	}
	if p.aside != nil && p.aside[c] {
		return nowhere
	}
	if client.pin == nil {
		return p.unpinned(client, c)
	}
	return p.unpinned(client, c) | 1<<63
}

// unpinned is how far back a colo stands without a pin: less than 1<<63.
func (p *Policy) unpinned(client *Client, c ColoIndex) uint64 {
	switch {
	case p == nil || p.rank == nil && p.weight == nil:
		return uint64(client.Region.rank[c])
	case p.rank != nil:
		return uint64(p.rank[c])
	}
	// The time until the first of many events that come with the weight's rate: whose is first is by the weights.
	drawn := (float64(mix(uint64(client.Key)^p.salt[c])>>11) + 0.5) / (1 << 53)
	return math.Float64bits(-math.Log(drawn)/p.weight[c])&^(1<<16-1) | uint64(c)
}
