package steering

import (
	"cmp"
	"hash/fnv"
	"io"
	"slices"
)

// How many observe a target from outside.
const (
	outsideColos = 7 // colos a target
	coloNodes    = 2 // nodes a colo
)

// Assign picks the targets that a node probes, of uplinks and services, given all living members, itself included. Every
// node reckons the same, so that no word about it is needed.
//
//	the node stands in the target's colo                                       it probes (inside view)
//	its colo is one of the seven chosen for the target, and
//	the node one of the two chosen in it                                       it probes (outside view)
//	otherwise                                                                  it does not
//
// Colos are chosen among those with living members by rendezvous hashing, preferring those that share no upstream with
// the target or with each other. Nodes outside every colo of the network stand in one colo of no upstream.
func (n *Network) Assign(self Member, alive []Member, services []Service) []Target {
	nodes := map[string][]string{} // by colo
	for _, m := range alive {
		nodes[n.standsIn(m)] = append(nodes[n.standsIn(m)], m.Name)
	}
	upstreams := map[string][]string{}
	for colo := range nodes {
		upstreams[colo] = n.coloUpstreams(colo)
	}
	own := n.standsIn(self)
	var mine []Target
	for _, t := range n.all(services) {
		target := n.colos[n.coloOf[t.Uplink]].Name
		if own == target {
			mine = append(mine, t)
			continue
		}
		colos := chooseColos(t, target, n.uplinks[t.Uplink].Upstreams, upstreams)
		if slices.Contains(colos, own) && slices.Contains(first(coloNodes, byRendezvous(t, nodes[own])), self.Name) {
			mine = append(mine, t)
		}
	}
	return mine
}

// all are the targets of uplinks and services.
func (n *Network) all(services []Service) []Target {
	list := slices.Clone(n.targets)
	for i := range services {
		list = append(list, services[i].Target)
	}
	return list
}

// standsIn is the colo of a member, "" for one that stands in no colo of the network.
func (n *Network) standsIn(m Member) string {
	if _, ok := n.Colo(m.Colo); !ok {
		return ""
	}
	return m.Colo
}

// chooseColos picks the colos that observe a target from outside, one by one: the first by rendezvous among those that
// share the least with the target's uplink and with the colos picked before.
func chooseColos(t Target, own string, through []string, upstreams map[string][]string) []string {
	var left, chosen []string
	for colo := range upstreams {
		if colo != own {
			left = append(left, colo)
		}
	}
	left = byRendezvous(t, left)
	var used []string
	for len(left) > 0 && len(chosen) < outsideColos {
		best, least := 0, 4
		for i, colo := range left {
			shared := 0
			if intersect(upstreams[colo], through) {
				shared += 2
			}
			if intersect(upstreams[colo], used) {
				shared++
			}
			if shared < least {
				best, least = i, shared
			}
		}
		chosen = append(chosen, left[best])
		used = append(used, upstreams[left[best]]...)
		left = slices.Delete(left, best, best+1)
	}
	return chosen
}

func intersect(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

func first[T any](most int, list []T) []T { return list[:min(most, len(list))] }

// byRendezvous sorts names by their hash with the target (highest random weight: Thaler and Ravishankar, 1998), so that
// a name that comes or goes moves only its own targets.
func byRendezvous(t Target, names []string) []string {
	weight := make(map[string]uint64, len(names))
	for _, name := range names {
		weight[name] = mix(uint64(t.ID) ^ hashName(name))
	}
	sorted := slices.Clone(names)
	slices.SortFunc(sorted, func(a, b string) int {
		return cmp.Or(cmp.Compare(weight[b], weight[a]), cmp.Compare(a, b))
	})
	return sorted
}

func hashName(name string) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, name)
	return h.Sum64()
}

// mix spreads every bit of x over all bits (the finalizer of SplitMix64).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
