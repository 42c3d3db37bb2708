package migrate

import (
	"strings"

	"leeward/steering"
)

// single says whether all addresses of a family that are not aside lie in one colo.
func (n *network) single(w *Want) bool {
	colo := map[bool]int{}
	for _, g := range w.Groups {
		for _, a := range g.Addrs {
			if first, met := colo[a.Is4()]; !g.Aside && met && first != n.of[a] {
				return false
			}
			if !g.Aside {
				colo[a.Is4()] = n.of[a]
			}
		}
	}
	return true
}

// together notes groups that the policy would tell apart, and that lie in one colo.
func (s *Site) together(w *Want, n *network, colos []string) {
	for _, g := range w.Groups {
		switch names := n.names(g); {
		case len(names) < 2:
		case g.Aside:
			s.Lose(w.At, w.Was+": addresses in several colos", "an answer to these clients has all of the addresses",
				"an answer has the addresses of the first of "+strings.Join(names, ", ")+" that is healthy: make one colo of them")
		case w.Kind == steering.PolicyWeighted:
			s.Lose(w.At, w.Was+": a group in several colos", "an answer has all addresses of the group that is chosen",
				"an answer has the addresses of one of "+strings.Join(names, ", ")+", which share the weight of the group, because other "+
					"names give them otherwise: make one colo of them")
		}
	}
	if w.Kind == steering.PolicyNearest || w.Kind == steering.PolicyAll && w.Check == nil {
		return
	}
	seen := map[string]int{}
	for i, g := range w.Groups {
		if names := n.names(g); w.Kind == steering.PolicyFailover && len(names) > 1 {
			s.Lose(w.At, w.Was+": a choice within a set", "one of "+strings.Join(names, ", ")+" is chosen, each as often as the others",
				"the first of them that is healthy is chosen, because other names give them one by one: make one colo of them, or write its _steer record")
		}
		if g.Aside {
			continue
		}
		for _, name := range n.names(g) {
			before, twice := seen[name]
			if twice && w.Groups[before].Addrs[0].Is4() == g.Addrs[0].Is4() {
				s.Lose(w.At, w.Was+": more than one choice in "+name, "some of its addresses are chosen, by health, order or weight",
					"Leeward chooses among colos: an answer has all the addresses of one. Make two colos of "+name+" to choose among them")
				return
			}
			seen[name] = i
		}
	}
}
