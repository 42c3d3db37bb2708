package zones

import "leeward/steering"

// RRset is all records of one name and type. It is immutable.
type RRset struct {
	Owner Name   // in wire form, in the case of the file
	links *links // to what belongs to it; nil: nothing does
	records
	TTL  uint32 // seconds
	Type uint16
}

// links lead from an RRset to what belongs to it, if anything does: most have none.
type links struct {
	reach      *steering.Reach
	hints      *Hints
	signatures *RRset
	additional []*RRset
	cut        *cut // nil: it is no NS of a zone cut
}

// cut is what only the NS of a zone cut has.
type cut struct {
	ds       *RRset
	glue     []*RRset
	referral referral
}

var (
	noLinks links
	noCut   cut
)

func (s *RRset) linked() *links {
	if s.links == nil {
		return &noLinks
	}
	return s.links
}

// cut is what the NS of a zone cut has as such.
func (s *RRset) cut() *cut {
	if c := s.linked().cut; c != nil {
		return c
	}
	return &noCut
}

// Reach is where the addresses of a steered RRset lie. The records are then in the order of its runs. It is nil for any
// other RRset.
func (s *RRset) Reach() *steering.Reach { return s.linked().reach }

// Hints is where the hints of an SVCB or HTTPS RRset lie, nil for any other RRset, and where none lies in an uplink.
func (s *RRset) Hints() *Hints { return s.linked().hints }

// Signatures is the RRset of the signatures that cover this one, or nil.
func (s *RRset) Signatures() *RRset { return s.linked().signatures }

// DS, for the NS RRset of a zone cut, is the DS RRset beside it: nil for an unsigned delegation.
func (s *RRset) DS() *RRset { return s.cut().ds }

// Glue, for the NS RRset of a zone cut, is the addresses of the name servers at or below the cut. A referral needs them
// all (RFC 9471).
func (s *RRset) Glue() []*RRset { return s.cut().glue }

// Additional is what else this zone has of the names in the rdata: the addresses for NS, MX, SRV, SVCB and HTTPS, the
// services for the last two. They may be left out. A steered RRset is never among them, nor one that has Hints.
func (s *RRset) Additional() []*RRset { return s.linked().additional }

// Covers, for an RRset of signatures (RRSIG), is the type that they cover. It is 0 for any other RRset.
func (s *RRset) Covers() uint16 {
	if s.count == 0 {
		return 0
	}
	return covered(s.Type, s.RData(0))
}

// fresh is a copy of an RRset, whose links may be set.
func (s *RRset) fresh(to *RRset) *RRset {
	*to = *s
	if s.links != nil {
		own := *s.links
		to.links = &own
	}
	return to
}
