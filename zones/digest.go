package zones

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/miekg/dns"
)

// Digest stands for the content of a zone: all its records, whatever their order, with the serial of the SOA left out.
// It is the sum of the SHA-256 of each record, so that a change can be reckoned in without the zone. Two zones with the
// same Digest are the same but for their serials; who could write both zones at will could make two that only seem so.
type Digest [4]uint64

// String is the digest in hexadecimal.
func (d Digest) String() string {
	var octets []byte
	for _, word := range d {
		octets = binary.BigEndian.AppendUint64(octets, word)
	}
	return hex.EncodeToString(octets)
}

// Digest is the digest of the zone.
func (z *Zone) Digest() Digest { return z.text.digest }

// After is the digest of a zone that had this one before the change.
func (d Digest) After(c *Change) Digest {
	for _, r := range append([]Record{c.Before}, c.Removed...) {
		d.remove(r)
	}
	for _, r := range append([]Record{c.After}, c.Added...) {
		d.add(r.Owner, r.Type, r.TTL, []byte(r.RData))
	}
	return d
}

// Before is the digest of a zone that had this one after the change.
func (d Digest) Before(c *Change) Digest { return d.After(c.inverse()) }

func (d *Digest) add(owner Name, typ uint16, ttl uint32, rdata []byte) {
	for i, word := range hashOf(owner, typ, ttl, rdata) {
		d[i] += word
	}
}

func (d *Digest) remove(r Record) {
	for i, word := range hashOf(r.Owner, r.Type, r.TTL, []byte(r.RData)) {
		d[i] -= word
	}
}

func hashOf(owner Name, typ uint16, ttl uint32, rdata []byte) (words Digest) {
	var buf [512]byte
	record := append(buf[:0], owner...) // a name tells itself where it ends
	record = binary.BigEndian.AppendUint16(record, typ)
	record = binary.BigEndian.AppendUint32(record, ttl)
	record = append(record, rdata...)
	if typ == dns.TypeSOA {
		binary.BigEndian.PutUint32(record[len(record)-20:], 0)
	}
	sum := sha256.Sum256(record)
	for i := range words {
		words[i] = binary.BigEndian.Uint64(sum[8*i:])
	}
	return words
}
