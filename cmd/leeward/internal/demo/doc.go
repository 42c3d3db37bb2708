// Package demo is a whole network in one process on loopback: six colos with a name server each, the web services that
// they probe, and the means to break and mend their upstreams. Every name server is the real service, with a
// configuration file of its own.
package demo
