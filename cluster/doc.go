// Package cluster carries facts between the nodes of a cluster: every node's sheet of votes, the operators' overrides,
// notes, which it does not read, and who is alive. It draws no conclusions from them; package steering does.
//
// It stands on memberlist, which it alone imports. Memberlist finds out who is a member and moves small messages by
// gossip, but repairs no message that was lost. So a node sends a heartbeat every second that names its newest sheet
// and the digests of its overrides and notes, and whoever finds from a heartbeat that it lacks something asks for it. What
// is too large for a packet is never broadcast, only asked for. Of notes there may be many: who asks names a digest of each
// bucket of them, and is answered with those of the buckets that differ.
//
// Notes and overrides are merged alike, but an override has no end of its own, and never makes room for another: they are
// kept apart.
//
// A node may be reached at several addresses. Then everything goes to all of them at once, from each of the sender's, so
// that no dead upstream has to be noticed first; what comes twice is dropped.
//
// Everything that comes from outside is bounded: the sizes of packets, streams, messages, sheets and the table of members,
// and the rate of questions. Only members are listened to. Any holder of the gossip key can speak in any node's name: the
// key keeps strangers out, it does not protect the nodes from each other. Keys are changed without a gap: all nodes read
// with the next one before any sends with it.
package cluster
