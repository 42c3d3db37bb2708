// Package differential holds the answers of dnsserver against those of NSD, Knot and BIND, from the same zones. It has
// tests alone; they want the three servers installed.
package differential
