// Package statuspage tells the public what is wrong, in a few words: a page without script, JSON and feeds. It owns what may be
// told, and makes all words itself: of what nodes and operators wrote, such as addresses that are probed and reasons of
// drains, nothing gets out. What it shows follows from the configuration and the incidents alone, so that every node shows
// the same. It is made once per change, and served from memory.
package statuspage

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"leeward/steering/incident"
)

// Options are what is told, and by whom.
type Options struct {
	Title     string
	URL       string   // where the page is found from outside
	Colos     []string // by name, all there are
	Named     bool     // colos are told by name
	Upstreams bool     // upstreams are told by name
	Reasons   bool     // operators' reasons of drains are told
}

// mostTold is how many incidents are told.
const mostTold = 50

// state is how well a colo, or everything, is.
type state string

const (
	well        state = "well"
	maintenance state = "maintenance"
	disturbed   state = "disturbed"
	unreachable state = "unreachable"
)

// page is all that is told. Its JSON is what programs read.
type page struct {
	Title     string    `json:"title"`
	URL       string    `json:"url"`
	State     state     `json:"state"` // well, maintenance, disturbed
	Summary   string    `json:"summary"`
	Updated   time.Time `json:"updated"` // the last change; zero: none yet
	Colos     []colo    `json:"colos"`
	Incidents []told    `json:"incidents"` // newest first
}

type colo struct {
	Name  string `json:"name"`
	State state  `json:"state"`
}

// told is an incident as it is told.
type told struct {
	ID        string     `json:"id"`
	URL       string     `json:"url"`
	State     string     `json:"state"` // open, ended
	Kind      string     `json:"kind"`  // upstream, colo, uplink, service, maintenance
	Title     string     `json:"title"`
	Text      string     `json:"text"`
	Start     time.Time  `json:"start"`
	End       *time.Time `json:"end"` // null: it is open
	Updated   time.Time  `json:"updated"`
	Colos     []string   `json:"colos"`     // empty where they are not told by name
	Upstreams []string   `json:"upstreams"` // likewise
	tag       string     // for feeds
}

// newPage makes the page of the incidents.
func newPage(o Options, log *incident.Log) *page {
	p := &page{Title: o.Title, URL: o.URL, State: well, Colos: []colo{}, Incidents: []told{}}
	host := "localhost"
	if u, err := url.Parse(o.URL); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	places := map[string]state{}
	for i := range log.Incidents {
		of := &log.Incidents[i]
		if of.Cause.Kind == "zone" { // what an edit did is the operators' affair
			continue
		}
		if of.Open {
			standing(of, places)
		}
		if len(p.Incidents) == mostTold && !of.Open {
			continue
		}
		t := o.tell(of)
		t.tag = "tag:" + host + "," + of.Start.UTC().Format(time.DateOnly) + ":incident/" + of.ID // RFC 4151
		p.Incidents = append(p.Incidents, t)
		if t.Updated.After(p.Updated) {
			p.Updated = t.Updated
		}
	}
	p.summarize(nowhere(o.Colos, places))
	if o.Named {
		for _, name := range o.Colos {
			p.Colos = append(p.Colos, colo{name, worse(well, places[name])})
		}
	}
	return p
}

// summarize says how everything is.
//
//	open is                      state         in words
//	nothing                      well          all is well
//	maintenance alone            maintenance   what is in maintenance
//	anything else                disturbed     the worst: an upstream, then a colo, an uplink, a service
//
// Of several of a kind the newest is told, and how many more there are. That no place can be reached comes before all of it.
func (p *page) summarize(nowhere bool) {
	order := []string{"upstream", "colo", "uplink", "service", "maintenance"}
	var worst *told
	open := 0
	for i := range p.Incidents {
		t := &p.Incidents[i]
		if t.State != "open" {
			continue
		}
		if open++; worst == nil || slices.Index(order, t.Kind) < slices.Index(order, worst.Kind) {
			worst = t
		}
	}
	if worst == nil {
		p.Summary = "All is well."
		return
	}
	p.State = disturbed
	if worst.Kind == "maintenance" {
		p.State = maintenance
	}
	if nowhere {
		p.Summary = "None of our places can be reached. "
	}
	if p.Summary += worst.Title + "."; open > 1 {
		p.Summary += " " + plural(open-1, "more incident is open.", "more incidents are open.")
	}
}

// nowhere says whether all places, several, are unreachable.
func nowhere(colos []string, places map[string]state) bool {
	return len(colos) > 1 && !slices.ContainsFunc(colos, func(name string) bool { return places[name] != unreachable })
}

// standing notes how colos are by the last words of an open incident. Of a colo the first row that fits:
//
//	the last word                                      the colo is
//	on it: down                                        unreachable
//	on it, an uplink or a service of it: bad           disturbed
//	on it: drained                                     in maintenance
//	otherwise                                          well
func standing(i *incident.Incident, places map[string]state) {
	last := map[string]incident.Event{}
	for _, e := range i.Events { // oldest first
		last[string(e.Kind)+" "+e.On] = e
	}
	for _, e := range last {
		name, whole := coloOf(e.On)
		var s state
		switch {
		case name == "":
			continue
		case e.Kind == incident.Override && e.To == incident.Drained && whole:
			s = maintenance
		case e.Kind == incident.Verdict && e.To == "down" && whole:
			s = unreachable
		case e.Kind == incident.Verdict && (e.To == "down" || e.To == "at-risk"):
			s = disturbed
		}
		places[name] = worse(places[name], s)
	}
}

// coloOf is the colo that a thing is in, and whether the thing is the colo.
func coloOf(on string) (name string, whole bool) {
	kind, rest, _ := strings.Cut(on, ":")
	switch kind {
	case "colo":
		return rest, true
	case "uplink":
		name, _, _ = strings.Cut(rest, "/")
	case "service": // web of 192.0.2.1 in ams/northway
		if at := strings.LastIndex(rest, " in "); at >= 0 {
			name, _, _ = strings.Cut(rest[at+len(" in "):], "/")
		}
	}
	return name, false
}

// worse is the worse of two states.
func worse(a, b state) state {
	order := []state{"", well, maintenance, disturbed, unreachable}
	if slices.Index(order, b) > slices.Index(order, a) {
		return b
	}
	return a
}
