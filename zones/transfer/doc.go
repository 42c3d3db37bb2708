// Package transfer keeps secondary zones: it fetches them from their primaries (AXFR, RFC 5936; IXFR, RFC 1995), keeps
// them fresh (RFC 1034 section 4.3.5, NOTIFY of RFC 1996), and takes and makes catalog zones (RFC 9432). It also tells
// other secondaries of what changed here.
//
// It owns when a zone is asked for, of whom, and which version of it is in service. It answers no query, and it reads no
// zone file.
package transfer
