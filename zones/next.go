package zones

import (
	"fmt"

	"github.com/miekg/dns"
)

// Apply is the next version of the zone, with the change at the end of its history. It fails when the change does not
// fit: it begins with another serial, removes what is not there, adds what is there already, or leads to what is no zone.
// The TTL of a record to be removed does not count, nor does letter case.
func (z *Zone) Apply(c *Change) (*Zone, error) {
	next, err := z.replay([]*Change{c}, c)
	if err != nil {
		return nil, fmt.Errorf("zone %s: a change from serial %d to %d: %w", z.origin.Bare(), c.From(), c.To(), err)
	}
	return next, nil
}

// Replay is the zone after a number of changes, all of which are then in its history. It takes hardly longer than one.
// The changes must be those that Apply and After have kept.
func (z *Zone) Replay(changes []*Change) (*Zone, error) {
	if len(changes) == 0 {
		return z, nil
	}
	whole := Condense(changes)
	for i, c := range changes[1:] {
		if c.From() != changes[i].To() {
			return nil, fmt.Errorf("zone %s: a change from serial %d after one to %d", z.origin.Bare(), c.From(), changes[i].To())
		}
	}
	next, err := z.replay(changes, whole)
	if err != nil {
		return nil, fmt.Errorf("zone %s: %d changes from serial %d to %d: %w",
			z.origin.Bare(), len(changes), whole.From(), whole.To(), err)
	}
	return next, nil
}

// replay makes the next version by one change, and puts it, or the several that it stands for, into the history.
func (z *Zone) replay(steps []*Change, c *Change) (*Zone, error) {
	if z.soa == nil {
		return nil, fmt.Errorf("there is no zone to change")
	}
	if c.From() != z.serial {
		return nil, fmt.Errorf("the zone has serial %d", z.serial)
	}
	e := edit{zone: z, owners: map[Name]bool{z.origin: true}, removed: map[identity]bool{}, added: map[identity]bool{}}
	if err := e.note(c); err != nil {
		return nil, err
	}
	text, exact, err := e.apply(c)
	if err != nil {
		return nil, err
	}
	if _, err := text.verify(); err != nil {
		return nil, err
	}
	next := z.next(text, text.serial, e.touched)
	next.hidden = z.hidden
	if len(steps) == 1 {
		exact.At = c.At
		steps = []*Change{exact}
	}
	next.history = z.history
	for _, step := range steps {
		next.remember(step)
	}
	return next, nil
}

// edit is a change in the course of being applied. All RRsets of an owner that is touched are gathered anew, by the same
// rules as when a file is read; those of other owners are shared with the version before.
type edit struct {
	zone    *Zone
	owners  map[Name]bool     // touched, in lower case
	removed map[identity]bool // whether it was found
	added   map[identity]bool
	touched map[Name]bool // of owners: what came to be other than it was
}

// note takes up which owners a change touches and what it removes.
func (e *edit) note(c *Change) error {
	for i := range c.Added {
		id := c.Added[i].identity()
		e.owners[id.owner], e.added[id] = true, true
	}
	for i := range c.Removed {
		r := &c.Removed[i]
		id := r.identity()
		if _, twice := e.removed[id]; twice {
			return fmt.Errorf("it removes %s twice", r.briefly(e.zone.origin))
		}
		e.owners[id.owner] = true
		e.removed[id] = false
	}
	return nil
}

// apply makes the new text, and the change as it came to be.
func (e *edit) apply(c *Change) (*text, *Change, error) {
	r := newReading(Source{Origin: e.zone.origin}, c.At)
	var old []*RRset
	kept := make([]*RRset, 0, len(e.zone.text.sets)+len(c.Added))
	var lower [maxName]byte
	for _, s := range e.zone.text.sets {
		if !e.owners[Name(appendLower(lower[:0], s.Owner))] {
			kept = append(kept, s)
			continue
		}
		old = append(old, s)
		if err := e.leave(s, r); err != nil {
			return nil, nil, err
		}
	}
	if c.After.Type != dns.TypeSOA {
		return nil, nil, fmt.Errorf("it has no SOA")
	}
	for i := range c.Removed {
		if !e.removed[c.Removed[i].identity()] {
			return nil, nil, fmt.Errorf("it removes %s, which is not there as such", c.Removed[i].briefly(e.zone.origin))
		}
	}
	for _, rec := range append([]Record{c.After}, c.Added...) {
		if err := r.take(rec); err != nil {
			return nil, nil, err
		}
	}
	t, err := r.whole("")
	if err != nil {
		return nil, nil, err
	}
	exact := &Change{Before: e.zone.soa.record(0), After: t.soa().record(0)}
	exact.differ(old, t.sets)
	e.touched = adopt(old, t.sets)
	return e.zone.text.with(newText(&room{}, t.origin, old), t, kept), exact, nil
}

// leave gathers what the change leaves of an RRset.
func (e *edit) leave(s *RRset, r *reading) error {
	if s.Type == dns.TypeSOA {
		return nil
	}
	for rdata := range s.All() {
		rec := s.of(rdata)
		id := rec.identity()
		if _, goes := e.removed[id]; goes {
			e.removed[id] = true
			continue
		}
		if e.added[id] {
			return fmt.Errorf("it adds %s, which is there already", rec.briefly(e.zone.origin))
		}
		if err := r.put(s.Owner, s.Type, s.TTL, rdata, place{}); err != nil {
			return err
		}
	}
	return nil
}
