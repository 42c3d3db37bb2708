// Package probe runs the checks of targets, and reaches for witnesses, and makes votes of the results: fall fast, rise slow.
//
// It owns the sockets of its probes and the memory of each target's results. It refuses to conclude anything about an
// uplink: a vote says what this node saw of one address, and steering judges. A probe that failed for a reason of this
// node's own (no descriptors, no buffers), or was in flight while this node was stopped, says nothing of the target.
//
// However a target flaps, its vote is damped. At the default pace (interval 1 s, fall 6, rise 5) and with ten minutes of
// hold, a target that is up and down in turn changes its vote at most 6 times in any 60 s, whatever the two times are; one
// that turns against its vote as soon as that changes, and makes it lossy in between, 12 times in its first minute. With
// hold 0 nothing is remembered and no recovery grows: it is 20 changes in any 60 s, two for each rise+1 intervals.
package probe
