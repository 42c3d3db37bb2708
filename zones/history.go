package zones

import (
	"slices"
	"time"
)

// history is how a zone came to be what it is: its last changes, oldest first. It is immutable.
type history struct {
	changes []*Change
	octets  int
}

// What is kept of the past: so many changes, and so many octets of them, or half as many as the zone has if that is more.
// The last change is kept however large it is, so that there is a way back.
const (
	maxChanges = 1000
	minOctets  = 1 << 20
)

// After is the zone with the history of the version before, and the change from that at its end. The version before may
// be nil or without records: then nothing is known of the past.
func (z *Zone) After(before *Zone, at time.Time) *Zone {
	fresh := *z
	fresh.history = nil
	if before == nil || before.soa == nil || z.soa == nil {
		return &fresh
	}
	fresh.history = before.history
	if c := Between(before, z); c != nil {
		c.At = at
		fresh.remember(c)
	}
	return &fresh
}

// WithHistory is the same version with another history, the last change of which leads to it.
func (z *Zone) WithHistory(changes []*Change) *Zone {
	fresh := *z
	fresh.history = nil
	for _, c := range changes {
		fresh.remember(c)
	}
	return &fresh
}

// remember puts a change to the end of the history.
func (z *Zone) remember(c *Change) {
	h := history{octets: c.octets()}
	if z.history != nil {
		h.octets += z.history.octets
	}
	h.changes = append(slices.Clone(z.History()), c)
	most := max(minOctets, z.text.octets/2)
	for len(h.changes) > 1 && (len(h.changes) > maxChanges || h.octets > most) {
		h.octets -= h.changes[0].octets()
		h.changes = h.changes[1:]
	}
	z.history = &h
}

// History is the last changes that led to this version, oldest first. The caller must not change it.
func (z *Zone) History() []*Change {
	if z.history == nil {
		return nil
	}
	return z.history.changes
}

// Since is what changed since the zone was served with a serial, as one change (RFC 1995 section 6). It is false when
// that is not known; whoever asks must take the whole zone then. The serial that is served is known, with a change from it
// to itself.
//
// A change whose serial did not go ahead (RFC 1982) hides all before it: who had those versions cannot be told apart
// from who has later ones.
func (z *Zone) Since(serial uint32) (*Change, bool) {
	if z.soa == nil {
		return nil, false
	}
	if serial == z.serial {
		return &Change{Before: z.soa.record(0), After: z.soa.record(0)}, true
	}
	changes := z.History()
	for i := len(changes) - 1; i >= 0 && changes[i].forward(); i-- {
		if changes[i].From() == serial {
			return Condense(changes[i:]), Ahead(z.serial, serial)
		}
	}
	return nil, false
}
