// Package primaries holds Leeward, as a secondary, against name servers of other houses as primaries: transfers by AXFR
// and IXFR, NOTIFY, TSIG, catalog zones.
package primaries
