package zones

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// Version is one of the versions of a zone that there is a way back to, or the one in service.
type Version struct {
	Serial         uint32
	At             time.Time // when it went into service; zero when that is not known
	Removed, Added int       // records, against the version before
	InService      bool
}

// Versions are the last versions of a zone, oldest first, the one in service last.
func (s *Store) Versions(origin Name) ([]Version, error) {
	z := s.Set().Zone(origin)
	if z == nil {
		return nil, s.notServed(origin)
	}
	history := z.History()
	versions := []Version{{Serial: z.Serial()}}
	if len(history) > 0 {
		versions[0].Serial = history[0].From()
	}
	for _, c := range history {
		versions = append(versions, Version{Serial: c.To(), At: c.At, Removed: len(c.Removed), Added: len(c.Added)})
	}
	versions[len(versions)-1].InService = true
	return versions, nil
}

// notServed is why nothing can be said of a zone's versions.
func (s *Store) notServed(origin Name) error {
	if st := s.public.Load().of(origin); st != nil && st.err() != nil {
		return fmt.Errorf("%w (no version of it is in service)", st.err())
	}
	return fmt.Errorf("zone %s: no such zone is served from a file", origin.Bare())
}

// of is the state of a zone, nil when there is none.
func (p *public) of(origin Name) *standing {
	at, there := slices.BinarySearchFunc(p.standings, origin.Lower(), func(s standing, origin Name) int { return cmp.Compare(s.origin, origin) })
	if !there {
		return nil
	}
	return &p.standings[at]
}

// Rollback serves an earlier version again: the last one with the serial, or, with serial 0, the one before. It goes into
// service with a serial ahead of the present one, so that secondaries follow. What the file says now is not served until it
// says something else, or UndoRollback.
//
//	the version    is served with
//	any other      one more than the present serial, or the present time if zones.serial is unixtime and that is ahead
//	signed         its own serial, with a warning: signatures cover it
//
// The version before is the last one that says something else than the present one. After a rollback it is the one before
// that which was rolled back to, so that each rollback leads further back.
func (s *Store) Rollback(origin Name, serial uint32) (Outcome, error) {
	s.urgent.wait(&s.passing)
	defer s.passing.Unlock()
	st := s.states[id{origin: origin.Lower()}]
	if st == nil || st.zone == nil {
		return Outcome{}, s.notServed(origin)
	}
	at, err := st.zone.versionBack(serial)
	if err != nil {
		return Outcome{}, fmt.Errorf("zone %s: %w", origin.Bare(), err)
	}
	next, err := s.back(st.zone, at)
	if err != nil {
		return Outcome{}, err
	}
	before := st.zone
	st.zone, st.loaded = next, s.config.Now()
	st.setWarnings(s.backWarnings(before, next))
	action := Kept
	if !st.gone { // else a reload would drop the zone, which must stay known
		action = Held
		st.hold()
	}
	s.save(st)
	s.publish()
	o := st.outcome(action)
	o.Warnings = st.faults.all()
	o.touched(before, next)
	s.config.Log.Warn(o.Err.Error(), "serving", next.serial)
	for _, w := range o.Warnings {
		s.config.Log.Warn(w.String(), "zone", origin.Bare())
	}
	return o, nil
}

// backWarnings are what a rollback cannot do.
func (s *Store) backWarnings(before, next *Zone) (warnings []Warning) {
	if !Ahead(next.serial, before.serial) {
		warnings = append(warnings, Warning{Text: fmt.Sprintf("rolled back to a signed version with its own serial, %d, which is not ahead of %d: "+
			"secondaries will not notice", next.serial, before.serial)})
	}
	if s.config.Keeper == (forgetful{}) {
		warnings = append(warnings, Warning{Text: "nothing is kept (state.directory): a restart serves the file again"})
	}
	return warnings
}

// versionBack is the place in the history of the change that came after the version to go back to.
func (z *Zone) versionBack(serial uint32) (int, error) {
	history := z.History()
	digests := make([]Digest, len(history)+1) // before each change, and now
	digests[len(history)] = z.Digest()
	for i := len(history) - 1; i >= 0; i-- {
		digests[i] = digests[i+1].Before(history[i])
	}
	if serial != 0 {
		for i := len(history) - 1; i >= 0; i-- {
			if history[i].From() == serial {
				return i, nil
			}
		}
		if serial == z.serial {
			return 0, fmt.Errorf("serial %d is in service", serial)
		}
		return 0, fmt.Errorf("no version with serial %d is kept", serial)
	}
	at := len(history)
	if z.rolledBack != nil {
		at = max(0, lastOf(digests[:at], z.Digest()))
	}
	for at > 0 && digests[at-1] == z.Digest() { // only the serial changed
		at--
	}
	if at == 0 {
		return 0, fmt.Errorf("no version before it is kept")
	}
	return at - 1, nil
}

// lastOf is the last place of a digest, -1 when it is not there.
func lastOf(digests []Digest, d Digest) int {
	for i := len(digests) - 1; i >= 0; i-- {
		if digests[i] == d {
			return i
		}
	}
	return -1
}

// back is the next version with the content of the one before a change of its history.
func (s *Store) back(z *Zone, at int) (*Zone, error) {
	c := Condense(z.History()[at:]).inverse()
	c.At = s.config.Now()
	next, err := z.Apply(c)
	if err != nil {
		return nil, err
	}
	if !next.text.covered() {
		c.After = withSerial(next.soa, s.config.Serial.after(z.serial, c.At)).record(0)
		if next, err = z.Apply(c); err != nil {
			return nil, err
		}
	}
	n := z.Note()
	if n.RolledBack.IsZero() {
		n.Rejected, n.RejectedSerial = z.Digest(), n.FileSerial
	}
	n.RolledBack = c.At
	return next.WithNote(n), nil
}

// UndoRollback takes up what the file says, whether or not it was rolled back from.
func (s *Store) UndoRollback(origin Name) (Outcome, error) {
	s.passing.Lock()
	defer s.passing.Unlock()
	st := s.states[id{origin: origin.Lower()}]
	if st == nil || st.zone == nil {
		return Outcome{}, s.notServed(origin)
	}
	if st.zone.rolledBack == nil {
		return Outcome{}, fmt.Errorf("zone %s: it was not rolled back", origin.Bare())
	}
	n := st.zone.Note()
	n.Rejected, n.RejectedSerial, n.RolledBack = Digest{}, 0, time.Time{}
	st.zone, st.inputs = st.zone.WithNote(n), nil
	p, f := pass{explicit: true}, found{id: st.id, file: st.file}
	o := s.apply(p, f, s.attempt(context.Background(), p, f, &room{}))[0]
	s.save(st)
	s.publish()
	s.logFaults(o)
	return o, nil
}

// Diff is what the file of a zone would change: nil for nothing. The error is why the file cannot be served.
func (s *Store) Diff(origin Name) (*Change, error) {
	p := s.public.Load() // a pass may take its time
	zone, st := p.set.Zone(origin), p.of(origin)
	if zone == nil || st == nil {
		return nil, s.notServed(origin)
	}
	_, t, err := read(Source{Origin: zone.origin, File: st.file, Network: zone.network}, s.config.Now())
	if err != nil {
		return nil, err
	}
	if zone.says(t) {
		return nil, nil
	}
	return Between(zone, t.zone(nil, t.serial)), nil
}
