package cluster

import (
	"net/netip"
	"time"

	"leeward/steering"
)

// State is a member's state.
type State string

// The states of a member. Memberlist does not tell suspicion or farewell; they come from the heartbeats.
const (
	Alive   State = "alive"
	Suspect State = "suspect" // no heartbeat for three times their interval, but not declared dead
	Dead    State = "dead"
	Left    State = "left"
)

// Member is a node of the cluster, for the status.
type Member struct {
	Name          string
	Colo          string // "" for a node that stands in no colo
	Addr          netip.AddrPort
	Addrs         []netip.AddrPort // all, Addr first
	State         State
	HeartbeatAge  time.Duration // since the last heartbeat, or since it joined if none was heard yet
	NetworkDigest steering.Digest
	VerdictDigest steering.Digest
	Version       string
	Ready         bool          // it says that it is sent queries, and that nothing is wrong with it
	SheetNumber   uint64        // that its heartbeat names
	SheetAge      time.Duration // since a heartbeat last named the sheet that is here, or since it joined; without a sheet as HeartbeatAge; 0 of this node
	// Differs is for how long its verdicts have differed from this node's, as their heartbeats tell; 0 while they agree, and
	// where they cannot be compared: of members that are gone, and of those with another network.
	Differs time.Duration
	// ClockSkew is its clock less ours: the largest of what its last heartbeats say, for each is too small by its delay. 0 if
	// none was heard yet.
	ClockSkew time.Duration
	DNS       []netip.AddrPort // where it answers queries; not told of this node
	Zones     ZoneState        // as its last heartbeat says
	// OtherNotes says that its last heartbeat names other notes than those here, as it does until the next one also of what
	// it has just got.
	OtherNotes bool
}
