package plan

import (
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

// State is what is to be thought of an uplink.
type State int

// The states of uplinks, from best to worst.
const (
	Up State = iota
	AtRisk
	Drained // and measured up
	Down
)

// States are those of all uplinks; one that is not in it is up.
type States map[Uplink]State

// Answer is the addresses of an answer in their order, as text: what is the same answer compares equal.
type Answer string

// Empty is the answer that there is none.
const Empty Answer = "EMPTY"

// AnswerOf makes an answer of addresses in any order.
func AnswerOf(addrs ...netip.Addr) Answer {
	if len(addrs) == 0 {
		return Empty
	}
	slices.SortFunc(addrs, netip.Addr.Compare)
	var words []string
	for _, a := range slices.Compact(addrs) {
		words = append(words, a.String())
	}
	return Answer(strings.Join(words, " "))
}

// Expect is what a name has to be answered to a client.
//
//	policy=none                                                             all addresses
//	the first colo with an uplink that is up or at risk                     its addresses on those that are up, else at risk
//	    policy=all: every such colo
//	else the first that is drained; policy=all: every such                  its addresses on those
//	else, with empty=closed or fallback=                                    the fallback, or none
//	else the first that is not drained (fail open); policy=all: every such  its addresses on those
//
// With count=2, the addresses are those of two such colos: the first two that share no upstream, else the first two.
func (w World) Expect(s Steered, c Client, states States) Answer {
	if s.Word("policy") == "none" {
		return w.answer(w.Uplinks())
	}
	for _, row := range [][]State{{Up, AtRisk}, {Drained}, {Up, AtRisk, Down}} {
		if slices.Contains(row, Down) && s.Word("fallback") != "" {
			return Answer(s.Word("fallback"))
		}
		if slices.Contains(row, Down) && s.Word("empty") == "closed" {
			return Empty
		}
		if given := w.given(s, c, states, row); len(given) > 0 {
			return w.answer(given)
		}
	}
	panic("nothing is up, drained or down") // not reached: everything is one of these
}

// given are the uplinks of a row, those that are up before those at risk; none, if it fits no colo.
func (w World) given(s Steered, c Client, states States, row []State) (given []Uplink) {
	for _, colo := range w.Order(s, c) {
		fits := states.among(w.Of(colo), row...)
		if len(given) == 0 || s.Word("policy") == "all" || s.Word("count") == "2" {
			given = append(given, fits...)
		}
	}
	if s.Word("count") == "2" {
		return two(given)
	}
	if up := states.among(given, Up); len(up) > 0 && !slices.Contains(row, Down) {
		return up
	}
	return given
}

// two are the first two uplinks that share no upstream, else the first two, of colos with one uplink each.
func two(uplinks []Uplink) []Uplink {
	for i, one := range uplinks {
		for _, other := range uplinks[i+1:] {
			if one.Upstream != other.Upstream {
				return []Uplink{one, other}
			}
		}
	}
	return uplinks[:min(2, len(uplinks))]
}

// among are those of some uplinks that are in one of some states.
func (s States) among(uplinks []Uplink, in ...State) []Uplink {
	return slices.DeleteFunc(slices.Clone(uplinks), func(u Uplink) bool { return !slices.Contains(in, s[u]) })
}

// Allowed are all answers that are right while any of what is wrong is not seen yet, or no more.
func (w World) Allowed(s Steered, c Client, wrong States) map[Answer]bool {
	var uplinks []Uplink
	for u := range wrong {
		uplinks = append(uplinks, u)
	}
	allowed := map[Answer]bool{}
	for bits := range 1 << len(uplinks) {
		seen := States{}
		for i, u := range uplinks {
			if bits>>i&1 == 1 {
				seen[u] = wrong[u]
			}
		}
		allowed[w.Expect(s, c, seen)] = true
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

func (w World) answer(uplinks []Uplink) Answer {
	var addrs []netip.Addr
	for _, u := range uplinks {
		addrs = append(addrs, w.Web(u))
	}
	return AnswerOf(addrs...)
}
