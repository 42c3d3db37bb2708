package dnsserver

import (
	"cmp"
	"slices"

	"leeward/steering"
	"leeward/zones"
)

// Moved is what a change of verdicts did to the steered answers.
type Moved struct {
	Names    []string // some of the RRsets with an address in what became usable or not, such as "www.example.com. A"
	Total    int      // of these RRsets
	Share    float64  // of the clients of these, in the mean, sent elsewhere than before, 0 to 1
	TTL      uint32   // the longest that answers given before are kept, in seconds
	Complete bool     // there was time to look at all
}

// Moved compares what clients were given by a view with what they are given by a later one of the same network. It takes as
// long as there are names; enough says that it is to stop, with what it has.
func (s *Server) Moved(before, after *View, enough func() bool) Moved {
	w := &whatIf{now: before, then: after, parts: map[*steering.Region]float64{}, classes: &s.classes, pinned: map[*steering.Policy][]share{},
		sets: map[*steering.Reach][]*zones.RRset{}}
	w.gather(&Forecast{})
	touched := make([]*steering.Reach, 0, len(w.sets))
	for reach := range w.sets {
		if w.touched(reach) {
			touched = append(touched, reach)
		}
	}
	slices.SortFunc(touched, func(a, b *steering.Reach) int { // those of most names first, in case time runs out
		return cmp.Or(cmp.Compare(len(w.sets[b]), len(w.sets[a])), cmp.Compare(examples(w.sets[a])[0], examples(w.sets[b])[0]))
	})
	m := Moved{Complete: true}
	clients := 0.
	for _, reach := range touched {
		if enough() {
			m.Complete = false
			break
		}
		sets := w.sets[reach]
		for _, move := range w.moves(reach) {
			if elsewhere(move.From, move.To) {
				clients += float64(len(sets)) * move.ClientShare
			}
		}
		m.Total += len(sets)
		m.Names = append(m.Names, examples(sets)...)
		for _, set := range sets {
			m.TTL = max(m.TTL, reach.TTL(before.TTL).Of(set.TTL, true))
		}
	}
	m.Names = few(m.Names)
	if m.Total > 0 {
		m.Share = min(1, clients/float64(m.Total))
	}
	return m
}

// touched says whether an RRset has an address in what became usable, or usable no more.
func (w *whatIf) touched(reach *steering.Reach) bool {
	usable := func(v *View, run steering.Run) bool {
		state := v.Verdicts.Of(run).State
		return state != steering.Down && state != steering.Drained
	}
	return slices.ContainsFunc(reach.Runs(), func(run steering.Run) bool { return usable(w.now, run) != usable(w.then, run) })
}
