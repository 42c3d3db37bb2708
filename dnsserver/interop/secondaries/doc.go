// Package secondaries holds transfers out of a Leeward server against those that take them: NSD, Knot and BIND as
// secondaries, dig and kdig. It has tests only.
//
// TestRootZones wants LEEWARD_ROOT_ZONES, a directory with root zones (*.zone.gz, such as those of IANA); TestMillion, a zone
// of 1,000,000 delegations, the flag -million.
package secondaries
