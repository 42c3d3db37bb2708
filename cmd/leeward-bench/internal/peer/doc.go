// Package peer starts name servers and watches what they take of the machine: Leeward, and those it is held against. Each
// program knows how to write the configuration that serves given zones, with one worker, on one address.
package peer
