// Package dnsserver answers DNS queries: bytes in, bytes out.
//
// Server.Answer is the only way to an answer. It is a function of the view in force, the query's bytes, the client's
// address and the transport; it takes no lock and allocates nothing. The transports around it, UDP and TCP, carry bytes
// and know nothing of DNS but the length of a message.
//
// It refuses what belongs elsewhere: reading zones is zones' business, deciding who is healthy steering's.
package dnsserver
