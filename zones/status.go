package zones

import (
	"fmt"
	"iter"
	"time"
)

// Status is the state of one zone, or of a file or directory that could not be made one.
type Status struct {
	Origin     Name // "" when it is about a file or directory that names no zone
	File       string
	Serial     uint32 // served
	FileSerial uint32 // in the file of the version served
	Records    int
	Steered    int       // RRsets
	Loaded     time.Time // when the version served was read; zero when none is
	RolledBack time.Time // when an operator rolled back to the version served; zero when the file may be served
	Error      string    // why the file is not served as it stands, "" when it is
	Warnings   []Warning // of the version served
}

// Status is the state of each zone, in order of their origins in wire form; first those that name none.
func (s *Store) Status() iter.Seq[Status] {
	all := s.public.Load().standings
	return func(yield func(Status) bool) {
		for i := range all {
			if !yield(all[i].status()) {
				return
			}
		}
	}
}

// standing is what a Status is made of: half as large, and there may be many.
type standing struct {
	origin Name
	file   string
	zone   *Zone // in service, or nil
	loaded time.Time
	faults *faults // nil: none
}

func (s *standing) status() Status {
	status := Status{Origin: s.origin, File: s.file, Loaded: s.loaded, Warnings: s.faults.all()}
	if z := s.zone; z != nil {
		status.Serial, status.FileSerial = z.Serial(), z.FileSerial()
		status.Records, status.Steered = z.Records(), z.Steered()
		status.RolledBack = z.Note().RolledBack
	}
	if err := s.err(); err != nil {
		status.Error = err.Error()
	}
	return status
}

// faults is what is wrong with a zone. It is immutable, and nil where nothing is, as with nearly all.
type faults struct {
	err      error     // of the last attempt
	unkept   error     // why the version in service could not be kept
	warnings []Warning // of the version in service
}

// err is what is wrong with the files, as of the last attempt.
func (s *standing) err() error {
	if s.faults == nil {
		return nil
	}
	return s.faults.err
}

// unkept is why the version in service could not be kept.
func (s *standing) unkept() error {
	if s.faults == nil {
		return nil
	}
	return s.faults.unkept
}

// fault notes what is wrong by now.
func (s *standing) fault(change func(*faults)) {
	var f faults
	if s.faults != nil {
		f = *s.faults
	}
	change(&f)
	s.faults = nil
	if f.err != nil || f.unkept != nil || len(f.warnings) > 0 {
		s.faults = &f
	}
}

func (s *standing) setErr(err error)           { s.fault(func(f *faults) { f.err = err }) }
func (s *standing) setUnkept(err error)        { s.fault(func(f *faults) { f.unkept = err }) }
func (s *standing) setWarnings(list []Warning) { s.fault(func(f *faults) { f.warnings = list }) }

// all are the warnings of a version, and that it could not be kept.
func (f *faults) all() []Warning {
	switch {
	case f == nil:
		return nil
	case f.unkept == nil:
		return f.warnings
	}
	return append(f.warnings[:len(f.warnings):len(f.warnings)], Warning{Text: fmt.Sprint(f.unkept)})
}
