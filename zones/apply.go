package zones

import "fmt"

// apply takes up what came of reading a zone.
func (s *Store) apply(p pass, f found, a *attempt) []Outcome {
	st := s.state(f.id)
	if a.err != nil {
		return st.refuse(p, f, a)
	}
	st.gone, st.err, st.file, st.inputs = false, nil, f.file, a.reading.inputs
	if st.zone != nil && st.zone.text.digest == a.text.digest && st.zone.FileSerial() == a.text.serial { // a comment was edited, or an error taken back
		st.warnings = a.reading.advise(st.zone)
		return []Outcome{st.outcome(Unchanged)}
	}
	serial, warning := s.config.Serial.serve(st.zone, a.text, a.reading.now)
	st.zone = a.text.zone(s.network, serial)
	st.warnings = a.reading.advise(st.zone)
	if warning != "" {
		st.warnings = append([]Warning{{File: f.file, Text: warning}}, st.warnings...)
	}
	st.loaded = a.reading.now
	return []Outcome{st.outcome(Loaded)}
}

// refuse keeps the version in service. An error that is known already is told again only if it was asked for.
func (st *state) refuse(p pass, f found, a *attempt) []Outcome {
	known := !p.explicit && !st.gone && st.err != nil && st.err.Error() == a.err.Error()
	st.gone, st.err, st.file = false, a.err, f.file
	if !a.same {
		st.inputs = nil
		if a.reading != nil {
			st.inputs = a.reading.inputs
		}
	}
	if known {
		return nil
	}
	return []Outcome{st.outcome(Failed)}
}

// missing deals with zones whose files are gone. Keep is for a directory that cannot be read: nothing is known of its
// files then.
func (s *Store) missing(p pass, there map[id]bool, keep bool) []Outcome {
	var lost []*state
	served := 0
	for _, st := range s.inOrder() {
		if st.zone != nil {
			served++
		}
		switch {
		case there[st.id], st.id.path == s.config.Directory && st.id.origin == "":
		case st.zone == nil:
			delete(s.states, st.id) // it never came to be
		default:
			lost = append(lost, st)
		}
	}
	many := served > 1 && 2*len(lost) > served
	var outcomes []Outcome
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
	why := fmt.Errorf("zone %s: %s is gone", st.id.origin.bare(), st.file)
	switch {
	case known:
		return nil
	case l.unreadable:
		st.err = fmt.Errorf("%w, because its directory cannot be read: the version in service stays", why)
	case p.explicit && l.many:
		st.err = fmt.Errorf("%w, as are %d of %d zone files: the version in service stays (reload with --force to drop them)",
			why, l.lost, l.served)
	case p.explicit:
		delete(s.states, st.id)
		return []Outcome{{Origin: st.id.origin, File: st.file, Action: Dropped, Err: why}}
	default:
		st.err = fmt.Errorf("%w: the version in service stays until a reload", why)
	}
	return []Outcome{st.outcome(Kept)}
}

func (st *state) outcome(action Action) Outcome {
	o := Outcome{Origin: st.id.origin, File: st.file, Action: action, Err: st.err}
	if st.err == nil {
		o.Warnings = st.warnings
	}
	if st.zone != nil {
		o.Serial, o.Records = st.zone.Serial(), st.zone.Records()
	}
	return o
}
