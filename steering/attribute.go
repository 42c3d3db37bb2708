package steering

import (
	"fmt"
	"slices"
	"strings"
)

// share is the measured uplinks of a set, those that are down and those that are not.
type share struct {
	down    []UplinkIndex
	healthy int
	colos   map[ColoIndex]bool // with an uplink down
}

func (s share) of() int { return s.healthy + len(s.down) }

// attribution says which upstreams are failing, and which of them explains an uplink that is down.
type attribution struct {
	found map[string]failure     // by the upstream's name
	by    map[UplinkIndex]string // the upstream that explains it
}

// failure is what an upstream was found failing by.
type failure struct{ through, elsewhere share }

// attribute finds the failing upstreams one after the other. Of those that meet the conditions
//
//	two colos' uplinks through it down,
//	at least 60 % of its uplinks,
//	and at least twice the share of uplinks down elsewhere
//
// the one that explains the failures with the fewest healthy members is failing; ties: the one that explains the most,
// then the one mentioned first. The uplinks it explains then count for nobody, and the others are looked at again, until
// none meets the conditions. So an upstream that only shares uplinks with a failing one is not blamed, and one whose share
// another's failure had hidden is found.
func (v *Verdicts) attribute() attribution {
	a := attribution{found: map[string]failure{}, by: map[UplinkIndex]string{}}
	for {
		best := ""
		var found failure
		for _, name := range v.network.upstreams {
			through, elsewhere := v.shares(name, a)
			if through.explains(elsewhere) && (best == "" || through.likelier(found.through)) {
				best, found = name, failure{through, elsewhere}
			}
		}
		if best == "" {
			return a
		}
		a.found[best] = found
		for _, u := range found.through.down {
			a.by[u] = best
		}
	}
}

// explains says whether the uplinks down are the upstream's failure.
func (s share) explains(elsewhere share) bool {
	down := len(s.down)
	return len(s.colos) >= 2 && 10*down >= 6*s.of() && down*elsewhere.of() >= 2*len(elsewhere.down)*s.of()
}

// likelier says whether a failure of these uplinks' upstream explains more, at less cost.
func (s share) likelier(than share) bool {
	if s.healthy != than.healthy {
		return s.healthy < than.healthy
	}
	return len(s.down) > len(than.down)
}

// shares counts the measured uplinks through an upstream and elsewhere, without those that are explained already.
func (v *Verdicts) shares(upstream string, a attribution) (through, elsewhere share) {
	n := v.network
	through.colos, elsewhere.colos = map[ColoIndex]bool{}, map[ColoIndex]bool{}
	for i := range n.uplinks {
		u := UplinkIndex(i)
		s := &elsewhere
		if n.uplinks[u].Has(upstream) {
			s = &through
		}
		switch {
		case v.Uplinks[u].Measured == Unknown || a.by[u] != "":
		case v.Uplinks[u].Measured == Down:
			s.down = append(s.down, u)
			s.colos[n.coloOf[u]] = true
		default:
			s.healthy++
		}
	}
	return through, elsewhere
}

// words are the counts of an upstream that is not failing, with what explains its uplinks that are down.
func (a attribution) words(through, elsewhere share) string {
	explained := 0
	var by []string
	for _, u := range through.down {
		name := a.by[u]
		if name == "" {
			continue
		}
		explained++
		if !slices.Contains(by, name) {
			by = append(by, name)
		}
	}
	words := fmt.Sprintf("%d of %d uplinks down", len(through.down), through.of())
	switch explained {
	case 0:
		return words + fmt.Sprintf(", elsewhere %d of %d", len(elsewhere.down), elsewhere.of())
	case len(through.down):
		return words + ", explained by " + strings.Join(by, " and ")
	default:
		return words + fmt.Sprintf(", %d of them explained by %s; elsewhere %d of %d",
			explained, strings.Join(by, " and "), len(elsewhere.down), elsewhere.of())
	}
}
