package dnsserver

import (
	"maps"
	"slices"

	"github.com/miekg/dns"

	"leeward/zones"
)

// updateSections are the two sections that an update has of its own (RFC 2136 2).
type updateSections struct {
	prerequisites []updateRecord
	updates       []updateRecord
}

// updateRecord is a record of an update.
type updateRecord struct {
	owner      zones.Name // in lower case
	typ, class uint16
	ttl        uint32
	rdata      string // in wire form, with all names in full
}

// readUpdate reads the sections of an update that was parsed before. No compression is trusted: names come out in full.
func readUpdate(msg []byte) (s updateSections, ok bool) {
	at := skipName(msg, headerSize, false) + 4
	room := make([]byte, 2*maxName+12+maxMessage) // of one record, with all names in full
	for _, section := range []struct {
		into  *[]updateRecord
		count uint16
	}{{&s.prerequisites, get16(msg, int(answerSection))}, {&s.updates, get16(msg, int(authoritySection))}} {
		for range section.count {
			r, end, err := readUpdateRecord(msg, at, room)
			if err != nil {
				return s, false
			}
			*section.into = append(*section.into, r)
			at = end
		}
	}
	return s, true
}

func readUpdateRecord(msg []byte, at int, room []byte) (r updateRecord, end int, err error) {
	rr, end, err := dns.UnpackRR(msg, at)
	if err != nil {
		return r, end, err
	}
	h := rr.Header()
	r = updateRecord{typ: h.Rrtype, class: h.Class, ttl: h.Ttl}
	size, err := dns.PackRR(rr, room, 0, nil, false)
	if err != nil {
		return r, end, err
	}
	name := skipName(room, 0, false)
	if name < 0 || name+10 > size {
		return r, end, dns.ErrRdata
	}
	r.owner, r.rdata = zones.Name(room[:name]).Lower(), string(room[name+10:size])
	return r, end, nil
}

// unmet says which prerequisite is not met (RFC 2136 3.2), NOERROR if all are.
//
//	class   type   TTL, rdata   wants                              if not
//	any     any    a TTL        -                                  FORMERR
//	any     any    -            its name in the zone               NOTZONE
//	ANY     ANY    none         the name to be in use              NXDOMAIN
//	ANY     any    none         an RRset of the type               NXRRSET
//	NONE    ANY    none         the name not to be in use          YXDOMAIN
//	NONE    any    none         no RRset of the type               YXRRSET
//	IN      any    any          an RRset of just these records     NXRRSET
//	else                        -                                  FORMERR
//
// In use is what has a record of its own: no wildcard, and no empty non-terminal.
func (s *updateSections) unmet(zone *zones.Zone) (rcode int) {
	type set struct {
		owner zones.Name
		typ   uint16
	}
	exact := map[set][]string{}
	for _, p := range s.prerequisites {
		if p.ttl != 0 || p.class != classIN && p.rdata != "" || isNoData(p.typ) && (p.typ != typeANY || p.class == classIN) {
			return rcodeFormErr
		}
		if !zone.Contains(p.owner) {
			return rcodeNotZone
		}
		there := zone.SetAt(p.owner, p.typ) != nil
		inUse := zone.InUse(p.owner)
		switch {
		case p.class == classIN:
			of := set{p.owner, p.typ}
			exact[of] = append(exact[of], p.rdata)
		case p.class == dns.ClassANY && p.typ == typeANY && !inUse:
			return rcodeNXDomain
		case p.class == dns.ClassANY && p.typ != typeANY && !there:
			return rcodeNXRRSet
		case p.class == dns.ClassNONE && p.typ == typeANY && inUse:
			return rcodeYXDomain
		case p.class == dns.ClassNONE && p.typ != typeANY && there:
			return rcodeYXRRSet
		case p.class != dns.ClassANY && p.class != dns.ClassNONE:
			return rcodeFormErr
		}
	}
	for of := range maps.Keys(exact) {
		if have := zone.SetAt(of.owner, of.typ); have == nil || !have.Is(slices.Values(exact[of])) {
			return rcodeNXRRSet
		}
	}
	return rcodeNoError
}
