package incident

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Incident is one trouble from its beginning to its end. The zero times are none.
type Incident struct {
	ID    string
	Open  bool
	Cause Cause
	Title string // in words that may be told to others

	Start   time.Time // the first verdict, or order
	First   time.Time // when the first probe failed
	End     time.Time
	Updated time.Time

	Colos, Upstreams []string // touched, sorted
	Names            []string // some of those that were answered otherwise
	Total            int      // of them
	Share            float64  // of their clients, moved, 0 to 1
	Known            bool     // Names, Total and Share are
	Part             bool     // they are of those names only that there was time to look at

	Detected time.Duration // from First to Start; 0 not known, as what follows
	Agreed   time.Duration // from First until all members judged alike
	Moved    time.Duration // from First until the answers given before have run out

	Events []Event // the first and the last, oldest first
	ids    []string
}

// Cause is why there is an incident, as judged so far.
type Cause struct {
	Kind  string // upstream, colo, uplink, service, operator, zone
	Name  string
	Words string // the last word on it
}

// Bounds.
const (
	maxIncidents = 500
	maxLoose     = 100 // events that belong to no incident
	maxEvents    = 100 // of an incident: as many of the first as of the last
	maxIDs       = 200
	maxAlso      = 8 // of one event
)

// tell tells of troubles that belong together.
func tell(group []*episode) Incident {
	i := Incident{ID: identify(group[0].events[0].Report), Start: group[0].start, Open: slices.ContainsFunc(group, func(p *episode) bool { return p.open })}
	for _, p := range group {
		for _, e := range p.events {
			i.see(p, e)
		}
		if !i.Open && p.end.After(i.End) {
			i.End = p.end
		}
	}
	i.Cause = cause(group)
	i.Title = title(group, i.Cause, i.Open)
	slices.SortStableFunc(i.Events, func(a, b Event) int { return compare(a.Report, b.Report) })
	i.Events = fewer(once(i.Events))
	for _, list := range []*[]string{&i.Colos, &i.Upstreams} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	if !i.First.IsZero() {
		i.Detected = i.Start.Sub(i.First)
	}
	return i
}

// see takes in one event of a trouble.
func (i *Incident) see(p *episode, e Event) {
	i.Events = append(i.Events, e)
	if e.At.After(i.Updated) {
		i.Updated = e.At
	}
	if e.Kind.bad(e.To) && len(i.ids) < maxIDs {
		i.ids = append(append(i.ids, identify(e.Report)), e.also...)
	}
	if p.kind == Verdict && p.colo != "" {
		i.Colos = append(i.Colos, p.colo)
	}
	if p.kind == Override && e.Colo != "" {
		i.Colos = append(i.Colos, strings.Split(e.Colo, "+")...)
	}
	i.Upstreams = append(i.Upstreams, p.upstreams...)
	if e.Kind == Verdict && !e.First.IsZero() && !e.First.After(i.Start) && i.Start.Sub(e.First) < longest && (i.First.IsZero() || e.First.Before(i.First)) {
		i.First = e.First
	}
}

// longest is how long a probe may have failed before a verdict that is said to stand on it: what is longer is a clock's error.
const longest = 10 * time.Minute

// once leaves out what several nodes say of one zone.
func once(sorted []Event) (list []Event) {
	type word struct{ to, reason string }
	last := map[string]word{}
	for _, e := range sorted {
		if w := (word{e.To, e.Reason}); e.Kind != Zone || last[e.On] != w {
			last[e.On] = w
			list = append(list, e)
		}
	}
	return list
}

// fewer keeps the first and the last events.
func fewer(list []Event) []Event {
	if over := len(list) - maxEvents; over > 0 {
		list = slices.Delete(list, maxEvents/2, maxEvents/2+over)
	}
	return list
}

// identify names an incident by the word that it begins with: the day, and a hash. It is the same on all nodes, and stays
// while the incident grows.
func identify(r Report) string {
	sum := sha256.Sum256([]byte(fmt.Sprint(r.At.Format(time.RFC3339Nano), " ", r.Kind, " ", r.On, " ", r.Number, " ", r.Issuer)))
	return r.At.Format(time.DateOnly) + "-" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:5])
}

// measure takes in what was measured of the incident, in which things are in trouble, each until its next trouble begins, if it
// had one. Of several words on the agreement the first holds; of those on the clients the one that tells of the most.
func (i *Incident) measure(sorted []Report, things map[string]time.Time) {
	for _, r := range sorted {
		of := func(on string) bool {
			until, ok := things[on]
			return ok && (until.IsZero() || r.At.Before(until.Add(-slack)))
		}
		if !of(r.On) && !(r.Kind == Agreed && slices.ContainsFunc(r.Names, of)) || r.At.Before(i.Start.Add(-slack)) || !i.Open && r.At.After(i.End.Add(calm)) {
			continue
		}
		switch r.Kind {
		case Agreed:
			if i.Agreed == 0 {
				i.Agreed = r.Took
			}
		case Moved:
			if !i.Known || cmp.Or(cmp.Compare(r.Total, i.Total), cmp.Compare(r.Share, i.Share)) > 0 {
				i.Known, i.Total, i.Share, i.Names, i.Part = true, r.Total, r.Share, r.Names, r.Part
				i.Moved = r.TTL
			}
		default:
			continue
		}
		if r.At.After(i.Updated) {
			i.Updated = r.At
		}
	}
	if i.Agreed == 0 || i.Total == 0 || i.First.IsZero() {
		i.Moved = 0
	}
	if i.Moved > 0 {
		i.Moved += i.Agreed
	}
}
