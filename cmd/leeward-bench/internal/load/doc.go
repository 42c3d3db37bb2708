// Package load sends queries to a server and counts what comes back: as fast as the server answers, or at a fixed rate,
// over UDP and TCP. Everything is done by one thread on one processor, with nothing between it and the system's calls, so
// that a server on another processor is the slower of the two. It wants Linux.
package load
