package cluster

import "github.com/hashicorp/memberlist"

// newQueue makes a queue of broadcasts, each of which is sent sends times the digits of the number of nodes.
//
// Memberlist's queue numbers what is put in, begins anew with 1 whenever it is empty, also for a moment while it replaces
// or sends its only message, and takes two messages of the same number, size and count of sends for one: the first is lost,
// and may be again and again, so that a node is not heard for seconds. So the queue is never empty: at its bottom lies a
// message that is larger than any packet.
func newQueue(sends int, nodes func() int) *memberlist.TransmitLimitedQueue {
	q := &memberlist.TransmitLimitedQueue{NumNodes: nodes, RetransmitMult: sends}
	q.QueueBroadcast(broadcast{"bottom", make([]byte, packetSize)})
	return q
}
