package zones

import (
	"strings"

	"github.com/miekg/dns"
)

// Compare is the canonical order of names (RFC 4034 section 6.1): negative when n comes before the other.
func (n Name) Compare(other Name) int {
	var a, b [2 * maxName]byte
	return strings.Compare(string(sortKey(a[:0], []byte(n.Lower()))), string(sortKey(b[:0], []byte(other.Lower()))))
}

// canonicalForm is the rdata as signatures and digests cover it: with the names of old types in lower case, those of NSEC
// and of newer types as they are (RFC 4034 section 6.2, RFC 6840 section 5.1), as of those that others do not know (RFC 3597
// section 7). It may be the rdata itself.
func canonicalForm(t uint16, rdata []byte) []byte {
	switch t {
	case dns.TypeNSEC, dns.TypeSVCB, dns.TypeHTTPS, TypeALIAS:
		return rdata
	case dns.TypePX:
		return lowerFrom(rdata, 2)
	case dns.TypeNAPTR:
		at := 4 // two numbers, then three strings
		for range 3 {
			if at < len(rdata) {
				at += 1 + int(rdata[at])
			}
		}
		return lowerFrom(rdata, at)
	}
	return []byte(canonical(t, rdata))
}

// lowerFrom is the rdata with what is at and after an offset, which must be names, in lower case.
func lowerFrom(rdata []byte, at int) []byte {
	at = min(at, len(rdata))
	return append(rdata[:at:at], Name(rdata[at:]).Lower()...)
}
