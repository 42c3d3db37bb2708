package zones

import "leeward/steering"

// RRset is all records of one name and type. It is immutable.
type RRset struct {
	Owner Name // in wire form, in the case of the file
	Type  uint16
	TTL   uint32 // seconds

	// Reach is where the addresses of a steered RRset lie. The records are then in the order of its runs. It is nil
	// for any other RRset.
	Reach *steering.Reach

	// Covers, for an RRset of signatures (RRSIG), is the type that they cover. It is 0 for any other RRset.
	Covers uint16

	// Signatures is the RRset of the signatures that cover this one, or nil.
	Signatures *RRset

	// DS, for the NS RRset of a zone cut, is the DS RRset beside it: nil for an unsigned delegation.
	DS *RRset

	// Glue, for the NS RRset of a zone cut, is the addresses of the name servers at or below the cut. A referral needs
	// them all (RFC 9471).
	Glue []*RRset

	// Additional is what else this zone has of the names in the rdata: the addresses for NS, MX, SRV, SVCB and HTTPS, the
	// services for the last two. They may be left out. A steered RRset is never among them.
	Additional []*RRset

	rdata rdata
}

// Len is the number of records, at least 1.
func (s *RRset) Len() int { return s.rdata.len() }

// RData is the rdata of a record in wire form, with names in full (RFC 3597 section 4). The caller must not change it.
func (s *RRset) RData(i int) []byte { return s.rdata.at(i) }

// rdata is the rdata of a set of records one after the other.
type rdata struct {
	wire []byte
	ends []uint32 // where each one ends; nil when there is only one
}

func (r *rdata) len() int {
	if r.ends == nil {
		return 1
	}
	return len(r.ends)
}

func (r *rdata) at(i int) []byte {
	if r.ends == nil {
		return r.wire
	}
	from := uint32(0)
	if i > 0 {
		from = r.ends[i-1]
	}
	return r.wire[from:r.ends[i]:r.ends[i]]
}

// joinRData packs records. There must be at least one.
func joinRData(records [][]byte) rdata {
	if len(records) == 1 {
		return rdata{wire: records[0]}
	}
	size := 0
	for _, r := range records {
		size += len(r)
	}
	joined := rdata{wire: make([]byte, 0, size), ends: make([]uint32, 0, len(records))}
	for _, r := range records {
		joined.wire = append(joined.wire, r...)
		joined.ends = append(joined.ends, uint32(len(joined.wire)))
	}
	return joined
}
