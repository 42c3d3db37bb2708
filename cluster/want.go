package cluster

import (
	"math/rand/v2"
	"net/netip"
	"time"

	"leeward/steering"
)

// ticks is how many times in a heartbeat's interval a node looks what it lacks.
const ticks = 5

// want is the asking for one thing that a peer's heartbeat showed to be lacking. The zero value wants nothing.
type want struct {
	since time.Time
	asked time.Time
	tries int
	about [2]steering.Digest // overrides and notes: what differed
}

// due decides whether it is time to ask, and counts the asking.
//
//	asked before   waited since the lack was seen, or since asked              ask
//	no             less than grace: the broadcast may be on its way            no
//	no             grace                                                       yes
//	yes            less than half a heartbeat, doubled with each try, to 16 s  no
//	yes            that long                                                   yes
func (w *want) due(now time.Time, grace, heartbeat time.Duration) bool {
	if w.since.IsZero() {
		w.since = now
	}
	if w.tries == 0 && now.Sub(w.since) < grace {
		return false
	}
	if w.tries > 0 && now.Sub(w.asked) < heartbeat/2<<min(w.tries-1, 5) {
		return false
	}
	w.asked = now
	w.tries++
	return true
}

// question is a message that asks, and where it goes to.
type question struct {
	to   netip.AddrPort
	name string
	msg  []byte
}

func (p *peer) question(msg []byte) question { return question{p.addrs[0], p.name, msg} }

// questions gives what is to be asked now. A sheet is asked of its origin, and on every second try of any other living
// member, which may be within reach when the origin is not. Overrides and notes are asked of one node at a time.
func (f *facts) questions(now time.Time) []question {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []question
	for _, p := range f.peers {
		if !p.gone.IsZero() || !p.lacks() {
			continue
		}
		grace := f.heartbeat / 4
		if p.beat.Large {
			grace = 0
		}
		if p.wantsSheet.due(now, grace, f.heartbeat) {
			of := p
			if p.wantsSheet.tries%2 == 0 {
				of = f.another(p)
			}
			a := ask{From: f.name, Origin: p.name, Incarnation: p.beat.Incarnation, Number: p.beat.Number}
			list = append(list, of.question(putAsk(begin(kindAsk), &a)))
		}
	}
	if p := f.whomToAsk(now, f.overrides.digest(), &f.askedOverrides, (*peer).overrides); p != nil {
		list = append(list, p.question(putAsk(begin(kindAsk), &ask{From: f.name})))
	}
	if p := f.whomToAsk(now, f.notes.digest(), &f.askedNotes, (*peer).notes); p != nil {
		list = append(list, p.question(putAskNotes(begin(kindAskNotes), &askNotes{f.name, f.notes.buckets})))
	}
	return list
}

// overrides gives the digest of a peer's overrides, and the asking for them; notes does so of its notes.
func (p *peer) overrides() (steering.Digest, *want) { return p.beat.Overrides, &p.wantsOverrides }
func (p *peer) notes() (steering.Digest, *want)     { return p.beat.Notes, &p.wantsNotes }

// another picks a living member other than the origin, or the origin if there is none.
func (f *facts) another(origin *peer) *peer {
	picked, n := origin, 0
	for _, p := range f.peers {
		if p != origin && p.gone.IsZero() {
			if n++; rand.IntN(n) == 0 {
				picked = p
			}
		}
	}
	return picked
}

// whomToAsk gives the peer that is to be asked now for what it has and this node has not, or nil: the digests that
// heartbeats name of it differ from the own one.
func (f *facts) whomToAsk(now time.Time, own steering.Digest, asked *time.Time, of func(*peer) (steering.Digest, *want)) *peer {
	for _, p := range f.peers {
		theirs, w := of(p)
		if !p.gone.IsZero() || p.beat.Counter == 0 || theirs == own {
			*w = want{}
			continue
		}
		if about := [2]steering.Digest{own, theirs}; w.about != about {
			*w = want{about: about, since: w.since} // where something always changes, the lack is as old as ever
		}
		if now.Sub(*asked) < f.heartbeat/2 {
			continue
		}
		if w.due(now, f.heartbeat/2, f.heartbeat) {
			*asked = now
			return p
		}
	}
	return nil
}

// answer makes the message that answers an ask, or nil if there is nothing new to say.
func (f *facts) answer(a ask, now time.Time) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	if a.Origin == "" {
		f.overrides.forget(now)
		return putOverrides(begin(kindOverrides), f.overrides.list())
	}
	sheet := f.sheet
	if a.Origin != f.name {
		p, ok := f.peers[a.Origin]
		if !ok || p.sheet == nil {
			return nil
		}
		sheet = p.sheet
	}
	if sheet.Incarnation != a.Incarnation || sheet.Number < a.Number || sheet.Number == 0 {
		return nil
	}
	return putSheet(begin(kindAnswer), sheet)
}

// stranger says whether a heartbeat of an unknown node came since a time: this node may have missed that it joined.
func (f *facts) stranger(since time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.strangers.After(since)
}
