package zones

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
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
}

// Action is what happened to a zone.
type Action string

// The actions.
const (
	Loaded    Action = "loaded"    // served as in the file
	Unchanged Action = "unchanged" // served as in the file, which says the same as before
	Failed    Action = "failed"    // the file has an error: the version in service, if any, stays
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
// What goes wrong is logged too: who asked may not be who reads the log.
func (s *Store) Load(force bool) []Outcome {
	outcomes := s.pass(pass{explicit: true, force: force})
	for _, o := range outcomes {
		s.logFaults(o)
	}
	return outcomes
}

// pass is one look at all files.
type pass struct {
	explicit bool // asked for: every file is read, and gone zones are dropped
	force    bool
}

// pass looks at all files and serves what changed. The outcomes are of every zone if it was asked for, else of those
// where something changed.
func (s *Store) pass(p pass) []Outcome {
	s.passing.Lock()
	defer s.passing.Unlock()
	files, dirErr := s.look(func(zone id) bool { return s.states[zone] != nil && s.states[zone].zone != nil })
	outcomes := s.directory(p, files, dirErr)
	attempts := s.attempts(p, files)
	there := map[id]bool{}
	for i, f := range files {
		there[f.id] = true
		if a := attempts[i]; a != nil {
			outcomes = append(outcomes, s.apply(p, f, a)...)
		} else if p.explicit {
			outcomes = append(outcomes, s.states[f.id].outcome(Unchanged))
		}
	}
	keepGone := dirErr != nil && (!p.force || !errors.Is(dirErr, fs.ErrNotExist))
	outcomes = append(outcomes, s.missing(p, there, keepGone)...)
	if len(outcomes) > 0 {
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
	if before != nil && !p.explicit && before.err.Error() == err.Error() {
		return nil
	}
	st := s.state(at)
	st.file, st.err = at.path, err
	return []Outcome{st.outcome(Failed)}
}

// attempt is what came of reading one zone's files again.
type attempt struct {
	reading *reading
	text    *text
	err     error
	same    bool // the files say what they said
}

// attempts reads, on all cores, the files that may have changed: at each file's place nil or what came of it.
func (s *Store) attempts(p pass, files []found) []*attempt {
	attempts := make([]*attempt, len(files))
	work := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		workers.Go(func() {
			for i := range work {
				attempts[i] = s.attempt(p, files[i])
			}
		})
	}
	for i := range files {
		work <- i
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
//	same bytes, error       any          the error again
//	any other               any          read
func (s *Store) attempt(p pass, f found) *attempt {
	if f.err != nil {
		return &attempt{err: f.err}
	}
	if st := s.states[f.id]; st != nil && !st.gone && st.file == f.file && len(st.inputs) > 0 {
		if !p.explicit && st.untouched() {
			return nil
		}
		if st.same(s.config.Now()) {
			if st.err == nil {
				return nil
			}
			return &attempt{err: st.err, same: true}
		}
	}
	r, t, err := read(Source{Origin: f.id.origin, File: f.file}, s.config.Now())
	return &attempt{reading: r, text: t, err: err}
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
func (st *state) same(now time.Time) bool {
	same := true
	for i := range st.inputs {
		same = st.inputs[i].same(now) && same
	}
	return same
}
