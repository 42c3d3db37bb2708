package incident

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Event is a change, by the word that holds of all that reported it.
type Event struct {
	Report
	From string
	also []string // ids by later words on the same change
}

// thread is what happened to one thing: an uplink, say.
type thread []Event

// id tells things apart. How a zone is at a node is that node's own affair; which version there is, is everybody's.
func (r *Report) id() string {
	switch {
	case r.Kind == Zone && r.To == Serial:
		return "serial " + r.On
	case r.Kind == Zone:
		return string(r.Kind) + " " + r.On + " " + r.Node
	}
	return string(r.Kind) + " " + r.On
}

// threads sorts the changes among reports, which are in order, by what they happened to. Each holds each change once.
func threads(sorted []Report) map[string]thread {
	of := map[string][]Report{}
	for _, r := range sorted {
		switch r.Kind {
		case Verdict, Override, Zone, Member:
			of[r.id()] = append(of[r.id()], r)
		}
	}
	all := make(map[string]thread, len(of))
	for id, reports := range of {
		switch reports[0].Kind {
		case Override:
			all[id] = overrides(reports)
		case Zone:
			all[id] = zone(reports)
		default:
			all[id] = turns(reports, cmp.Or(map[Kind]string{Member: Alive}[reports[0].Kind], up))
		}
	}
	return all
}

// turns are the changes of what is something at every time. Several nodes may have reported one: the first word holds, and
// what says again what is so already says nothing.
func turns(sorted []Report, first string) (t thread) {
	from := first
	for _, r := range sorted {
		switch last := len(t) - 1; {
		case r.To != from:
			t = append(t, Event{Report: r, From: from})
			from = r.To
		case last >= 0 && r.Kind.bad(r.To) && len(t[last].also) < maxAlso:
			t[last].also = append(t[last].also, identify(r))
		}
	}
	return t
}

// zone is the changes of a zone at a node, or the versions of a zone everywhere. Another reason is another edit.
func zone(sorted []Report) (t thread) {
	from, reason := Mended, ""
	told := map[uint64]bool{}
	for _, r := range sorted {
		switch {
		case r.To == Serial && !told[r.Number]:
			told[r.Number] = true
			t = append(t, Event{Report: r})
		case r.To != Serial && (r.To != from || r.Reason != reason && r.To != Mended):
			t = append(t, Event{Report: r, From: from})
			from, reason = r.To, r.Reason
		}
	}
	return t
}

// overrides are the changes of the override of a place. They follow one another by their versions, whatever the clocks said
// of the nodes at which they were given: none is earlier than the one before it.
func overrides(sorted []Report) (t thread) {
	slices.SortStableFunc(sorted, func(a, b Report) int {
		return cmp.Or(cmp.Compare(a.Number, b.Number), strings.Compare(a.Issuer, b.Issuer), cmp.Compare(ends(a), ends(b)))
	})
	from := Undrained
	var last Report
	for _, r := range sorted {
		same := r.Number == last.Number && r.Issuer == last.Issuer
		switch {
		case same && r.To == last.To, r.To != Drained && from != Drained, r.To == Expired && !same:
			continue
		case r.At.Before(last.At):
			r.At = last.At
		}
		t = append(t, Event{Report: r, From: from})
		from, last = r.To, r
	}
	return t
}

// ends is 1 of the word that a drain ended by itself, which comes after that it began.
func ends(r Report) int {
	if r.To == Expired {
		return 1
	}
	return 0
}

// state is what a thing is by the last word, and since when; "" and zero where nothing was ever said.
func (t thread) state() (to string, at time.Time) {
	if len(t) == 0 {
		return "", time.Time{}
	}
	return t[len(t)-1].To, t[len(t)-1].At
}
