package admin

import "time"

// Readiness is whether a node is to be sent queries.
type Readiness struct {
	Ready   bool      `json:"ready"`
	Fit     bool      `json:"fit"`          // nothing is wrong with it; one that is not is ready where no other is
	Leaving bool      `json:"leaving"`      // it was told to stop
	Reason  string    `json:"reason"`       // why it is not fit
	Others  int       `json:"others_ready"` // members that are ready and fit
	Since   time.Time `json:"since"`        // of ready
}

// Words say it in a line.
//
//	leaving   ready   fit   words
//	yes       any     any   leaving
//	no        yes     yes   ready
//	no        yes     no    ready, as no other node is: and the reason
//	no        no      any   the reason
func (r Readiness) Words() string {
	switch {
	case r.Leaving:
		return "leaving"
	case r.Ready && r.Fit:
		return "ready"
	case r.Ready:
		return "ready, as no other node is: " + r.Reason
	case r.Reason == "":
		return "well again, and not ready for some seconds yet"
	default:
		return r.Reason
	}
}
