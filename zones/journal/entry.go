package journal

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"leeward/zones"
)

// magic begins every file. The figure is the version of the form.
const magic = "leeward zone 1\n"

// A file is a row of entries, each with its length before and behind it, so that the last one is found without reading
// the others:
//
//	octets    what
//	4         length of what follows up to the checksum
//	8         number of the entry in the file, from 0
//	1         kind
//	any       content
//	4         CRC-32C of all the above
//	4         length again
type entry struct {
	number  uint64
	kind    kind
	content []byte
}

type kind uint8

// The kinds, in the order in which they come. A version is known after a mark.
const (
	head    kind = 'h' // the origin; once
	past    kind = 'p' // a change that led to the version; any number
	records kind = 'r' // records of the version; any number
	mark    kind = 'm' // the end of the version, or another note of the same; once or more
	step    kind = 'c' // a change, with the mark of the version that it leads to; any number
)

const (
	before = 4     // octets before what the length counts
	behind = 4 + 4 // octets after it
	inside = 8 + 1 // octets of it that are no content
)

// errBroken says that a file ends before it says anything, or that what it says is not what was written.
var errBroken = errors.New("the file is broken")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// append writes the entry behind the octets.
func (e entry) append(to []byte) []byte {
	start := len(to)
	size := uint32(inside + len(e.content))
	to = binary.BigEndian.AppendUint32(to, size)
	to = binary.BigEndian.AppendUint64(to, e.number)
	to = append(to, byte(e.kind))
	to = append(to, e.content...)
	to = binary.BigEndian.AppendUint32(to, crc32.Checksum(to[start:], castagnoli))
	return binary.BigEndian.AppendUint32(to, size)
}

// parseEntry reads an entry, which is all there is in the octets.
func parseEntry(octets []byte) (entry, error) {
	if len(octets) < before+inside+behind {
		return entry{}, errBroken
	}
	sum := len(octets) - behind
	size := uint64(len(octets) - before - behind)
	if uint64(binary.BigEndian.Uint32(octets)) != size || uint64(binary.BigEndian.Uint32(octets[sum+4:])) != size ||
		binary.BigEndian.Uint32(octets[sum:]) != crc32.Checksum(octets[:sum], castagnoli) {
		return entry{}, errBroken
	}
	return entry{binary.BigEndian.Uint64(octets[before:]), kind(octets[before+8]), octets[before+inside : sum]}, nil
}

// origin is the origin in a head.
func (e entry) origin() (zones.Name, error) {
	d := decoder{rest: e.content}
	origin := d.name()
	if d.done() != nil || origin != origin.Lower() {
		return "", errBroken
	}
	return origin, nil
}

// reader reads the entries of a file one after the other.
type reader struct {
	in     *bufio.Reader
	number uint64
	begun  bool
	at     int64 // octets read, all of them whole entries
}

func newReader(f io.Reader) *reader { return &reader{in: bufio.NewReaderSize(f, 1<<16)} }

// next is the next entry, io.EOF at the end of the file where an entry ends, errBroken for anything else.
func (r *reader) next() (entry, error) {
	if !r.begun {
		begin := make([]byte, len(magic))
		if _, err := io.ReadFull(r.in, begin); err != nil || string(begin) != magic {
			return entry{}, broken(err)
		}
		r.begun, r.at = true, int64(len(magic))
	}
	peeked, err := r.in.Peek(before)
	if len(peeked) == 0 && err == io.EOF {
		return entry{}, io.EOF
	}
	if err != nil {
		return entry{}, broken(err)
	}
	octets, err := r.take(before + int(binary.BigEndian.Uint32(peeked)) + behind)
	if err != nil {
		return entry{}, broken(err)
	}
	e, err := parseEntry(octets)
	if err != nil || e.number != r.number {
		return entry{}, errBroken
	}
	r.number++
	r.at += int64(len(octets))
	return e, nil
}

// take reads so many octets, and believes no length before it has read so much.
func (r *reader) take(size int) ([]byte, error) {
	var octets []byte
	for len(octets) < size {
		more := min(size-len(octets), max(1<<16, len(octets)))
		octets = append(octets, make([]byte, more)...)
		if _, err := io.ReadFull(r.in, octets[len(octets)-more:]); err != nil {
			return nil, err
		}
	}
	return octets, nil
}

// broken tells a disk that cannot be read from a file that ends.
func broken(err error) error {
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errBroken
	}
	if errors.Is(err, errBroken) {
		return err
	}
	return fmt.Errorf("%w: %w", errBroken, err)
}
