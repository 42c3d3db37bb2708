package dnsserver

import "encoding/binary"

// The DNS header (RFC 1035 4.1.1): 12 octets.
const (
	headerSize = 12

	flagQR = 1 << 15
	flagAA = 1 << 10
	flagTC = 1 << 9
	flagRD = 1 << 8

	opcodeQuery  = 0
	opcodeNotify = 4
	opcodeUpdate = 5
)

// RCodes (RFC 6895 2.3). Those above 15 need EDNS.
const (
	rcodeNoError  = 0
	rcodeFormErr  = 1
	rcodeServFail = 2
	rcodeNXDomain = 3
	rcodeNotImp   = 4
	rcodeRefused  = 5
	rcodeYXDomain = 6
	rcodeYXRRSet  = 7
	rcodeNXRRSet  = 8
	rcodeNotAuth  = 9
	rcodeNotZone  = 10
	rcodeBadVers  = 16
)

// Types and classes that the server treats by themselves.
const (
	typeA     = 1
	typeNS    = 2
	typeMD    = 3
	typeMF    = 4
	typeCNAME = 5
	typeSOA   = 6
	typeMB    = 7
	typeMG    = 8
	typeMR    = 9
	typePTR   = 12
	typeMINFO = 14
	typeMX    = 15
	typeTXT   = 16
	typeAAAA  = 28
	typeOPT   = 41
	typeRRSIG = 46
	typeTKEY  = 249
	typeTSIG  = 250
	typeIXFR  = 251
	typeAXFR  = 252
	typeMAILB = 253
	typeMAILA = 254
	typeANY   = 255

	classIN = 1
	classCH = 3
)

const (
	maxName    = 255 // octets of a name in wire form (RFC 1035 2.3.4)
	maxMessage = 65535
	maxUDP     = 4096 // octets of the largest response over UDP that View.UDPSize allows
)

func get16(b []byte, at int) uint16 { return binary.BigEndian.Uint16(b[at:]) }

func put16(b []byte, at int, v uint16) { binary.BigEndian.PutUint16(b[at:], v) }

// lower copies a name in wire form with its letters in lower case. Length octets are under 'A', so every octet can be
// treated alike (RFC 4343).
func lower(dst, name []byte) []byte {
	dst = dst[:len(name)]
	for i, c := range name {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst[i] = c
	}
	return dst
}

// skipName is the offset after the name at an offset, or -1 when there is none. A compression pointer ends a name, where
// one is allowed.
func skipName(msg []byte, at int, pointers bool) int {
	for size := 0; at < len(msg); {
		n := int(msg[at])
		switch {
		case n == 0:
			return at + 1
		case n >= 0xC0:
			if !pointers || at+2 > len(msg) {
				return -1
			}
			return at + 2
		case n > 63:
			return -1
		}
		at += 1 + n
		if size += 1 + n; size >= maxName {
			return -1
		}
	}
	return -1
}
