package zones

import (
	"fmt"
	"time"
)

// SerialPolicy says with which serial an edit is served that brings none of its own.
type SerialPolicy uint8

// The policies.
const (
	Keep      SerialPolicy = iota // the one in the file
	Increment                     // one more than before
	UnixTime                      // the seconds since 1970, or one more than before if those are not ahead
)

// ParseSerialPolicy reads keep, increment or unixtime; "" is keep.
func ParseSerialPolicy(s string) (SerialPolicy, error) {
	switch s {
	case "", "keep":
		return Keep, nil
	case "increment":
		return Increment, nil
	case "unixtime":
		return UnixTime, nil
	default:
		return Keep, fmt.Errorf("%q is no serial policy: keep, increment or unixtime", s)
	}
}

// serve is the serial for the changed text of a zone, and a warning when secondaries would not notice the change.
// Before is the version in service, or nil.
//
//	before    file's serial                     keep            increment, unixtime
//	none      any                               file's          file's
//	any       ahead of the one served           file's          file's
//	any       same as in the file before        file's, warn    the policy's
//	any       went back in the file             file's, warn    the policy's, warn
//	any       ahead in the file, not served     file's          the policy's
//
// A zone that is signed in its file, or has a ZONEMD, is served as with keep, because that covers the serial.
func (p SerialPolicy) serve(before *Zone, text *text, now time.Time) (serial uint32, warning string) {
	if before == nil || ahead(text.serial, before.serial) {
		return text.serial, ""
	}
	if text.signed || text.sealed {
		p = Keep
	}
	serial = text.serial
	switch {
	case p == UnixTime && ahead(uint32(now.Unix()), before.serial):
		serial = uint32(now.Unix())
	case p != Keep:
		serial = before.serial + 1
	}
	switch was := before.FileSerial(); {
	case text.serial == was && p == Keep:
		return serial, fmt.Sprintf("the zone changed but its serial %d did not: secondaries will not notice", was)
	case text.serial != was && !ahead(text.serial, was):
		return serial, fmt.Sprintf("the serial went back from %d to %d: secondaries will not notice", was, text.serial)
	default:
		return serial, ""
	}
}

// ahead says whether serial a is greater than b (RFC 1982 section 3.2). Of two that are exactly half the circle apart
// neither is.
func ahead(a, b uint32) bool { return a != b && a-b < 1<<31 }
