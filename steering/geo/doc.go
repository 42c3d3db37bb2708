// Package geo makes a map of a network: for every client address the region it lies in, and exactly how far around the
// address that region reaches, which is the scope of RFC 7871; and likewise the country and the autonomous system.
//
// It owns the reading of geo and AS databases (MaxMind DB in MaxMind's own layout and in the flat one), of the nets file and
// the latency table, and the tries made of all of them. It opens no file and keeps none open: it gets bytes and values. It
// knows nothing of health.
//
// # The nets file
//
// What the operator knows better than the database stands in the nets file, one network, autonomous system or country a line:
//
//	# whom          what
//	192.0.2.0/24    ams iad       ; these colos come first, in this order
//	198.51.100.0/24 @52.3,4.8     ; clients stand at this latitude and longitude
//	2001:db8::/32   sin
//	AS64496         iad           ; all that this autonomous system announces
//	DE              ams lhr       ; a country, ISO 3166-1 alpha-2
//
// After colos named by a line come all others, nearest first from where the database puts the client. One line holds, and
// nothing of another: that of the longest prefix that contains a client, else that of its autonomous system, else that of
// its country. Refused, with file, line and the word at fault: a prefix with bits set beyond its length, an unknown country
// or colo, a prefix, number or country given twice, a colo named twice in a line, a location that is not on the earth, and a
// number or country without a database that knows such.
//
// # The latency table
//
// What was measured between networks and colos stands in the latency table, one colo a line, in milliseconds:
//
//	# prefix        colo ms
//	192.0.2.0/24    ams  80.5
//	192.0.2.0/24    iad  12
//	2001:db8::/32,  sin, 31       ; with commas or without
//
// Of two colos with a number the one with the smaller comes first; a colo without one keeps its place by distance. So one line
// alone changes nothing, and a full table is exact. Colos that a line of the nets file names come before all others; those
// behind them, and the order from a location, are the table's to change. The lines of the longest prefix that contains a
// client hold, and nothing of a shorter one. Refused, with file, line and the word at fault: what a nets file may not have
// either, a colo given twice for a prefix, and a number that is not above 0.
//
// In both files a word that begins with # or ; begins a comment. Lines without words are skipped, and so is a byte order
// mark at the beginning.
package geo
