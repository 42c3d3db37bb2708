package config

import (
	"slices"
	"sort"

	"leeward/steering"
)

// network makes the network of colos and check.
func (k checker) network() {
	c := k.c
	if !k.clean("colos") {
		return
	}
	first := map[string]int{}
	for i, colo := range c.Colos {
		k.load(colo.Load, item("colos", i)+".load")
		if j, ok := first[colo.Name]; ok {
			k.badKey(item("colos", i)+".name", "%s is the name of %s already", colo.Name, item("colos", j))
		} else {
			first[colo.Name] = i
		}
	}
	if !k.clean("colos", "checks") {
		return
	}
	network, err := steering.NewNetwork(c.Colos, c.Check)
	if err != nil {
		k.networkProblems()
		return
	}
	if c.Network, err = network.WithChecks(c.named()); err != nil {
		k.badKey("checks", "%s", err)
		return
	}
	for u := range network.Uplinks() {
		if up := &network.Uplinks()[u]; len(up.Probe) == 0 {
			colo := network.ColoOf(steering.UplinkIndex(u))
			within := slices.IndexFunc(c.Colos[colo].Uplinks, func(other steering.Uplink) bool { return other.Name() == up.Name() })
			k.warnKey(item(item("colos", int(colo))+".uplinks", within), "no address to probe: it is never found down")
		}
	}
}

// load refuses a load that is to be had nowhere, or at two places, and marks between which nothing comes to rest.
func (k checker) load(l *steering.LoadSource, path string) {
	if l == nil || !k.clean(path) {
		return
	}
	switch {
	case (l.File == "") == (l.URL == ""):
		k.badKey(path, "file or url is wanted, one of them")
	case l.Low >= l.High:
		k.badKey(path+".low", "%g is no less than high (%g): clients would be sent to and fro", l.Low, l.High)
	}
}

// networkProblems reports each uplink that cannot stand beside those before it. A colo that has one is left out of the
// search for the next: what makes a list of colos faulty makes every longer one so, and leaving out a colo adds no fault.
func (k checker) networkProblems() {
	var colos []steering.Colo
	var places []int
	for i, colo := range k.c.Colos {
		colos, places = append(colos, colo), append(places, i)
	}
	faulty := func(n int) bool {
		_, err := steering.NewNetwork(colos[:n+1], k.c.Check)
		return err != nil
	}
	for {
		i := sort.Search(len(colos), faulty)
		if i == len(colos) {
			return
		}
		k.coloProblem(colos[:i], colos[i], item("colos", places[i]))
		colos, places = slices.Delete(colos, i, i+1), slices.Delete(places, i, i+1)
	}
}

// coloProblem reports the first uplink of a colo that cannot stand beside the colos before it and its own before.
func (k checker) coloProblem(before []steering.Colo, colo steering.Colo, path string) {
	uplinks := colo.Uplinks
	for u := range max(len(uplinks), 1) {
		colo.Uplinks = uplinks[:min(u+1, len(uplinks))]
		if _, err := steering.NewNetwork(append(slices.Clip(before), colo), k.c.Check); err != nil {
			at := item(path+".uplinks", u)
			k.badAt(k.placeOf(at), at, err.Error())
			return
		}
	}
}
