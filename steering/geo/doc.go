// Package geo makes a map of a network: for every client address the region it lies in, and exactly how far around the
// address that region reaches, which is the scope of RFC 7871.
//
// It owns the reading of geo databases (MaxMind DB in MaxMind's own layout and in the flat one), of the nets file, and
// the trie made of both. It opens no file and keeps none open: it gets bytes and values. It knows nothing of health.
//
// # The nets file
//
// What the operator knows better than the database stands in the nets file, one network a line:
//
//	# prefix        what
//	192.0.2.0/24    ams iad       ; these colos come first, in this order
//	198.51.100.0/24 @52.3,4.8     ; clients stand at this latitude and longitude
//	2001:db8::/32   sin
//
// After colos named by a line come all others, nearest first from where the database puts the client. The longest
// prefix that contains a client holds, and nothing of a shorter one. A word that begins with # or ; begins a comment.
// Empty lines are skipped. Refused, with file, line and the word at fault: a prefix with bits set beyond its length, a
// prefix given twice, an unknown colo, a colo named twice in a line, a location that is not on the earth.
package geo
