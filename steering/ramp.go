package steering

import "time"

// Slices is how many slices the clients of a colo are cut into.
const Slices = 100

// Slice is a client's part in what is given to some clients and not yet to others, from 0 to Slices-1: a hash of its
// prefix, the same on every node.
type Slice uint8

// Ramp is the slow return of clients to an uplink that was down. The zero value is none: all are back.
type Ramp struct {
	Start, End time.Time
	Back       uint8 // slices that are back: those below it
}

// Active says whether some clients are not back yet.
func (r Ramp) Active() bool { return !r.End.IsZero() }
