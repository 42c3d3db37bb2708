package zones

import (
	"encoding/binary"
	"slices"

	"github.com/miekg/dns"
)

// Ready is records in wire form as a message has them, all but where they stand: a compression pointer (RFC 1035 section
// 4.1.4) has in its place the offset that it leads to, counted from the first record of the referral or, with the bit
// FromOwner, from the owner's name. It is immutable.
type Ready struct {
	Octets   []byte
	Pointers []byte // offsets in Octets, of 2 octets each
	Records  uint16
}

// FromOwner marks an offset that is counted from the owner's name.
const FromOwner = 1 << 15

// mostReady is how many octets a referral that is ready has at the most.
const mostReady = 1024

// referral is what every referral to a zone cut has: in one piece, where a query finds it at once.
type referral struct {
	octets             []byte // NS records, those of addresses, pointers of the first, of the others
	split, size        uint16 // octets of NS records, of all records; 0: it is not ready
	points             uint16 // octets of the pointers of NS records
	servers, addresses uint16 // records
}

// Referral is, for the NS RRset of a zone cut, its records, and those of all addresses in Glue and Additional. Names are
// compressed as far as can be behind a question for a name at or below the cut that has nothing in common with theirs but
// the cut (not Result.Below). It says no where some of these have signatures, or it would be long.
func (s *RRset) Referral() (servers, addresses Ready, ok bool) {
	r := &s.cut().referral
	records, pointers := r.octets[:r.size], r.octets[r.size:]
	servers = Ready{records[:r.split], pointers[:r.points], r.servers}
	addresses = Ready{records[r.split:], pointers[r.points:], r.addresses}
	return servers, addresses, r.size > 0
}

// writing is a referral in the course of being written.
type writing struct {
	octets, pointers []byte
	begin            int // where the records begin whose pointers are being noted
	names            []written
}

// written is a name, in lower case, that a pointer can lead to.
type written struct {
	name Name
	at   uint16 // as a pointer has it
}

// readied is the referral to the cut of an NS RRset.
func readied(ns *RRset) (r referral) {
	var w writing
	for name := ns.Owner.Lower(); name != Root; name = name.parent() {
		w.names = append(w.names, written{name, FromOwner | uint16(len(ns.Owner)-len(name))})
	}
	w.put(ns)
	r.servers, r.split, r.points = ns.count, uint16(len(w.octets)), uint16(len(w.pointers))
	w.begin = len(w.octets)
	for _, s := range slices.Concat(ns.Glue(), ns.Additional()) {
		if s.Signatures() != nil {
			return referral{}
		}
		w.put(s)
		r.addresses += s.count
	}
	if len(w.octets) > mostReady || ns.Signatures() != nil {
		return referral{}
	}
	r.octets, r.size = slices.Concat(w.octets, w.pointers), uint16(len(w.octets))
	return r
}

// put writes an RRset of name servers or of addresses, unless all is too much already.
func (w *writing) put(s *RRset) {
	for rdata := range s.All() {
		if len(w.octets) > mostReady {
			return
		}
		w.putName(s.Owner)
		w.octets = binary.BigEndian.AppendUint16(w.octets, s.Type)
		w.octets = binary.BigEndian.AppendUint16(w.octets, dns.ClassINET)
		w.octets = binary.BigEndian.AppendUint32(w.octets, s.TTL)
		w.octets = append(w.octets, 0, 0)
		at := len(w.octets)
		if s.Type == dns.TypeNS {
			w.putName(Name(rdata))
		} else {
			w.octets = append(w.octets, rdata...)
		}
		binary.BigEndian.PutUint16(w.octets[at-2:], uint16(len(w.octets)-at))
	}
}

// putName writes a name, its end as a pointer if that was written before.
func (w *writing) putName(name Name) {
	for ; name != Root; name = name.parent() {
		lower := name.Lower()
		if i := slices.IndexFunc(w.names, func(n written) bool { return n.name == lower }); i >= 0 {
			w.pointers = binary.BigEndian.AppendUint16(w.pointers, uint16(len(w.octets)-w.begin))
			w.octets = binary.BigEndian.AppendUint16(w.octets, w.names[i].at)
			return
		}
		w.names = append(w.names, written{lower, uint16(len(w.octets))})
		w.octets = append(w.octets, name[:1+int(name[0])]...)
	}
	w.octets = append(w.octets, 0)
}
