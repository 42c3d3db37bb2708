package config

import (
	"slices"
	"time"

	"leeward/steering"
)

func (k checker) steering() {
	s := &k.c.Steering
	if s.TTL.Min > s.TTL.Max && k.clean("steering.ttl") {
		path := "steering.ttl.min"
		if !k.given(path) {
			path = "steering.ttl.max"
		}
		k.badKey(path, "ttl.min (%s) is more than ttl.max (%s)",
			time.Duration(s.TTL.Min)*time.Second, time.Duration(s.TTL.Max)*time.Second)
	}
	k.geo()
	if k.c.Network == nil || !k.clean("steering.witnesses") {
		return
	}
	for i, w := range s.Witnesses {
		k.witness(i, w)
	}
	if k.clean("steering.witnesses") && len(s.Witnesses) > 0 {
		k.summon()
	}
}

// summon gives the network its witnesses. An upstream without one is worth a word: when it is the one that lives, a node
// behind it cannot tell.
func (k checker) summon() {
	var witnesses []steering.Witness
	for _, w := range k.c.Steering.Witnesses {
		witnesses = append(witnesses, steering.NewWitness(w.Upstream, w.Address))
	}
	for _, upstream := range k.c.Network.Upstreams() {
		if !slices.ContainsFunc(witnesses, func(w steering.Witness) bool { return w.Upstream == upstream }) {
			k.warnKey("steering.witnesses", "none is reached through %s: list at least one for each upstream", upstream)
		}
	}
	if network, err := steering.NewNetwork(k.c.Colos, k.c.Check, witnesses...); err == nil { // as it was without them
		if network, err = network.WithChecks(k.c.named()); err == nil {
			k.c.Network = network
		}
	}
}

// geo gives clients at unknown places a place.
//
//	lat    lon    result
//	given  given  there
//	given  -      error
//	-      given  error
//	-      -      at the first colo
func (k checker) geo() {
	const path = "steering.geo.default"
	lat, lon := k.given(path+".lat"), k.given(path+".lon")
	switch {
	case !k.clean(path) || lat && lon:
	case lat:
		k.badKey(path+".lat", "lon is missing beside it")
	case lon:
		k.badKey(path+".lon", "lat is missing beside it")
	case len(k.c.Colos) > 0:
		k.c.Steering.Geo.Default = k.c.Colos[0].Location
	}
}

// witness checks that a witness tells what no uplink of the network does.
//
//	upstream         address               result
//	not the network's                      error with the nearest there is
//	the network's    in an uplink's prefix error: it would fail with the uplink
//	                 listed before         error
//	                 other                 as it should be
func (k checker) witness(i int, w Witness) {
	path, network := item("steering.witnesses", i), k.c.Network
	if upstreams := network.Upstreams(); !slices.Contains(upstreams, w.Upstream) {
		if len(upstreams) == 0 {
			k.badKey(path+".upstream", "there is no upstream %q: there are no colos", w.Upstream)
			return
		}
		k.badKey(path+".upstream", "there is no upstream %q: did you mean %s?", w.Upstream, steering.NearestName(w.Upstream, upstreams))
		return
	}
	if u := network.UplinkOf(w.Address.Addr()); u != steering.NoUplink {
		k.badKey(path+".address", "%s lies in a prefix of %s: a witness stands outside the network", w.Address.Addr(), network.UplinkName(u))
		return
	}
	if slices.Contains(k.c.Steering.Witnesses[:i], w) {
		k.badKey(path, "%s through %s is listed twice", w.Address, w.Upstream)
	}
}
