package steering

import "time"

// VoteState is what an observer says of one target.
type VoteState uint8

// The states of a vote.
const (
	VoteUp    VoteState = iota
	VoteLossy           // answers, but more than 30 % of the last 30 checks failed, and not yet under 10 % again
	VoteDown            // fell after Check.Fall failures in a row, and has not risen since
)

func (s VoteState) String() string {
	switch s {
	case VoteUp:
		return "up"
	case VoteLossy:
		return "lossy"
	default:
		return "down"
	}
}

// Vote is what an observer says of one target.
type Vote struct {
	Target TargetID
	State  VoteState
	// Turning is set while the state may be about to change: up with two failures in a row or more, lossy with four, down
	// with half the successes in a row that it needs to rise.
	Turning bool
	Rose    bool          // up, after having been down: what began with the observer's start did not rise
	Falls   uint8         // falls remembered; each doubles the time to rise
	Since   time.Time     // of the last change of State, by the observer's clock, to the millisecond
	Doubt   time.Duration // of a vote that is down: from the start of the first probe that failed to Since, to the millisecond
	// Detail is why the last probe failed ("timeout"), at most 64 octets; "" after a success, but while lossy, when the last
	// failure's stays.
	Detail string
}

// Sheet is all present votes of one observer. It is immutable: a change makes a new sheet with the next number.
type Sheet struct {
	Observer    string
	Colo        string // "" for a node that stands in no colo
	Incarnation uint64 // grows with each start of the observer
	Number      uint64 // grows with each change within an incarnation
	Votes       []Vote
	Demand      Demand
	Load        Load // of the observer's colo
}

// Heard is a sheet as a node has it.
type Heard struct {
	Sheet *Sheet
	Age   time.Duration // since the last heartbeat that named this sheet, by the receiver's monotonic clock
}

// Member is a node of the cluster that is alive.
type Member struct {
	Name string
	Colo string // "" for a node that stands in no colo
}
