package incident

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// Log is all that is told of what the nodes reported. It is immutable.
type Log struct {
	Incidents []Incident // newest first
	Loose     []Event    // that belong to no incident, newest first

	threads  map[string]thread
	measures []Report // in order
}

// Fold makes the log of reports. It depends on which there are, and not on their order, nor on how often each is there.
func Fold(reports []Report) *Log {
	reports = slices.SortedFunc(slices.Values(reports), compare)
	reports = slices.CompactFunc(reports, func(a, b Report) bool { return compare(a, b) == 0 })
	l := &Log{threads: threads(reports)}
	maps.DeleteFunc(l.threads, func(_ string, t thread) bool { return len(t) == 0 })
	var all []*episode
	for _, t := range l.threads {
		all = append(all, t.episodes()...)
	}
	l.endWithNodes(all)
	slices.SortFunc(all, compareEpisodes)
	for _, r := range reports {
		if r.Kind == Agreed || r.Kind == Moved {
			l.measures = append(l.measures, r)
		}
	}
	used := map[string]bool{} // events that belong to an incident
	again := nexts(all)
	for _, group := range group(all) {
		i, things := tell(group), map[string]time.Time{}
		for _, p := range group {
			things[p.on] = again[p]
			for _, e := range p.events {
				used[e.key()] = true
			}
		}
		i.measure(l.measures, things)
		l.Incidents = append(l.Incidents, i)
	}
	slices.SortFunc(l.Incidents, func(a, b Incident) int { return cmp.Or(b.Start.Compare(a.Start), strings.Compare(a.ID, b.ID)) })
	l.Incidents = l.Incidents[:min(len(l.Incidents), maxIncidents)]
	for _, t := range l.threads {
		for _, e := range t {
			if !used[e.key()] {
				l.Loose = append(l.Loose, e)
			}
		}
	}
	slices.SortFunc(l.Loose, func(a, b Event) int { return compare(b.Report, a.Report) })
	l.Loose = l.Loose[:min(len(l.Loose), maxLoose)]
	return l
}

// nexts gives when the next trouble of the same thing begins, for those that have one.
func nexts(sorted []*episode) map[*episode]time.Time {
	next, later := map[*episode]time.Time{}, map[string]*episode{}
	for _, p := range slices.Backward(sorted) {
		if q := later[p.on]; q != nil {
			next[p] = q.start
		}
		later[p.on] = p
	}
	return next
}

// key tells events apart.
func (e *Event) key() string { return e.At.Format(time.RFC3339Nano) + " " + e.id() + " " + e.To }

// endWithNodes ends what was said of zones at nodes that are gone, by the last word on them: nobody serves them there.
func (l *Log) endWithNodes(all []*episode) {
	for _, p := range all {
		if p.kind != Zone || !p.open {
			continue
		}
		if to, at := l.threads[string(Member)+" member:"+p.node].state(); to == Dead || to == Left {
			p.open, p.end = false, at
			if at.Before(p.start) {
				p.end = p.start
			}
		}
	}
}

// State is what a thing is by the last word on it, and when that was said; "" where nothing was ever said. The node counts
// for zones alone.
func (l *Log) State(kind Kind, on, node string) (to string, at time.Time) {
	r := Report{Kind: kind, On: on, Node: node}
	return l.threads[r.id()].state()
}

// Bad is what is in trouble of a kind, by the last words on it.
func (l *Log) Bad(kind Kind) (list []string) {
	for _, t := range l.threads {
		if last := &t[len(t)-1]; last.Kind == kind && kind.bad(last.To) {
			list = append(list, last.On)
		}
	}
	slices.Sort(list)
	return list
}

// BadZones are the zones that a node does not serve as it should, by its last words.
func (l *Log) BadZones(node string) (list []string) {
	for _, t := range l.threads {
		if last := &t[len(t)-1]; last.Kind == Zone && last.Node == node && Zone.bad(last.To) {
			list = append(list, last.On)
		}
	}
	slices.Sort(list)
	return list
}

// BadNodes are the nodes that do not serve a zone as they should, by the last words on them.
func (l *Log) BadNodes() (list []string) {
	for _, t := range l.threads {
		if last := &t[len(t)-1]; last.Kind == Zone && Zone.bad(last.To) {
			list = append(list, last.Node)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Serials is when a zone's last new version was told of, and how many were of all zones since a time.
func (l *Log) Serials(on string, since time.Time) (last time.Time, all int) {
	for _, t := range l.threads {
		for i := range t {
			if e := &t[i]; e.Kind == Zone && e.To == Serial {
				if e.On == on && e.At.After(last) {
					last = e.At
				}
				if e.At.After(since) {
					all++
				}
			}
		}
	}
	return last, all
}

// Told says whether the change of an override, or the serial of a zone, is known.
func (l *Log) Told(r Report) bool {
	return slices.ContainsFunc(l.threads[r.id()], func(e Event) bool { return e.To == r.To && e.Number == r.Number && e.Issuer == r.Issuer })
}

// Changes is how often a thing has changed since a time.
func (l *Log) Changes(kind Kind, on, node string, since time.Time) (n int) {
	r := Report{Kind: kind, On: on, Node: node}
	for _, e := range l.threads[r.id()] {
		if e.At.After(since) {
			n++
		}
	}
	return n
}

// Measured says whether a measure was taken of a thing, or of anything for "", at a time or later.
func (l *Log) Measured(kind Kind, on string, since time.Time) bool {
	return slices.ContainsFunc(l.measures, func(r Report) bool { return r.Kind == kind && (on == "" || r.On == on) && !r.At.Before(since) })
}

// Find is the incident of an id; nil: there is none. An incident that became a part of another is found there.
func (l *Log) Find(id string) *Incident {
	id = strings.ToLower(id)
	for i := range l.Incidents {
		if l.Incidents[i].ID == id {
			return &l.Incidents[i]
		}
	}
	for i := range l.Incidents {
		if slices.Contains(l.Incidents[i].ids, id) {
			return &l.Incidents[i]
		}
	}
	return nil
}

// Open are the incidents that are open, newest first.
func (l *Log) Open() (list []Incident) {
	for _, i := range l.Incidents {
		if i.Open {
			list = append(list, i)
		}
	}
	return list
}
