package journal

import (
	"encoding/binary"
	"time"

	"leeward/zones"
)

// decoder reads what encode wrote. After a fault everything it reads is zero.
type decoder struct {
	rest  []byte
	fault bool
}

// done is errBroken unless everything was read, to the end.
func (d *decoder) done() error {
	if d.fault || len(d.rest) > 0 {
		return errBroken
	}
	return nil
}

func (d *decoder) octets(size int) []byte {
	if d.fault || size > len(d.rest) {
		d.fault = true
		return make([]byte, min(size, 64))
	}
	octets := d.rest[:size]
	d.rest = d.rest[size:]
	return octets
}

func (d *decoder) uint16() uint16 { return binary.BigEndian.Uint16(d.octets(2)) }
func (d *decoder) uint32() uint32 { return binary.BigEndian.Uint32(d.octets(4)) }
func (d *decoder) uint64() uint64 { return binary.BigEndian.Uint64(d.octets(8)) }

func (d *decoder) digest() (digest zones.Digest) {
	for i := range digest {
		digest[i] = d.uint64()
	}
	return digest
}

func (d *decoder) time() time.Time {
	nanoseconds := d.uint64()
	if nanoseconds == 0 {
		return time.Time{}
	}
	return time.Unix(0, int64(nanoseconds))
}

// name reads a domain name in wire form.
func (d *decoder) name() zones.Name {
	for at := 0; at < len(d.rest) && at < 255; at += 1 + int(d.rest[at]) {
		if d.rest[at] == 0 {
			return zones.Name(d.octets(at + 1))
		}
	}
	d.fault = true
	return zones.Root
}

func (d *decoder) record() zones.Record {
	r := zones.Record{Owner: d.name(), Type: d.uint16(), TTL: d.uint32()}
	r.RData = string(d.octets(int(d.uint16())))
	return r
}

func (d *decoder) change() *zones.Change {
	c := &zones.Change{At: d.time(), Before: d.record(), After: d.record()}
	for _, list := range []*[]zones.Record{&c.Removed, &c.Added} {
		for count := d.uint32(); count > 0 && !d.fault; count-- {
			*list = append(*list, d.record())
		}
	}
	return c
}

func (d *decoder) here() here {
	h := here{serial: d.uint32(), digest: d.digest(), base: d.uint64()}
	h.note = zones.Note{FileSerial: d.uint32(), Rejected: d.digest(), RejectedSerial: d.uint32(), RolledBack: d.time()}
	return h
}
