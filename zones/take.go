package zones

import (
	"fmt"

	"github.com/miekg/dns"
)

// take takes one record in wire form, or says why the zone cannot have it.
func (r *reading) take(rec Record) error {
	if err := r.check(rec); err != nil {
		return err
	}
	owner, rdata := r.ownedBy(r.packed[:len(rec.Owner)]), r.packed[len(r.packed)-len(rec.RData):]
	return r.put(owner, rec.Type, r.plainTTL(owner, rec.TTL, place{}), rdata, place{})
}

// check says why a record in wire form cannot be one of this zone, whatever else the zone has.
func (r *reading) check(rec Record) error {
	size, err := nameSize([]byte(rec.Owner))
	if err != nil || size != len(rec.Owner) {
		return fmt.Errorf("an owner that is no domain name in wire form")
	}
	return r.admit(rec.Owner, rec.Type, place{}, r.checkWire(rec))
}

// checkWire holds the rdata against its type.
func (r *reading) checkWire(rec Record) error {
	if len(rec.RData) > 1<<16-1 {
		return fmt.Errorf("rdata of more than 65535 octets")
	}
	r.packed = rec.pack(r.packed[:0])
	return checkRData(rec.Type, r.packed, r.packed[len(r.packed)-len(rec.RData):])
}

// record is a record in wire form, or says why it cannot be one of this zone.
func (r *reading) record(rr dns.RR, at place) (Record, error) {
	owner, rdata, err := r.admitted(rr, at)
	if err != nil {
		return Record{}, err
	}
	h := rr.Header()
	return Record{Owner: owner, Type: h.Rrtype, TTL: r.plainTTL(owner, h.Ttl, at), RData: string(rdata)}, nil
}
