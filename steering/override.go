package steering

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Place is what an operator can drain: a colo, an uplink or an upstream, written "colo:ams", "uplink:ams/northway" (with
// several upstreams joined by +) or "upstream:northway". A parsed place is in canonical form: equal places are equal.
type Place string

// ParsePlace checks the form of a place. Whether the network has it is a question for Network.Knows.
func ParsePlace(s string) (Place, error) {
	kind, name, ok := strings.Cut(s, ":")
	if !ok {
		return "", fmt.Errorf("%q is no target: colo:NAME, uplink:COLO/UPSTREAM or upstream:NAME is wanted", s)
	}
	names := []string{name}
	switch kind {
	case "colo", "upstream":
	case "uplink":
		colo, upstreams, ok := strings.Cut(name, "/")
		if !ok {
			return "", fmt.Errorf("%q: an uplink is written uplink:COLO/UPSTREAM", s)
		}
		list := strings.Split(upstreams, "+")
		slices.Sort(list)
		names = append(list, colo)
		s = "uplink:" + colo + "/" + strings.Join(list, "+")
	default:
		return "", fmt.Errorf("%q: %s is none of colo, uplink, upstream", s, kind)
	}
	for _, name := range names {
		if err := checkName(kind, name); err != nil {
			return "", err
		}
	}
	return Place(s), nil
}

func upstreamPlace(name string) Place { return Place("upstream:" + name) }

// place is an uplink as a place, in canonical form.
func (n *Network) place(u UplinkIndex) Place {
	list := slices.Sorted(slices.Values(n.uplinks[u].Upstreams))
	return Place("uplink:" + n.colos[n.coloOf[u]].Name + "/" + strings.Join(list, "+"))
}

// Covers are the uplinks that a drain of the place drains; none when the network does not have the place.
func (n *Network) Covers(p Place) []UplinkIndex {
	var covered []UplinkIndex
	for u := range n.uplinks {
		if slices.Contains(n.places(UplinkIndex(u)), p) {
			covered = append(covered, UplinkIndex(u))
		}
	}
	return covered
}

// Find is the uplinks that a place covers; the error names the nearest place that the network has, and all.
func (n *Network) Find(p Place) ([]UplinkIndex, error) {
	covered := n.Covers(p)
	if len(covered) > 0 {
		return covered, nil
	}
	var known []string
	for _, p := range n.Places() {
		known = append(known, string(p))
	}
	return nil, fmt.Errorf("the network has no %s: did you mean %s? It has %s", Cut(string(p)), NearestName(string(p), known), strings.Join(known, ", "))
}

// places are all places whose drain drains the uplink: its colo, itself, its upstreams.
func (n *Network) places(u UplinkIndex) []Place {
	list := []Place{Place("colo:" + n.colos[n.coloOf[u]].Name), n.place(u)}
	for _, name := range n.uplinks[u].Upstreams {
		list = append(list, upstreamPlace(name))
	}
	return list
}

// Places are all places of the network: colos, uplinks, upstreams.
func (n *Network) Places() []Place {
	var list []Place
	for u := range n.uplinks {
		for _, p := range n.places(UplinkIndex(u)) {
			if !slices.Contains(list, p) {
				list = append(list, p)
			}
		}
	}
	return list
}

// drains is the override in force on an uplink, the widest first, or nil.
func (n *Network) drains(u UplinkIndex, overrides []Override, now time.Time) *Override {
	for _, p := range n.places(u) {
		if o := override(p, overrides, now); o != nil {
			return o
		}
	}
	return nil
}

// override is the drain in force on a place, or nil.
func override(p Place, overrides []Override, now time.Time) *Override {
	for i := range overrides {
		if o := &overrides[i]; o.Place == p && o.Active(now) {
			return o
		}
	}
	return nil
}

// undrained is when the last drain of an uplink ended, by an operator's word or by itself; zero for never.
func (n *Network) undrained(u UplinkIndex, overrides []Override, now time.Time) (last time.Time) {
	places := n.places(u)
	for i := range overrides {
		end := overrides[i].Issued
		if overrides[i].Action == Drain {
			end = overrides[i].Until
		}
		if slices.Contains(places, overrides[i].Place) && !overrides[i].Active(now) && end.After(last) {
			last = end
		}
	}
	return last
}

// Action is what an override does.
type Action string

// The actions. Undrain is a tombstone: it ends a drain on nodes that have not heard of the end yet.
const (
	Drain   Action = "drain"
	Undrain Action = "undrain"
)

// Override is an operator's word on a place, which beats every vote.
type Override struct {
	Place   Place
	Action  Action
	By      string // who: user@node
	Reason  string
	Issued  time.Time // UTC
	Until   time.Time // UTC; zero: until undrained
	Version uint64    // of the place; the higher wins
	Issuer  string    // node that took the order; breaks ties between equal versions
}

// String says who drained what, why and until when.
func (o Override) String() string {
	s := fmt.Sprintf("%s drained by %s (%s)", o.Place, o.By, o.Reason)
	if !o.Until.IsZero() {
		s += " until " + o.Until.UTC().Format(time.RFC3339)
	}
	return s
}

// Beats says whether o replaces p, an override of the same place.
func (o Override) Beats(p Override) bool {
	return cmp.Or(cmp.Compare(o.Version, p.Version), cmp.Compare(o.Issuer, p.Issuer)) > 0
}

// Active says whether the override drains at the given time.
func (o Override) Active(now time.Time) bool {
	return o.Action == Drain && (o.Until.IsZero() || now.Before(o.Until))
}

// tombstoneLife is how long the end of an override is remembered: longer than any partition that an operator leaves
// alone.
const tombstoneLife = 30 * 24 * time.Hour

// Forgettable says whether an override has been over for so long that nobody needs to hear of its end.
func (o Override) Forgettable(now time.Time) bool {
	end := o.Issued
	if o.Action == Drain {
		end = o.Until
	}
	return !o.Active(now) && now.Sub(end) > tombstoneLife
}
