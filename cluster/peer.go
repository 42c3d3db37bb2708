package cluster

import (
	"net/netip"
	"time"

	"leeward/steering"
)

// silence is after how many heartbeats that did not come a node's incarnation no longer holds its name.
const silence = 2

// peer is what a node knows of another member. Only members are in the table: memberlist says who is.
type peer struct {
	name   string
	meta   meta             // its own word, through memberlist
	addrs  []netip.AddrPort // memberlist's first
	joined time.Time
	gone   time.Time // since when it is dead or left; zero: living

	incarnation uint64 // whose heartbeats count
	beat        beat   // the newest; zero: none yet
	heard       time.Time
	clock       clock
	differs     time.Time // since when its verdicts differ from ours; zero: they agree, or cannot be compared

	sheet *steering.Sheet // nil: none yet
	named time.Time       // when a heartbeat last named the sheet

	told       State // last told to the log
	toldUnread bool  // as is that it is not understood

	wantsSheet     want
	wantsOverrides want
	wantsNotes     want
}

// welcomes decides whether a heartbeat counts.
//
//	its incarnation    its counter   the member's own word           since the last heartbeat   counts
//	the present one    higher        any                             any                        yes
//	the present one    not higher    any                             any                        no: it is old
//	another            any           is this incarnation             any                        yes: memberlist decided
//	higher             any           is another, not heard yet here  silence                    yes: a start
//	higher             any           is another                      less                       no: the name is taken
//	lower              any           is another                      any                        no: it is old
//
// The silence keeps a second node of the same name, until it has noticed, from talking in the place of the first.
func (p *peer) welcomes(b *beat, now time.Time, silence time.Duration) bool {
	switch {
	case b.Incarnation == p.incarnation:
		return b.Counter > p.beat.Counter
	case b.Incarnation == p.meta.Incarnation:
		return true
	default:
		return b.Incarnation > p.incarnation && now.Sub(later(p.heard, p.joined)) > silence
	}
}

// hear takes in a heartbeat that is welcome.
func (p *peer) hear(b *beat, at time.Time) {
	if b.Incarnation != p.incarnation {
		p.incarnation, p.clock = b.Incarnation, clock{}
		p.wantsSheet, p.wantsOverrides, p.wantsNotes = want{}, want{}, want{}
	}
	p.beat, p.heard = *b, later(at, p.heard)
	if p.sheet != nil && p.sheet.Incarnation == b.Incarnation && b.Number <= p.sheet.Number {
		p.named = p.heard
	}
}

// adopt takes in a sheet, if it is newer than the present one.
func (p *peer) adopt(s *steering.Sheet) bool {
	if s.Incarnation != p.incarnation {
		return false
	}
	if p.sheet != nil && p.sheet.Incarnation == s.Incarnation && s.Number <= p.sheet.Number {
		return false
	}
	p.sheet = s
	// A sheet without its heartbeat is as fresh as the last heartbeat, whoever handed it on.
	if s.Number >= p.beat.Number {
		p.named = p.heard
	}
	if !p.lacks() {
		p.wantsSheet = want{}
	}
	return true
}

// lacks says whether a heartbeat named a sheet that is not here yet.
func (p *peer) lacks() bool {
	if p.beat.Number == 0 {
		return false
	}
	return p.sheet == nil || p.sheet.Incarnation != p.beat.Incarnation || p.sheet.Number < p.beat.Number
}

// turnUp takes in that memberlist counts the peer as living, at an address and with its own word.
func (p *peer) turnUp(addr netip.AddrPort, m meta, now time.Time) {
	if m.Incarnation != p.incarnation {
		p.incarnation, p.beat, p.clock, p.differs = m.Incarnation, beat{}, clock{}, time.Time{}
		p.wantsSheet, p.wantsOverrides, p.wantsNotes = want{}, want{}, want{}
	}
	if !p.gone.IsZero() {
		p.joined = now
	}
	p.addrs, p.meta, p.gone = m.all(addr), m, time.Time{}
}

// state is the peer's state for the status.
//
//	memberlist says   its last heartbeat            state
//	gone              was a farewell                left
//	gone              was none                      dead
//	living            is one of the last three      alive
//	living            is older                      suspect
func (p *peer) state(now time.Time, heartbeat time.Duration) State {
	switch {
	case !p.gone.IsZero() && p.beat.Leaving:
		return Left
	case !p.gone.IsZero():
		return Dead
	case now.Sub(later(p.heard, p.joined)) <= 3*heartbeat:
		return Alive
	default:
		return Suspect
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
