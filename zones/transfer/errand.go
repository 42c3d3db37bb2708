package transfer

import (
	"errors"
	"slices"
	"time"

	"leeward/zones"
)

// tell puts a version of a zone on the way to the target: in the place of an older one that is on the way already. The
// lock of the notifier is held.
//
//	on the way         then
//	nothing            sent now
//	waits its turn     the newer version is sent in its place
//	is being sent      sent again afterwards
//	waits to be tried
//	  again            sent now, and the tries are counted anew
func (l *line) tell(z *zones.Zone) {
	if !l.target.concerns(z.Origin()) {
		return
	}
	e := l.errands[z.Origin()]
	switch {
	case e == nil:
		e = &errand{}
		l.errands[z.Origin()] = e
		l.queue = append(l.queue, e)
	case e.sending:
		e.again = true
	case e.timer != nil:
		e.timer.Stop()
		e.timer = nil
		l.queue = append(l.queue, e)
	}
	e.zone, e.tries = z, 0
}

// drop ends what is on the way. The lock of the notifier is held.
func (l *line) drop() {
	for _, e := range l.errands {
		if e.timer != nil {
			e.timer.Stop()
			e.timer = nil
		}
	}
	l.errands, l.queue = map[zones.Name]*errand{}, nil
}

// sent takes in what came of sending.
//
//	answer         newer version    tries left    then
//	any            yes              any           sent again now
//	well           no               any           done
//	an error       no               any           done, and logged: the target has heard it
//	none           no               yes           sent again after a pause
//	none           no               no            given up, and logged: the target will ask by itself
//
// The lock is held.
func (n *Notifier) sent(l *line, e *errand, err error) {
	e.sending = false
	origin := e.zone.Origin()
	if l.errands[origin] != e {
		return // dropped meanwhile
	}
	_, refused := errors.AsType[*refusal](err)
	switch {
	case err == nil:
		l.failing = false
	case !refused && !e.again && e.tries <= len(pauses):
		n.later(l, e)
		return
	}
	if err != nil && !l.failing && !e.again {
		l.failing = true
		n.log.Warn("a secondary does not take the word that a zone changed", "zone", origin.Bare(),
			"secondary", l.target.Addr, "serial", e.zone.Serial(), "error", err)
	}
	if e.again {
		e.again = false
		l.queue = append(l.queue, e)
		return
	}
	delete(l.errands, origin)
}

// later tries again after a pause. The lock is held.
func (n *Notifier) later(l *line, e *errand) {
	var timer *time.Timer
	timer = time.AfterFunc(pauses[e.tries-1], func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		if e.timer != timer {
			return // stopped a moment too late
		}
		e.timer = nil
		l.queue = append(l.queue, e)
		n.poke()
	})
	e.timer = timer
}

// concerns says whether the target is told of the zone.
func (t Target) concerns(origin zones.Name) bool {
	return len(t.Zones) == 0 || slices.ContainsFunc(t.Zones, func(z zones.Name) bool { return z.Lower() == origin })
}

// same says whether two targets are told the same in the same way.
func (t Target) same(o Target) bool {
	return samePrimaries([]Primary{{t.Addr, t.Key, t.From}}, []Primary{{o.Addr, o.Key, o.From}}) && slices.Equal(t.Zones, o.Zones)
}
