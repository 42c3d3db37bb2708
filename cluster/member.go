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
	State         State
	HeartbeatAge  time.Duration // since the last heartbeat, or since it joined if none was heard yet
	NetworkDigest steering.Digest
	VerdictDigest steering.Digest
	Version       string
	SheetNumber   uint64        // that its heartbeat names
	ClockSkew     time.Duration // its clock less ours, within the delay of gossip; 0 if no heartbeat was heard yet
}
