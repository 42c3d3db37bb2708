package service

import (
	"slices"
	"sync/atomic"
	"time"

	"leeward/steering"
	"leeward/steering/geo"
)

// How many turns of the past are remembered, and how close together those are that make one: an upstream that fails or comes back
// changes the verdicts on its uplinks one after the other.
const (
	pastTurns = 64
	pastGap   = 30 * time.Second
)

// past is what the verdicts were before they changed. The loop notes, anybody reads.
type past struct{ turns atomic.Pointer[[]turn] }

// turn is a time at which verdicts changed.
type turn struct {
	at     time.Time
	of     world
	before *steering.Verdicts
}

// world is what verdicts, and the regions of clients, are numbered by. Verdicts of another cannot be compared.
type world struct {
	network *steering.Network
	clients *geo.Map
}

// note remembers what was before, if it was otherwise. Of another world nothing is remembered, and that what was not
// known is up is no news.
func (p *past) note(w world, before, after *steering.Verdicts, at time.Time) {
	news := func(c steering.Change) bool {
		return c.From != steering.Unknown.String() || c.To != steering.Up.String()
	}
	if before == nil || !slices.ContainsFunc(after.Changes(before), news) {
		return
	}
	list := append(p.of(w), turn{at, w, before.Bare()})
	list = append([]turn{}, list[max(0, len(list)-pastTurns):]...)
	p.turns.Store(&list)
}

// of are the turns of a world, oldest first.
func (p *past) of(w world) (list []turn) {
	if all := p.turns.Load(); all != nil {
		for _, t := range *all {
			if t.of == w {
				list = append(list, t)
			}
		}
	}
	return list
}

// since is the first turn of those after a time.
func (p *past) since(w world, at time.Time) (turn, bool) {
	for _, t := range p.of(w) {
		if t.at.After(at) {
			return t, true
		}
	}
	return turn{}, false
}

// last is the first turn of the last that came one after the other.
func (p *past) last(w world) (turn, bool) {
	list := p.of(w)
	if len(list) == 0 {
		return turn{}, false
	}
	i := len(list) - 1
	for i > 0 && list[i].at.Sub(list[i-1].at) <= pastGap {
		i--
	}
	return list[i], true
}
