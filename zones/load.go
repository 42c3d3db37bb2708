package zones

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Outcome is what a load did with one zone.
type Outcome struct {
	Origin   Name   // "" when it is about a file or directory that names no zone
	File     string // the zone file, or the directory
	Action   Action
	Serial   uint32 // served, 0 when none is
	Records  int    // served
	Err      error  // why the file is not served as it stands, or, for Dropped, that it is gone
	Warnings []Warning
	Touched  int      // names that differ from the version before, 0 when there was none
	Names    []string // those names, relative to the origin and in order, when they are at most 8
}

// Action is what happened to a zone.
type Action string

// The actions.
const (
	Loaded    Action = "loaded"    // served as in the file
	Unchanged Action = "unchanged" // served as in the file, which says the same as before
	Failed    Action = "failed"    // the file has an error: the version in service, if any, stays
	Held      Action = "held"      // the file says what an operator rolled back from: the version in service stays
	Kept      Action = "kept"      // the file is gone: the version in service stays
	Dropped   Action = "dropped"   // the file is gone and the zone no longer served
)

// Load reads all zones anew and says what came of each, in order of their origins. It is the explicit reload: zones
// whose files are gone are dropped, unless many are gone at once, which looks like an accident (a disk not mounted).
// With force they are dropped all the same.
//
//	gone                                            force    outcome
//	no more than half of the zones, or the only     any      Dropped
//	more than half of two or more                   no       Kept
//	more than half of two or more                   yes      Dropped
//	the directory cannot be read                    no       Kept
//	the directory does not exist                    yes      Dropped
//	the directory exists and cannot be read         yes      Kept
//
// The first Load is a start and no reload: it drops nothing. Zones that were kept, and whose files are gone or bad, are
// served as they were kept.
//
// What goes wrong and what an edit has touched is logged too: who asked may not be who reads the log.
func (s *Store) Load(force bool) []Outcome {
	outcomes := s.pass(context.Background(), pass{explicit: true, force: force})
	for _, o := range outcomes {
		s.logFaults(o)
		if o.Touched > 0 {
			s.logChange(o)
		}
	}
	return outcomes
}

// pass is one look at all files.
type pass struct {
	explicit bool // asked for: every file is read, and gone zones are dropped
	force    bool
	first    bool // nothing was in service before
}

// pass looks at all files and serves what changed. The outcomes are of every zone if it was asked for, else of those
// where something changed.
//
// A version that follows another is kept before it is served, so that after a crash no serial stands for something else
// than it did. A zone that is new is served first, and at the start kept with the next pass only, because keeping all of
// them takes its time.
func (s *Store) pass(ctx context.Context, p pass) []Outcome {
	s.passing.Lock()
	defer s.passing.Unlock()
	ctx, end := s.urgent.begin(ctx)
	defer end()
	p.first, s.begun = !s.begun, true
	files, dirErr := s.look(p.explicit, func(zone id) bool { return s.states[zone] != nil && s.states[zone].zone != nil })
	outcomes := s.directory(p, files, dirErr)
	if p.first {
		s.recallMissing(files)
	}
	told := s.saveAll(func(st *state) bool { return st.unkept() != nil })
	attempts := s.attempts(ctx, p, files)
	for i, f := range files {
		if a := attempts[i]; a != nil {
			outcomes = append(outcomes, s.apply(p, f, a)...)
		} else if p.explicit {
			outcomes = append(outcomes, s.states[f.id].outcome(Unchanged))
		}
	}
	keepGone := dirErr != nil && (!p.force || !errors.Is(dirErr, fs.ErrNotExist))
	outcomes = append(outcomes, s.missing(p, files, keepGone)...)
	told = s.saveAll(func(st *state) bool { return st.saved != nil }) || told
	if len(outcomes) > 0 || told {
		s.publish()
	}
	if !p.first && s.saveAll(func(st *state) bool { return st.saved == nil }) {
		s.publish()
	}
	slices.SortStableFunc(outcomes, func(a, b Outcome) int { return strings.Compare(a.Origin.String(), b.Origin.String()) })
	return outcomes
}

// directory notes a fault of the directory itself, as the state of its path.
func (s *Store) directory(p pass, files []found, err error) []Outcome {
	at := id{path: s.config.Directory}
	if err == nil && p.explicit && len(files) == 0 && s.config.Directory != "" {
		err = fmt.Errorf("zones.directory %s: no zone files (NAME.zone)", s.config.Directory)
	}
	before := s.states[at]
	if err == nil {
		if before == nil || !p.explicit && len(files) == 0 {
			return nil
		}
		delete(s.states, at)
		s.publish()
		return nil
	}
	if before != nil && !p.explicit && before.err().Error() == err.Error() {
		return nil
	}
	st := s.state(at)
	st.file = at.path
	st.setErr(err)
	return []Outcome{st.outcome(Failed)}
}
