package zones

import (
	"encoding/binary"
	"iter"
	"unsafe"
)

// records is the rdata of an RRset, packed: each record behind its length in two octets, as in a message. It is a third of
// the size of slices, and a zone of millions of names has millions of it. A test holds it against a list of slices.
type records struct {
	first *byte
	size  uint32 // octets in all
	count uint16 // at most maxSet/12
	each  uint16 // octets of each, if all have as many and that is not 0
}

// pack makes records of octets in this form, which are kept.
func pack(octets []byte) (r records) {
	for c := (Cursor{octets}); len(c.rest) > 0; {
		length := len(c.Next())
		r.grow(octets[:len(octets)-len(c.rest)], length)
	}
	return r
}

// grow takes over the octets of one record more, of this length.
func (r *records) grow(octets []byte, length int) {
	r.first, r.size = unsafe.SliceData(octets), uint32(len(octets))
	if r.count++; r.count == 1 {
		r.each = uint16(length)
	} else if int(r.each) != length {
		r.each = 0
	}
}

// appendRecord appends a record to packed ones.
func appendRecord(to, rdata []byte) []byte {
	return append(binary.BigEndian.AppendUint16(to, uint16(len(rdata))), rdata...)
}

// octets are the packed records.
func (r *records) octets() []byte { return unsafe.Slice(r.first, r.size) }

// Len is the number of records, at least 1.
func (r *records) Len() int { return int(r.count) }

// RData is the rdata of a record in wire form, with names in full (RFC 3597 section 4). The caller must not change it.
// Where records differ in size, those before it are passed over: who wants several takes From.
func (r *records) RData(i int) []byte {
	at := r.From(i)
	return at.Next()
}

// From leads to the records from one on.
func (r *records) From(i int) Cursor {
	rest := r.octets()
	if r.each > 0 {
		return Cursor{rest[i*(2+int(r.each)):]}
	}
	c := Cursor{rest}
	for range i {
		c.Next()
	}
	return c
}

// All are the rdata of all records, in order.
func (r *records) All() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for c := r.From(0); len(c.rest) > 0; {
			if !yield(c.Next()) {
				return
			}
		}
	}
}

// Cursor goes from record to record.
type Cursor struct{ rest []byte }

// NextSized is the rdata of the next record behind its size in two octets, as it stands in a message. There must be one.
func (c *Cursor) NextSized() []byte {
	end := 2 + int(binary.BigEndian.Uint16(c.rest))
	sized := c.rest[:end:end]
	c.rest = c.rest[end:]
	return sized
}

// Next is the rdata of the next record. There must be one.
func (c *Cursor) Next() []byte {
	end := 2 + int(binary.BigEndian.Uint16(c.rest))
	rdata := c.rest[2:end:end]
	c.rest = c.rest[end:]
	return rdata
}
