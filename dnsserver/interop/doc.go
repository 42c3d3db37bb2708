// Package interop holds transfers and catalog zones against name servers of other houses, as primaries and as secondaries
// of Leeward.
package interop
