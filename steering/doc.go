// Package steering decides where clients go: it knows the network (colos, uplinks, upstreams), concludes from the
// votes of all observers which uplinks can be used, and picks for a client the nearest colo that can serve it.
//
// It is pure. It opens no file, reads no clock, takes no lock and starts no goroutine: whatever it needs arrives as a
// value, and the same values give the same verdicts on every node.
package steering
