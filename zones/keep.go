package zones

import (
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"leeward/steering"
)

// Keeper keeps zones where they outlive the process, each with its history and its note.
type Keeper interface {
	// Load is what is kept of a zone. The error is fs.ErrNotExist when that is nothing. When part of it is lost there are
	// both a zone and an error.
	Load(origin Name, network *steering.Network) (*Zone, error)

	// Recall is the same without the records. It is much faster.
	Recall(origin Name) (Memory, error)

	// Save keeps a version. When it returns an error, what was kept before is kept still.
	Save(z *Zone) error

	// Drop forgets a zone.
	Drop(origin Name) error

	// Names are the origins of all that is kept.
	Names() ([]Name, error)
}

// Memory is what is known of a version without its records.
type Memory struct {
	Serial  uint32
	Digest  Digest
	Note    Note
	History []*Change
}

// forgetful keeps nothing.
type forgetful struct{}

func (forgetful) Load(Name, *steering.Network) (*Zone, error) { return nil, fs.ErrNotExist }
func (forgetful) Recall(Name) (Memory, error)                 { return Memory{}, fs.ErrNotExist }
func (forgetful) Save(*Zone) error                            { return nil }
func (forgetful) Drop(Name) error                             { return nil }
func (forgetful) Names() ([]Name, error)                      { return nil, nil }

// recall is what is kept of a zone that is not in service yet, or nil. The error is what of it was lost. The text is what
// its file says, nil when that cannot be served: where what is kept says the same, it is made of the text, and its records are
// not read.
func (s *Store) recall(origin Name, t *text) (*Zone, error) {
	if t != nil {
		kept, lost := s.config.Keeper.Recall(origin)
		if lost == nil && kept.Digest == t.digest && kept.Note.FileSerial == t.serial {
			return t.zone(s.network, kept.Serial).WithNote(kept.Note).WithHistory(kept.History), nil
		}
	}
	z, err := s.config.Keeper.Load(origin, s.network)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return z, err
}

// recallMissing takes into service, at the start, what is kept of zones that no file is there for now: whoever emptied
// the directory, or did not mount it, while the server was down finds all in service, and says with a reload whether that
// was meant.
func (s *Store) recallMissing(there []found) {
	names, err := s.config.Keeper.Names()
	if err != nil {
		s.config.Log.Warn("zones that are kept and cannot be read", "error", err)
	}
	for _, origin := range names {
		zone := id{origin: origin}
		if zone.among(there) {
			continue
		}
		kept, lost := s.recall(origin, nil)
		if lost != nil {
			s.config.Log.Warn(lost.Error(), "zone", origin.Bare())
		}
		if kept == nil {
			continue
		}
		st := s.state(zone)
		st.take(kept, s.config.Now())
		st.file = s.fileOf(origin)
	}
}

// fileOf is where the file of a zone would be.
func (s *Store) fileOf(origin Name) string {
	for _, f := range s.config.Files {
		if f.Origin.Lower() == origin {
			return f.File
		}
	}
	return filepath.Join(s.config.Directory, origin.Bare()+suffix)
}

// take puts a version that was kept into service.
func (st *state) take(kept *Zone, now time.Time) { st.zone, st.saved, st.loaded = kept, kept, now }

// save keeps what is in service. A version that could not be kept is served all the same, and tried again with every pass.
func (s *Store) save(st *state) {
	if st.zone == nil || st.saved == st.zone {
		return
	}
	err := s.config.Keeper.Save(st.zone)
	switch {
	case err == nil:
		st.saved = st.zone
		st.setUnkept(nil)
	case st.unkept() == nil:
		s.config.Log.Error(err.Error()+": until this is mended, a restart goes on from an older version, with its serial, and forgets a rollback", "zone", st.id.origin.Bare())
		st.setUnkept(err)
	}
}

// KeepAll keeps all that is in service and not kept yet. Run does it by itself.
func (s *Store) KeepAll() error {
	s.passing.Lock()
	defer s.passing.Unlock()
	if s.saveAll(func(*state) bool { return true }) {
		s.publish()
	}
	var errs []error
	for _, st := range s.inOrder() {
		errs = append(errs, st.unkept())
	}
	return errors.Join(errs...)
}

// maxSaves is how many zones are kept at once: most of the time goes into waiting for the disk.
const maxSaves = 8

// saveAll keeps the versions of the states that are chosen, and says whether there is anything new to tell of that.
func (s *Store) saveAll(chosen func(*state) bool) (news bool) {
	var group errgroup.Group
	group.SetLimit(maxSaves)
	faults := s.unkept()
	for _, st := range s.states {
		if chosen(st) {
			group.Go(func() error { s.save(st); return nil })
		}
	}
	_ = group.Wait() // each state has its own error
	return s.unkept() != faults
}

// unkept counts the versions in service that could not be kept.
func (s *Store) unkept() (count int) {
	for _, st := range s.states {
		if st.unkept() != nil {
			count++
		}
	}
	return count
}

// drop forgets a zone.
func (s *Store) drop(st *state) {
	delete(s.states, st.id)
	if err := s.config.Keeper.Drop(st.id.origin); err != nil {
		s.config.Log.Error(err.Error(), "zone", st.id.origin.Bare())
	}
}
