// Package probe runs the checks of targets and makes votes of their results: fall fast, rise slow.
//
// It owns the sockets of its probes and the memory of each target's results. It refuses to conclude anything about an
// uplink: a vote says what this node saw of one address, and steering judges. A probe that failed for a reason of this
// node's own (no descriptors, no buffers) says nothing of the target and makes no vote.
package probe
