package plan

import (
	"fmt"
	"net/netip"
	"slices"
)

// Location is a place on the earth, in degrees.
type Location struct{ Lat, Lon float64 }

// Colo is a place that serves traffic, with one uplink for each of its upstreams.
type Colo struct {
	Name string
	Location
	Upstreams []string
}

// Eye is an eyeball network: clients and their resolvers. It peers with every upstream.
type Eye struct {
	Name string
	Location
	Prefix netip.Prefix
}

// Uplink is a colo's connection through one upstream.
type Uplink struct{ Colo, Upstream string }

func (u Uplink) String() string { return u.Colo + "/" + u.Upstream }

// World is a network to break.
type World struct {
	Upstreams []string
	Colos     []Colo
	Eyes      []Eye
}

var (
	europe  = Eye{"eye-eu", Location{50.11, 8.68}, netip.MustParsePrefix("203.0.113.0/24")}
	america = Eye{"eye-us", Location{40.71, -74.01}, netip.MustParsePrefix("198.51.100.0/24")}
)

// Six is the world of most scenarios, with the colos of the demo.
func Six() World {
	return World{
		Upstreams: []string{"northway", "eastlink", "transpac"},
		Colos: []Colo{
			{"ams", Location{52.31, 4.76}, []string{"northway", "eastlink"}},
			{"lhr", Location{51.47, -0.45}, []string{"northway"}},
			{"iad", Location{38.94, -77.46}, []string{"northway"}},
			{"sjc", Location{37.36, -121.93}, []string{"transpac", "eastlink"}},
			{"sin", Location{1.36, 103.99}, []string{"transpac"}},
			{"nrt", Location{35.76, 140.39}, []string{"eastlink", "transpac"}},
		},
		Eyes: []Eye{europe, america},
	}
}

// Three is a small network: three colos with an upstream each.
func Three() World {
	w := Six()
	w.Colos = []Colo{
		{"ams", Location{52.31, 4.76}, []string{"northway"}},
		{"iad", Location{38.94, -77.46}, []string{"transpac"}},
		{"nrt", Location{35.76, 140.39}, []string{"eastlink"}},
	}
	return w
}

// Two is the smallest network that can be steered.
func Two() World {
	w := Three()
	w.Upstreams, w.Colos = []string{"northway", "transpac"}, w.Colos[:2]
	return w
}

// Uplinks are all uplinks, colo by colo.
func (w World) Uplinks() []Uplink {
	var list []Uplink
	for _, c := range w.Colos {
		list = append(list, w.Of(c.Name)...)
	}
	return list
}

// Of are the uplinks of some colos.
func (w World) Of(colos ...string) []Uplink {
	var list []Uplink
	for _, name := range colos {
		for _, upstream := range w.Colo(name).Upstreams {
			list = append(list, Uplink{name, upstream})
		}
	}
	return list
}

// Through are the uplinks through some upstreams.
func (w World) Through(upstreams ...string) []Uplink {
	return slices.DeleteFunc(w.Uplinks(), func(u Uplink) bool { return !slices.Contains(upstreams, u.Upstream) })
}

// Colo is the colo of a name that the world has.
func (w World) Colo(name string) Colo { return w.Colos[w.number(name)-1] }

// Names are the names of all colos.
func (w World) Names() []string {
	var names []string
	for _, c := range w.Colos {
		names = append(names, c.Name)
	}
	return names
}

// number is the place of a colo in the world, from 1.
func (w World) number(colo string) int {
	i := slices.IndexFunc(w.Colos, func(c Colo) bool { return c.Name == colo })
	if i < 0 {
		panic(fmt.Sprintf("the world has no colo %q", colo)) // a scenario is wrong
	}
	return i + 1
}

// Places are some uplinks as an operator would name them: upstreams and colos of which all are among them, then single ones.
func (w World) Places(uplinks []Uplink) []string {
	left := slices.Clone(uplinks)
	var places []string
	name := func(place string, some []Uplink) {
		missing := slices.ContainsFunc(some, func(u Uplink) bool { return !slices.Contains(uplinks, u) })
		if rest := slices.DeleteFunc(slices.Clone(left), func(u Uplink) bool { return slices.Contains(some, u) }); !missing && len(rest) < len(left) {
			places, left = append(places, place), rest
		}
	}
	for _, upstream := range w.Upstreams {
		if through := w.Through(upstream); len(through) > 1 { // else it is a colo's
			name("upstream:"+upstream, through)
		}
	}
	for _, colo := range w.Names() {
		name("colo:"+colo, w.Of(colo))
	}
	for _, u := range uplinks {
		name("uplink:"+u.String(), []Uplink{u})
	}
	return places
}
