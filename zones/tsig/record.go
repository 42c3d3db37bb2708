package tsig

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"leeward/zones"
)

const (
	headerSize = 12
	typeTSIG   = 250
	classANY   = 255
	maxName    = 255
)

// record is a TSIG record (RFC 8945 section 4.2).
type record struct {
	at        int        // where in the message it begins
	name      zones.Name // of the key, in lower case
	algorithm zones.Name // in lower case
	signed    uint64     // Unix seconds, 48 bits
	fudge     uint16     // seconds
	mac       []byte
	id        uint16 // the message's, before a forwarder changed it
	code      Code
	other     []byte
}

// find reads the TSIG record of a message: nil when it has none. It must be the last record of the message, in the
// additional section, and the only one of its type (RFC 8945 section 5.1).
func find(msg []byte) (*record, error) {
	if len(msg) < headerSize {
		return nil, fmt.Errorf("a message shorter than its header")
	}
	at := headerSize
	for range binary.BigEndian.Uint16(msg[4:]) {
		if at = skipName(msg, at) + 4; at < headerSize+4 || at > len(msg) {
			return nil, fmt.Errorf("a question that cannot be read")
		}
	}
	additional := int(binary.BigEndian.Uint16(msg[10:]))
	total := int(binary.BigEndian.Uint16(msg[6:])) + int(binary.BigEndian.Uint16(msg[8:])) + additional
	for i := range total {
		name, end := at, skipName(msg, at)
		if end < 0 || end+10 > len(msg) {
			return nil, fmt.Errorf("a record that cannot be read")
		}
		if at = end + 10 + int(binary.BigEndian.Uint16(msg[end+8:])); at > len(msg) {
			return nil, fmt.Errorf("a record that ends too early")
		}
		if binary.BigEndian.Uint16(msg[end:]) != typeTSIG {
			continue
		}
		if i != total-1 || additional == 0 || at != len(msg) {
			return nil, fmt.Errorf("a TSIG record that is not the last")
		}
		return parseRecord(msg, name, end)
	}
	return nil, nil
}

// parseRecord reads the TSIG record at the end of a message: its name begins at one offset, its type at another.
func parseRecord(msg []byte, at, fixed int) (*record, error) {
	if binary.BigEndian.Uint16(msg[fixed+2:]) != classANY || binary.BigEndian.Uint32(msg[fixed+4:]) != 0 {
		return nil, fmt.Errorf("a TSIG record that is not of class ANY with TTL 0")
	}
	r := &record{at: at}
	rdata := msg[fixed+10:]
	end := skipName(rdata, 0)
	var ok bool
	if r.name, ok = expand(msg, at); !ok || end < 0 || len(rdata) < end+10 {
		return nil, errMalformed
	}
	if r.algorithm, ok = expand(rdata[:end], 0); !ok {
		return nil, errMalformed // a pointer: there is nothing in the rdata that it could mean
	}
	rdata = rdata[end:]
	r.signed = uint64(binary.BigEndian.Uint16(rdata))<<32 | uint64(binary.BigEndian.Uint32(rdata[2:]))
	r.fudge = binary.BigEndian.Uint16(rdata[6:])
	macSize := int(binary.BigEndian.Uint16(rdata[8:]))
	if rdata = rdata[10:]; len(rdata) < macSize+6 {
		return nil, errMalformed
	}
	r.mac, rdata = rdata[:macSize], rdata[macSize:]
	r.id, r.code = binary.BigEndian.Uint16(rdata), Code(binary.BigEndian.Uint16(rdata[2:]))
	if r.other = rdata[6:]; len(r.other) != int(binary.BigEndian.Uint16(rdata[4:])) {
		return nil, errMalformed
	}
	return r, nil
}

var errMalformed = errors.New("a TSIG record that is not as its type wants it")

// append writes the record behind a message, and counts it there.
func (r *record) append(msg []byte) []byte {
	msg = append(msg, r.name...)
	msg = append(msg, 0, typeTSIG, 0, classANY, 0, 0, 0, 0, 0, 0)
	at := len(msg)
	msg = append(msg, r.algorithm...)
	msg = r.appendTimers(msg)
	msg = binary.BigEndian.AppendUint16(msg, uint16(len(r.mac)))
	msg = append(msg, r.mac...)
	msg = binary.BigEndian.AppendUint16(msg, r.id)
	msg = binary.BigEndian.AppendUint16(msg, uint16(r.code))
	msg = binary.BigEndian.AppendUint16(msg, uint16(len(r.other)))
	msg = append(msg, r.other...)
	binary.BigEndian.PutUint16(msg[at-2:], uint16(len(msg)-at))
	binary.BigEndian.PutUint16(msg[10:], binary.BigEndian.Uint16(msg[10:])+1)
	return msg
}

// size is how many octets the record takes with a MAC and other data of these sizes.
func (r *record) size(mac, other int) int {
	return len(r.name) + 10 + len(r.algorithm) + 6 + 2 + 2 + mac + 2 + 2 + 2 + other
}

// appendTimers writes time signed and fudge (RFC 8945 section 4.3.3).
func (r *record) appendTimers(b []byte) []byte {
	b = append48(b, r.signed)
	return binary.BigEndian.AppendUint16(b, r.fudge)
}

// timely says whether a time is within the fudge of the time signed (RFC 8945 section 5.2.3).
func (r *record) timely(now time.Time) bool {
	apart := now.Unix() - int64(r.signed)
	return max(apart, -apart) <= int64(r.fudge)
}

func append48(b []byte, v uint64) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(v>>32))
	return binary.BigEndian.AppendUint32(b, uint32(v))
}

// skipName is the offset after the name at an offset, or -1.
func skipName(msg []byte, at int) int {
	for at < len(msg) {
		switch n := int(msg[at]); {
		case n == 0:
			return at + 1
		case n >= 0xC0:
			if at+2 > len(msg) {
				return -1
			}
			return at + 2
		case n > 63:
			return -1
		default:
			at += 1 + n
		}
	}
	return -1
}

// expand is the name at an offset in lower case, its compression undone. Pointers must lead back.
func expand(msg []byte, at int) (zones.Name, bool) {
	var name []byte
	for before := at; at < len(msg); {
		n := int(msg[at])
		switch {
		case n >= 0xC0:
			if at+2 > len(msg) {
				return "", false
			}
			if at = int(binary.BigEndian.Uint16(msg[at:])) & (1<<14 - 1); at >= before {
				return "", false
			}
			before = at
			continue
		case n > 63 || at+1+n > len(msg) || len(name)+1+n > maxName:
			return "", false
		}
		name = append(name, msg[at:at+1+n]...)
		if n == 0 {
			return zones.Name(name).Lower(), true
		}
		at += 1 + n
	}
	return "", false
}
