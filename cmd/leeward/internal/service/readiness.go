package service

import "time"

// condition is what a node knows of itself and of the others when it decides whether it is to be sent queries.
type condition struct {
	view    bool   // it answers from a view
	leaving bool   // it was told to stop
	fault   string // what is wrong with it; "": nothing
	gossip  bool   // there is a cluster
	others  int    // living members that say they are fit
}

// readiness is whether a node is to be sent queries.
type readiness struct {
	fit    bool   // it finds nothing wrong with itself
	ready  bool   // it is to be sent queries
	soon   bool   // this is to hold at once
	reason string // why it is not fit
}

// readiness decides by the first row that fits. A node that is not fit withdraws only where another one is both fit and sent
// queries: the last never does, for bad answers are better than none. As the nodes tell whether they are both, of two that
// fall ill together neither counts for the other, and both go on; and one that is well again, but not sent queries yet, takes
// nobody's place.
//
//	answers   told to stop   a fault   others that are fit and sent queries    fit   ready   at once
//	no        any            any       any                                     no    no      yes
//	yes       yes            any       none, and has gossip                    no    yes     yes
//	yes       yes            any       some, or no gossip                      no    no      yes
//	yes       no             yes       none                                    no    yes     yes
//	yes       no             yes       some                                    no    no      no
//	yes       no             no        none                                    yes   yes     yes
//	yes       no             no        some                                    yes   yes     no
//
// Without gossip a node knows of no other. Who stops it then knows what he does; what befalls it is no reason.
func (c condition) readiness() readiness {
	alone := c.others == 0
	switch {
	case !c.view:
		return readiness{soon: true, reason: "not answering from a view yet"}
	case c.leaving:
		return readiness{ready: alone && c.gossip, soon: true, reason: "leaving"}
	case c.fault != "":
		return readiness{ready: alone, soon: alone, reason: c.fault}
	}
	return readiness{fit: true, ready: true, soon: alone}
}

// What it takes to be believed: who is sent queries is not to change with every hiccup. It is longer on the way back, as
// routes that come and go are held against their origin.
const (
	illFor  = 3 * time.Second
	wellFor = 10 * time.Second
)

// steady makes of what is decided again and again what is to hold.
type steady struct {
	begun bool
	ready bool      // what holds
	since time.Time // since when something else is decided; zero: it is not
}

// look takes the decision of the moment, and says whether the node is ready.
//
//	holds       decided                  then
//	nothing     any                      what is decided
//	any         the same                 it goes on
//	any         another, at once         what is decided
//	ready       not ready                after 3 s of it
//	not ready   ready                    after 10 s of it
func (s *steady) look(r readiness, now time.Time) bool {
	switch {
	case r.ready == s.ready && s.begun:
		s.since = time.Time{}
	case !s.begun, r.soon, s.lasted(now):
		s.begun, s.ready, s.since = true, r.ready, time.Time{}
	}
	return s.ready
}

// lasted says whether something else has been decided for long enough.
func (s *steady) lasted(now time.Time) bool {
	if s.since.IsZero() {
		s.since = now
	}
	most := wellFor
	if s.ready {
		most = illFor
	}
	return now.Sub(s.since) >= most
}
