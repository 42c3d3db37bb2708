package zones

import (
	"iter"

	"github.com/miekg/dns"
)

// Record is one record of a zone in wire form, with all names in full (RFC 3597 section 4). Two Records are the same
// record, to the letter case, when they are equal.
type Record struct {
	Owner Name // in the case of the zone
	Type  uint16
	TTL   uint32 // seconds
	RData string
}

// All are the records of the zone as it is plainly written, with nothing steered: the SOA first, with the serial that is
// served, then all others, those below delegations too, records of an RRset one after the other. A zone that is not
// ready has none.
func (z *Zone) All() iter.Seq[Record] {
	return func(yield func(Record) bool) {
		if z.soa == nil || !yield(z.soa.record(0)) {
			return
		}
		for _, s := range z.text.sets {
			if s.Type == dns.TypeSOA {
				continue
			}
			for rdata := range s.All() {
				if !yield(s.of(rdata)) {
					return
				}
			}
		}
	}
}

// record is one record of the RRset.
func (s *RRset) record(i int) Record {
	return s.of(s.RData(i))
}

// of is the record of the RRset with this rdata.
func (s *RRset) of(rdata []byte) Record {
	return Record{Owner: s.Owner, Type: s.Type, TTL: s.TTL, RData: string(rdata)}
}

// identity is what two records share that DNS takes for the same one: everything but the TTL and the letter case of
// names (RFC 2181 section 5, RFC 4343).
type identity struct {
	owner Name
	typ   uint16
	rdata string
}

func (r *Record) identity() identity {
	return identity{r.Owner.Lower(), r.Type, canonical(r.Type, []byte(r.RData))}
}

// briefly says what the record is of, as a person reads it: "www A".
func (r *Record) briefly(origin Name) string {
	return r.Owner.relative(origin) + " " + TypeName(r.Type)
}

// octets is the size of the record in a message without compression.
func (r *Record) octets() int { return len(r.Owner) + 10 + len(r.RData) }
