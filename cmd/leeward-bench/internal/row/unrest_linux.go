package row

import (
	"context"
	"time"

	"leeward/cmd/leeward-bench/internal/peer"
	"leeward/cmd/leeward-bench/internal/world"
)

// unrest is what goes on beside the queries: a zone that is edited as soon as its last edit is served, and colos that all
// fall and rise.
type unrest struct {
	dir    string
	zone   *world.Editable
	probed *probed

	edits, flaps int
	err          error // what has ended it before its time
}

func newUnrest(dir string, names int, probed *probed) (*unrest, error) {
	zone, err := world.NewEditable(dir, names, world.Colos())
	return &unrest{dir: dir, zone: zone, probed: probed}, err
}

// run goes on until the context ends, and leaves the colos up.
func (u *unrest) run(ctx context.Context, s *peer.Server) {
	look, flap := time.NewTicker(10*time.Millisecond), time.NewTicker(250*time.Millisecond)
	defer look.Stop()
	defer flap.Stop()
	u.err = u.zone.Edit()
	for up := true; u.err == nil; {
		select {
		case <-ctx.Done():
			if !up {
				u.err = u.probed.up()
			}
			return
		case <-flap.C:
			if up = !up; up {
				u.err = u.probed.up()
			} else {
				u.probed.close()
			}
			u.flaps++
		case <-look.C:
			if served, asked := s.Serial(u.zone.Origin()); asked == nil && served == u.zone.Serial() {
				u.edits++
				u.err = u.zone.Edit()
			}
		}
	}
}
