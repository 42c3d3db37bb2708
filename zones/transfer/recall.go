package transfer

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"leeward/zones"
)

// recall reads the clocks once. The lock is held.
func (s *Secondaries) recall() {
	if s.read {
		return
	}
	s.read = true
	var err error
	if s.clocks, err = readClocks(s.config.Clocks); err != nil {
		s.config.Log.Warn(err.Error(), "file", s.config.Clocks)
	}
	if s.clocks == nil {
		s.clocks = map[zones.Name]clock{}
	}
}

// load takes what is kept of a zone on disk.
//
//	kept on disk    its clock                    then
//	no              any                          never transferred yet
//	yes             does not begin anew          served until it expires
//	yes             begins anew                  dropped
//	yes             none                         served as if a primary had answered now, and fetched whole
//
// The lock is held.
func (s *Secondaries) load(z *secondary) {
	now := time.Now()
	c, known := s.clocks[z.want.Origin]
	if label, err := hex.DecodeString(c.Label); known && (err != nil || beginsAnew(c.wanted(s.holder(z.want.Origin), string(label)), z.want)) {
		s.forget(z.want.Origin)
		known = false
	}
	if z.want.Catalog {
		z.members = s.remembered(z.want.Origin)
	}
	if s.config.Keeper != nil {
		kept, err := s.config.Keeper.Load(z.want.Origin, s.network)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			s.config.Log.Warn("what was kept of a zone is damaged", "zone", z.want.Origin.Bare(), "error", err, "left", kept != nil)
		}
		z.kept = kept
	}
	if z.kept != nil {
		z.kept = z.kept.WithHidden(z.want.Hidden)
		z.anew, z.loaded, z.checked, z.expires = !known, now, c.Checked, c.Expires
		if !known {
			z.checked, z.expires = now, now.Add(timersOf(z.kept).expire)
		}
		s.readMembers(z)
	}
	delete(s.clocks, z.want.Origin)
	z.serve(now)
}

// remembered is what a catalog listed when the clocks were written: it holds until there is a version of the catalog.
// The lock is held.
func (s *Secondaries) remembered(catalog zones.Name) (members []Member) {
	for origin, c := range s.clocks {
		if label, err := hex.DecodeString(c.Label); err == nil && c.Catalog == catalog.String() {
			members = append(members, Member{Origin: origin, Label: string(label)})
		}
	}
	return members
}

// readMembers takes in what the present version of a catalog lists. The lock is held.
func (s *Secondaries) readMembers(z *secondary) {
	if !z.want.Catalog {
		return
	}
	members, err := Members(z.kept)
	if z.broken = err; err != nil {
		s.config.Log.Error(fmt.Sprintf("catalog %s: %v: what it listed before stays in service", z.want.Origin.Bare(), err),
			"serial", z.kept.Serial())
		return
	}
	z.members = members
}
