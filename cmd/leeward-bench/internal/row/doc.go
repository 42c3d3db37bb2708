// Package row is what is measured: each row starts the servers that it compares, loads them in turns, and makes a table of
// what they took. It knows the limits that Leeward is held to.
package row
