// Package secondaries holds transfers out of a Leeward server against those that take them: NSD, Knot and BIND as
// secondaries, dig and kdig. It has tests only.
package secondaries
