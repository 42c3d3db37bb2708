package zones

import (
	"fmt"
	"slices"
	"time"
)

// apply takes up what came of reading a zone.
func (s *Store) apply(p pass, f found, a *attempt) []Outcome {
	st := s.state(f.id)
	if a.lost != nil {
		lost := a.lost.Error()
		if a.recalled == nil {
			lost += ": its zone file is all there is, with its serial and without versions before it"
		}
		s.config.Log.Warn(lost, "zone", f.id.origin.Bare())
	}
	if st.zone == nil && a.recalled != nil {
		st.take(a.recalled, s.config.Now())
		if a.lost != nil {
			st.saved = nil
		}
	}
	if a.err != nil {
		return st.refuse(p, f, a)
	}
	st.gone, st.unproven, st.held, st.file, st.inputs = false, false, false, f.file, a.inputs
	st.setErr(nil)
	if a.next == nil && !st.zone.says(a.text) {
		st.hold()
		return []Outcome{st.outcome(Held)}
	}
	if a.next == nil { // a comment was edited, or an error taken back
		st.setWarnings(a.advice)
		return []Outcome{st.outcome(Unchanged)}
	}
	before := st.zone
	st.zone, st.loaded = a.next, a.at
	warnings := a.advice
	if a.warning != "" {
		warnings = append([]Warning{{File: f.file, Text: a.warning}}, warnings...)
	}
	st.setWarnings(warnings)
	o := st.outcome(Loaded)
	o.touched(before, st.zone)
	return []Outcome{o}
}

// hold keeps the version in service that an operator has rolled back to.
func (st *state) hold() {
	n := st.zone.Note()
	st.held = true
	st.setErr(fmt.Errorf("zone %s: rolled back at %s: what %s says (serial %d) is not served until it is edited, "+
		"or taken up all the same with: leeward zone rollback --undo %s",
		st.id.origin.Bare(), n.RolledBack.UTC().Format(time.DateTime+"Z"), st.file, n.RejectedSerial, st.id.origin.Bare()))
}

// maxNames is how many names of an edit are told one by one.
const maxNames = 8

// touched notes which names the version has changed.
func (o *Outcome) touched(before, after *Zone) {
	history := after.History()
	if before == nil || before.text == after.text || len(history) == 0 {
		return
	}
	names := map[Name]bool{}
	c := history[len(history)-1]
	for _, list := range [][]Record{c.Removed, c.Added} {
		for _, r := range list {
			names[r.Owner.Lower()] = true
		}
	}
	if len(names) == 0 { // the SOA alone
		names[after.origin] = true
	}
	if o.Touched = len(names); o.Touched > maxNames {
		return
	}
	for n := range names {
		o.Names = append(o.Names, n.relative(after.origin))
	}
	slices.Sort(o.Names)
}

// refuse keeps the version in service. An error that is known already is told again only if it was asked for.
func (st *state) refuse(p pass, f found, a *attempt) []Outcome {
	known := !p.explicit && !st.gone && st.err() != nil && st.err().Error() == a.err.Error()
	st.gone, st.file = false, f.file
	st.setErr(a.err)
	if !a.same {
		st.inputs, st.unproven, st.held = a.inputs, a.unproven, false
		if a.again {
			st.inputs = nil
		}
	}
	switch {
	case known:
		return nil
	case st.held:
		return []Outcome{st.outcome(Held)}
	default:
		return []Outcome{st.outcome(Failed)}
	}
}

// missing deals with zones whose files are gone. Keep is for a directory that cannot be read: nothing is known of its
// files then.
func (s *Store) missing(p pass, there []found, keep bool) []Outcome {
	var lost []*state
	var outcomes []Outcome
	served := 0
	for _, st := range s.states {
		if st.zone != nil {
			served++
		}
		switch {
		case st.id.among(there), st.id.path == s.config.Directory && st.id.origin == "":
		case st.zone == nil: // it never came to be
			delete(s.states, st.id)
			outcomes = append(outcomes, Outcome{Origin: st.id.origin, File: st.file, Action: Dropped, Err: st.isGone()})
		default:
			lost = append(lost, st)
		}
	}
	slices.SortFunc(lost, inOrder)
	many := served > 1 && 2*len(lost) > served
	for _, st := range lost {
		outcomes = append(outcomes, s.lose(st, p, losses{len(lost), served, keep, many && !p.force})...)
	}
	return outcomes
}

// losses is how many of the zones in service have lost their files, and whether that is reason to keep them.
type losses struct {
	lost, served     int
	unreadable, many bool
}

// lose drops one zone whose file is gone, or says why it is kept.
func (s *Store) lose(st *state, p pass, l losses) []Outcome {
	known := st.gone && !p.explicit
	st.gone = true
	why := st.isGone()
	switch {
	case known:
		return nil
	case l.unreadable:
		st.setErr(fmt.Errorf("%w, because its directory cannot be read: the version in service stays", why))
	case p.explicit && !p.first && l.many:
		st.setErr(fmt.Errorf("%w, as are %d of %d zone files: the version in service stays (reload with --force to drop them)",
			why, l.lost, l.served))
	case p.explicit && !p.first:
		s.drop(st)
		return []Outcome{{Origin: st.id.origin, File: st.file, Action: Dropped, Err: why}}
	default:
		st.setErr(fmt.Errorf("%w: the version in service stays; put the file back, or drop the zone with a reload", why))
	}
	return []Outcome{st.outcome(Kept)}
}

// isGone says that the file is.
func (st *state) isGone() error {
	if st.id.origin == "" {
		return fmt.Errorf("%s is gone", st.file)
	}
	return fmt.Errorf("zone %s: %s is gone", st.id.origin.Bare(), st.file)
}

func (st *state) outcome(action Action) Outcome {
	o := Outcome{Origin: st.id.origin, File: st.file, Action: action, Err: st.err()}
	if o.Err == nil {
		o.Warnings = st.faults.all()
	}
	if st.zone != nil {
		o.Serial, o.Records = st.zone.Serial(), st.zone.Records()
	}
	return o
}
