// Package plan is the map of a laboratory: which colos there are, through which upstreams they are reached, what every
// address is, and what a nameserver has to answer when some of it is dead. It is pure: it makes nothing.
package plan
