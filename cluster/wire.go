package cluster

import (
	"encoding/binary"
	"errors"
	"time"
	"unicode/utf8"

	"leeward/steering"
)

// Numbers are varints (encoding/binary), texts and lists begin with their length.

func putText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func putTime(b []byte, t time.Time) []byte {
	b = binary.AppendVarint(b, t.Unix())
	return binary.AppendUvarint(b, uint64(t.Nanosecond()))
}

var (
	errShort  = errors.New("message is cut short")
	errRest   = errors.New("message has octets left over")
	errBounds = errors.New("message holds a value out of bounds")
)

// reader takes a message apart. After the first error it gives zeros. It never allocates more than what the octets at
// hand can fill, whatever a length in them claims.
type reader struct {
	b   []byte
	err error
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err, r.b = err, nil
	}
}

func (r *reader) take(n int) []byte {
	if n > len(r.b) {
		r.fail(errShort)
		return nil
	}
	taken := r.b[:n]
	r.b = r.b[n:]
	return taken
}

func (r *reader) octet() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) word() uint64 {
	if b := r.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func (r *reader) half() uint32 {
	if b := r.take(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

func (r *reader) digest() (d steering.Digest) {
	copy(d[:], r.take(len(d)))
	return d
}

func (r *reader) number() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.fail(errShort)
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) signed() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.fail(errShort)
		return 0
	}
	r.b = r.b[n:]
	return v
}

// text reads a text of at most limit octets.
func (r *reader) text(limit int) string {
	n := r.number()
	if n > uint64(limit) {
		r.fail(errBounds)
		return ""
	}
	return string(r.take(int(n)))
}

// count reads the length of a list of at most limit entries that take at least size octets each.
func (r *reader) count(limit, size int) int {
	n := r.number()
	if n > uint64(limit) {
		r.fail(errBounds)
		return 0
	}
	if int(n)*size > len(r.b) {
		r.fail(errShort)
		return 0
	}
	return int(n)
}

// maxUnix keeps times within what every operation on time.Time can bear: the year 9999.
const maxUnix = 253402300799

func (r *reader) time() time.Time {
	sec, nsec := r.signed(), r.number()
	if sec < zeroUnix || sec > maxUnix || nsec > 999_999_999 {
		r.fail(errBounds)
		return time.Time{}
	}
	return time.Unix(sec, int64(nsec)).UTC()
}

// milli reads a time in Unix milliseconds.
func (r *reader) milli() time.Time {
	ms := r.signed()
	if ms < zeroUnix*1000 || ms > maxUnix*1000 {
		r.fail(errBounds)
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// duration reads a duration in milliseconds, of at most a limit.
func (r *reader) duration(limit time.Duration) time.Duration {
	ms := r.number()
	if ms > uint64(limit/time.Millisecond) {
		r.fail(errBounds)
		return 0
	}
	return time.Duration(ms) * time.Millisecond
}

// zeroUnix is the zero time in seconds.
const zeroUnix = -62135596800

// end gives the error, and refuses what is left over.
func (r *reader) end() error {
	if len(r.b) > 0 {
		r.fail(errRest)
	}
	return r.err
}

// cut shortens a text to at most limit octets, between characters.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
