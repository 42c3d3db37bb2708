package zones

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"
)

// attempt is what came of reading one zone's files again.
type attempt struct {
	at     time.Time
	inputs []input // what was read
	text   *text
	err    error
	same   bool // the files say what they said, and it is known what is wrong with it

	recalled *Zone  // what was kept of a zone that was not in service, or nil
	lost     error  // what of that is lost
	next     *Zone  // the version to serve; nil when it is the one in service, or the text is held
	warning  string // about its serial
	advice   []Warning
	unproven bool // the error is that of the command that verifies
	again    bool // which was not waited for
}

// attempts reads, on all cores, the files that may have changed: at each file's place nil or what came of it.
func (s *Store) attempts(ctx context.Context, p pass, files []found) []*attempt {
	attempts := make([]*attempt, len(files))
	work := make(chan int, 256) // nobody is woken for each
	var workers sync.WaitGroup
	for range min(s.config.Processors, len(files)) {
		workers.Go(func() {
			if !p.first {
				StepBack()
			}
			var m room
			for i := range work {
				attempts[i] = s.attempt(ctx, p, files[i], &m)
			}
		})
	}
	progress := s.config.Progress()
	for i := range files {
		work <- i
		progress(i, len(files))
	}
	close(work)
	workers.Wait()
	return attempts
}

// attempt reads a zone again if it may have changed. It may run beside others, for other zones.
//
//	files                   asked for    attempt
//	look untouched          no           none
//	same bytes, no error    any          none
//	same bytes, unproven    yes          read and verified again
//	same bytes, error       any          the error again
//	any other               any          read
func (s *Store) attempt(ctx context.Context, p pass, f found, m *room) *attempt {
	st := s.states[f.id]
	if f.err == nil && st != nil && !st.gone && st.file == f.file && len(st.inputs) > 0 {
		if !p.explicit && st.untouched() {
			return nil
		}
		if st.same(s.config.Now(), m) && !(p.explicit && st.unproven) {
			if st.err() == nil {
				return nil
			}
			return &attempt{err: st.err(), same: true}
		}
	}
	a := &attempt{at: s.config.Now(), err: f.err}
	var r *reading
	if f.err == nil {
		r, a.text, a.err = read(Source{Origin: f.id.origin, File: f.file, Network: s.network, room: m}, a.at)
		a.inputs = r.inputs
	}
	var before *Zone
	if st != nil {
		before = st.zone
	}
	if before == nil && f.id.origin != "" {
		a.recalled, a.lost = s.recall(f.id.origin, a.text)
		before = a.recalled
	}
	if a.err == nil {
		if err := s.prepare(ctx, a, before, m); err != nil {
			a.err, a.unproven = r.named(err), true
		} else if version := cmp.Or(a.next, before); version.says(a.text) {
			a.advice = r.advise(version)
		}
	}
	return a // without the reading: it is several times as large as the zone, and there may be many
}

// prepare makes the next version of what was read. The error is that of the command that verifies.
//
//	the file says                                                    next version
//	what is in service, with the serial of the file before           none
//	what an operator rolled back from, with its serial               none
//	what was rolled back to, with a serial that is not ahead         the one in service, as the file's
//	anything else                                                    the file's, if the command that verifies agrees
func (s *Store) prepare(ctx context.Context, a *attempt, before *Zone, m *room) error {
	if before != nil && (before.says(a.text) || before.Note().rejects(a.text)) {
		return nil
	}
	if before != nil && before.rolledBack != nil && before.text.digest == a.text.digest && !Ahead(a.text.serial, before.serial) {
		a.next = before.WithNote(Note{FileSerial: a.text.serial})
		return nil
	}
	serial, warning := s.config.Serial.serve(before, a.text, a.at)
	next := s.version(before, a, serial, m)
	if err := s.ask(ctx, next); err != nil {
		if a.again = wasCut(ctx); a.again {
			err = fmt.Errorf("zones.verify: %w", errCut)
		}
		return err
	}
	a.next, a.warning = next, warning
	return nil
}

// ask asks the command that verifies: from another thread, as it would have the priority of the one that reads.
func (s *Store) ask(ctx context.Context, z *Zone) error {
	verdict := make(chan error, 1)
	go func() { verdict <- s.config.Verify.Check(ctx, z) }()
	return <-verdict
}

// version is the version that a text makes after another one, or nil: with the history of that.
func (s *Store) version(before *Zone, a *attempt, serial uint32, m *room) *Zone {
	switch {
	case before == nil || before.soa == nil:
		return a.text.zoneIn(m, s.network, serial)
	case before.network != s.network:
		return a.text.zoneIn(m, s.network, serial).After(before, a.at)
	}
	return before.edited(a.text, serial).After(before, a.at)
}

// says whether the version is that of a text: the same content, made of a file with the same serial.
func (z *Zone) says(t *text) bool { return z.text.digest == t.digest && z.fileSerial == t.serial }

// rejects says whether an operator has rolled back from this text.
func (n Note) rejects(t *text) bool {
	return !n.RolledBack.IsZero() && n.Rejected == t.digest && n.RejectedSerial == t.serial
}

func (st *state) untouched() bool {
	for i := range st.inputs {
		if !st.inputs[i].untouched() {
			return false
		}
	}
	return true
}

// same reads all files again, so that what is known of them is fresh, also when one differs.
func (st *state) same(now time.Time, m *room) bool {
	same := true
	for i := range st.inputs {
		same = st.inputs[i].same(now, m) && same
	}
	return same
}
