package plan

import (
	"math"
	"net/netip"
	"slices"
	"strings"
)

// Set is a set of uplinks.
type Set map[Uplink]bool

// SetOf makes a set.
func SetOf(uplinks ...Uplink) Set {
	s := Set{}
	for _, u := range uplinks {
		s[u] = true
	}
	return s
}

// Answer is the addresses of an answer in their order, as text: what is the same answer compares equal.
type Answer string

// AnswerOf makes an answer of addresses in any order.
func AnswerOf(addrs ...netip.Addr) Answer {
	slices.SortFunc(addrs, netip.Addr.Compare)
	var words []string
	for _, a := range slices.Compact(addrs) {
		words = append(words, a.String())
	}
	return Answer(strings.Join(words, " "))
}

// Expect is what a client at a place has to be answered while some uplinks are dead.
//
//	the nearest colo with an uplink that lives    its addresses on those
//	none                                          all addresses of the nearest colo (fail open)
func (w World) Expect(at Location, dead Set) Answer {
	order := w.Nearest(at)
	for _, colo := range order {
		living := slices.DeleteFunc(w.Of(colo), func(u Uplink) bool { return dead[u] })
		if len(living) > 0 {
			return w.answer(living)
		}
	}
	return w.answer(w.Of(order[0]))
}

// Allowed are all answers that are right while any of some uplinks are already, or still, taken for dead.
func (w World) Allowed(at Location, dead []Uplink) map[Answer]bool {
	allowed := map[Answer]bool{}
	for bits := range 1 << len(dead) {
		taken := Set{}
		for i, u := range dead {
			if bits>>i&1 == 1 {
				taken[u] = true
			}
		}
		allowed[w.Expect(at, taken)] = true
	}
	return allowed
}

// Holds says whether an answer holds an address on one of some uplinks.
func (w World) Holds(a Answer, uplinks Set) bool {
	for u := range uplinks {
		if slices.Contains(strings.Fields(string(a)), w.Web(u).String()) {
			return true
		}
	}
	return false
}

// ColoOf is the colo in which all addresses of an answer lie, "" if there is none.
func (w World) ColoOf(a Answer) string {
	found := ""
	for _, word := range strings.Fields(string(a)) {
		i := slices.IndexFunc(w.Uplinks(), func(u Uplink) bool { return w.Web(u).String() == word })
		if i < 0 || found != "" && w.Uplinks()[i].Colo != found {
			return ""
		}
		found = w.Uplinks()[i].Colo
	}
	return found
}

// Nearest are the colos in the order of their distance from a place.
func (w World) Nearest(at Location) []string {
	colos := slices.Clone(w.Colos)
	slices.SortStableFunc(colos, func(a, b Colo) int {
		switch d := at.distance(a.Location) - at.distance(b.Location); {
		case d < 0:
			return -1
		case d > 0:
			return 1
		}
		return 0
	})
	return World{Colos: colos}.Names()
}

func (w World) answer(uplinks []Uplink) Answer {
	var addrs []netip.Addr
	for _, u := range uplinks {
		addrs = append(addrs, w.Web(u))
	}
	return AnswerOf(addrs...)
}

// distance is the angle between two places (haversine), in radians.
func (l Location) distance(to Location) float64 {
	const degree = math.Pi / 180
	hav := func(x float64) float64 { return math.Pow(math.Sin(x/2), 2) }
	h := hav((to.Lat-l.Lat)*degree) + math.Cos(l.Lat*degree)*math.Cos(to.Lat*degree)*hav((to.Lon-l.Lon)*degree)
	return 2 * math.Asin(math.Sqrt(min(h, 1)))
}
