// Package cluster carries facts between the nodes of a cluster: every node's sheet of votes, the operators' overrides,
// and who is alive. It draws no conclusions from them; package steering does.
//
// It stands on memberlist, which it alone imports. Memberlist finds out who is a member and moves small messages by
// gossip, but repairs no message that was lost. So a node sends a heartbeat every second that names its newest sheet
// and the digest of its overrides, and whoever finds from a heartbeat that it lacks something asks for it. What is too
// large for a packet is never broadcast, only asked for.
//
// Everything that comes from outside is bounded: the sizes of messages, of sheets and of the table of members, and the
// rate of questions. Only members are listened to. Any holder of the gossip key can speak in any node's name: the key
// keeps strangers out, it does not protect the nodes from each other.
package cluster
