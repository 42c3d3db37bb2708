package incident

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// calm is how long a thing must have been well before its next trouble is another one: what flaps is one trouble.
const calm = 5 * time.Minute

// episode is the trouble of one thing, from when it went bad until it was well again, and stayed so.
type episode struct {
	kind       Kind
	on         string
	node       string // of a zone
	start, end time.Time
	open       bool
	events     []Event

	upstreams []string // that an uplink, or a service's, goes through
	colo      string   // it is in; ""
	uplink    string   // of a service: "ams/northway"
}

// episodes are the troubles in a thread.
//
//	it becomes            there is one that                     then
//	bad                   is open                               goes on, with that
//	bad                   ended less than calm before           goes on: it flaps (but no drain does)
//	bad                   -                                     begins
//	good                  is open                               ends
//	good                  -                                     nothing
func (t thread) episodes() (list []*episode) {
	var last *episode
	for _, e := range t {
		switch isBad := e.Kind.bad(e.To); {
		case isBad && last != nil && (last.open || e.Kind != Override && e.At.Sub(last.end) < calm):
			last.open, last.end = true, time.Time{}
		case isBad:
			last = begin(e)
			list = append(list, last)
		case last == nil || !last.open:
			continue
		default:
			last.open, last.end = false, e.At
		}
		last.events = append(last.events, e)
	}
	return list
}

func begin(e Event) *episode {
	p := &episode{kind: e.Kind, on: e.On, start: e.At, open: true}
	kind, name, _ := strings.Cut(e.On, ":")
	switch {
	case e.Kind == Zone:
		p.node = e.Node
	case kind == "upstream":
		p.upstreams = []string{name}
	case kind == "colo":
		p.colo = name
	case kind == "uplink":
		p.colo, p.upstreams = inUplink(name)
	case kind == "service":
		if i := strings.LastIndex(name, " in "); i >= 0 {
			p.uplink = name[i+len(" in "):]
			p.colo, p.upstreams = inUplink(p.uplink)
		}
	}
	return p
}

// inUplink is the colo and the upstreams of an uplink by its name.
func inUplink(name string) (colo string, upstreams []string) {
	colo, joined, _ := strings.Cut(name, "/")
	return colo, strings.Split(joined, "+")
}

// is says whether the trouble is a verdict on a thing of a kind.
func (p *episode) is(kind string) bool {
	return p.kind == Verdict && strings.HasPrefix(p.on, kind) && strings.HasPrefix(p.on[len(kind):], ":")
}

// lasted says whether the trouble was there at a time, or just before: what ends and what follows from it are not told at
// once.
func (p *episode) lasted(at time.Time) bool {
	return !p.start.After(at) && (p.open || !p.end.Before(at.Add(-slack)))
}

// slack is how far two words on one event may be apart.
const slack = 2 * time.Second

// covers says whether what is drained, or failing, covers the thing: its colo, its uplink, an upstream of it.
func (p *episode) covers(q *episode) bool {
	kind, name, _ := strings.Cut(p.on, ":")
	switch kind {
	case "colo":
		return q.colo == name
	case "upstream":
		return slices.Contains(q.upstreams, name)
	case "uplink":
		return q.on == p.on || q.uplink == name
	}
	return false
}

func compareEpisodes(p, q *episode) int {
	return cmp.Or(p.start.Compare(q.start), strings.Compare(string(p.kind), string(q.kind)), strings.Compare(p.on, q.on), strings.Compare(p.node, q.node),
		compare(p.events[0].Report, q.events[0].Report))
}
