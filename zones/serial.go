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

// serve is the serial for the changed text of a zone, and a warning when secondaries would not notice the change, or when
// the file is behind. Before is the version in service, or nil.
//
//	before    file's serial                     keep            keep, and not the file's was served    increment, unixtime
//	none      any                               file's          -                                      file's
//	any       ahead of the one served           file's          file's                                 file's
//	any       same as in the file before        file's, warn    one more than served, warn             the policy's
//	any       went back in the file             file's, warn    one more than served, warn             the policy's, warn
//	any       ahead in the file, not served     -               one more than served, warn             the policy's
//
// With keep another serial than the file's is served after a rollback, or a change of the policy. A zone that is signed in
// its file, or has a ZONEMD, is served with the file's, because that covers the serial.
func (p SerialPolicy) serve(before *Zone, text *text, now time.Time) (serial uint32, warning string) {
	if before == nil || Ahead(text.serial, before.serial) {
		return text.serial, ""
	}
	was := before.FileSerial()
	if serial = text.serial; !text.covered() && (p != Keep || before.serial != was) {
		serial = p.after(before.serial, now)
	}
	switch {
	case text.serial != was && !Ahead(text.serial, was):
		return serial, fmt.Sprintf("the serial went back from %d to %d%s", was, text.serial, unnoticed(serial, before))
	case serial == was && serial == before.serial:
		return serial, fmt.Sprintf("the zone changed but its serial %d did not: secondaries will not notice", was)
	case !Ahead(serial, before.serial):
		return serial, fmt.Sprintf("the zone changed but its serial %d is not ahead of the %d served%s",
			text.serial, before.serial, unnoticed(serial, before))
	case p == Keep:
		return serial, fmt.Sprintf("the serial %d is not ahead of the %d served: it is served with %d; give it one ahead of that",
			text.serial, before.serial, serial)
	default:
		return serial, ""
	}
}

// covered says whether the content covers the serial of the file, so that no other can be served.
func (t *text) covered() bool { return t.signed || t.sealed }

// after is a serial ahead of one that was served.
func (p SerialPolicy) after(served uint32, now time.Time) uint32 {
	if p == UnixTime && Ahead(uint32(now.Unix()), served) {
		return uint32(now.Unix())
	}
	return served + 1
}

// unnoticed says what a serial means for those who have the version before.
func unnoticed(serial uint32, before *Zone) string {
	if Ahead(serial, before.serial) {
		return fmt.Sprintf(": it is served with %d", serial)
	}
	return ": secondaries will not notice"
}

// Ahead says whether serial a is greater than b (RFC 1982 section 3.2). Of two that are exactly half the circle apart
// neither is.
func Ahead(a, b uint32) bool { return a != b && a-b < 1<<31 }
