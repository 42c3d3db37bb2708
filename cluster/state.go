package cluster

import (
	"encoding/binary"
	"time"

	"leeward/steering"
)

// state is what two nodes exchange when one joins the other, and now and then: heartbeats with their ages, sheets,
// overrides, and notes.
type state struct {
	Heard     []heard
	Sheets    []*steering.Sheet
	Overrides []steering.Override
	Notes     []Note
}

// maxState is how large a state may grow by sheets, in octets; those left out are asked for.
const maxState = 1 << 20

func putState(b []byte, s *state) []byte {
	b = binary.AppendUvarint(b, uint64(len(s.Heard)))
	for i := range s.Heard {
		b = putHeard(b, &s.Heard[i])
	}
	b = putOverrides(b, s.Overrides)
	b = binary.AppendUvarint(b, uint64(len(s.Sheets)))
	for _, sheet := range s.Sheets {
		b = putSheet(b, sheet)
	}
	return putNotes(b, s.Notes)
}

const minSheet = 1 + 1 + 8 + 1 + 1 // octets

func (r *reader) state() *state {
	s := &state{}
	for range r.count(maxPeers+1, minBeat+1) {
		s.Heard = append(s.Heard, r.heard())
	}
	s.Overrides = r.overrides()
	for range r.count(maxPeers+1, minSheet) {
		s.Sheets = append(s.Sheets, r.sheet())
	}
	s.Notes = r.notes()
	return s
}

// state gives all that this node knows.
func (f *facts) state(now time.Time) *state {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.overrides.forget(now)
	f.forgetNotes(now)
	s := &state{Overrides: f.overrides.list(), Notes: f.notes.latest()}
	s.Heard = append(s.Heard, heard{Beat: f.word(now)})
	size := 0
	add := func(sheet *steering.Sheet) {
		if size += len(putSheet(nil, sheet)); size <= maxState {
			s.Sheets = append(s.Sheets, sheet)
		}
	}
	if f.sheet.Number > 0 {
		add(f.sheet)
	}
	for _, p := range f.sorted() {
		if !p.gone.IsZero() || p.heard.IsZero() {
			continue
		}
		s.Heard = append(s.Heard, heard{Beat: p.beat, Age: now.Sub(p.heard)})
		if p.sheet != nil {
			add(p.sheet)
		}
	}
	return s
}

// learn takes in another node's state.
func (f *facts) learn(s *state, now time.Time) {
	for i := range s.Heard {
		f.hear(&s.Heard[i].Beat, s.Heard[i].Age, now)
	}
	for _, sheet := range s.Sheets {
		f.adopt(sheet)
	}
	f.merge(s.Overrides, now)
	f.mergeNotes(s.Notes, now)
}
