package journal

import (
	"encoding/binary"
	"time"

	"leeward/zones"
)

// here is the version that a file has led to after an entry.
type here struct {
	serial uint32
	digest zones.Digest
	base   uint64 // octets of the file up to the first change behind the version
	note   zones.Note
}

func hereOf(z *zones.Zone, base uint64) here { return here{z.Serial(), z.Digest(), base, z.Note()} }

// is says whether this is the version, to the note.
func (h here) is(z *zones.Zone) bool {
	return h.serial == z.Serial() && h.digest == z.Digest() && h.sameNote(z.Note())
}

func (h here) sameNote(n zones.Note) bool {
	at := h.note.RolledBack
	same := at.Equal(n.RolledBack)
	n.RolledBack = at
	return same && h.note == n
}

// hereSize is the octets of a version that was led to, at the end of a mark or step.
const hereSize = 4 + 32 + 8 + 4 + 32 + 4 + 8

func (h here) append(to []byte) []byte {
	to = binary.BigEndian.AppendUint32(to, h.serial)
	to = appendDigest(to, h.digest)
	to = binary.BigEndian.AppendUint64(to, h.base)
	to = binary.BigEndian.AppendUint32(to, h.note.FileSerial)
	to = appendDigest(to, h.note.Rejected)
	to = binary.BigEndian.AppendUint32(to, h.note.RejectedSerial)
	return appendTime(to, h.note.RolledBack)
}

func appendDigest(to []byte, d zones.Digest) []byte {
	for _, word := range d {
		to = binary.BigEndian.AppendUint64(to, word)
	}
	return to
}

// appendTime writes nanoseconds since 1970, 0 for no time.
func appendTime(to []byte, t time.Time) []byte {
	if t.IsZero() {
		return binary.BigEndian.AppendUint64(to, 0)
	}
	return binary.BigEndian.AppendUint64(to, uint64(t.UnixNano()))
}

func appendChange(to []byte, c *zones.Change) []byte {
	to = appendTime(to, c.At)
	to = appendRecord(to, c.Before)
	to = appendRecord(to, c.After)
	for _, list := range [][]zones.Record{c.Removed, c.Added} {
		to = binary.BigEndian.AppendUint32(to, uint32(len(list)))
		for _, r := range list {
			to = appendRecord(to, r)
		}
	}
	return to
}

// appendRecord writes owner (which tells itself where it ends), type, TTL, length of rdata, rdata.
func appendRecord(to []byte, r zones.Record) []byte {
	to = append(to, r.Owner...)
	to = binary.BigEndian.AppendUint16(to, r.Type)
	to = binary.BigEndian.AppendUint32(to, r.TTL)
	to = binary.BigEndian.AppendUint16(to, uint16(len(r.RData)))
	return append(to, r.RData...)
}
