package migrate

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
)

// Zone is a zone of the peer. Make it with NewZone.
type Zone struct {
	Origin string // "example.com."
	At     Place

	entries []entry
	wants   map[string]*Want    // by owner in lower case
	owners  map[string][]uint16 // types at each owner in lower case
}

// entry is a line of a zone: a comment, a record, or both.
type entry struct {
	record  dns.RR // nil: a comment alone
	comment string
	at      Place
	want    *Want // that made the record; nil: it is as the peer has it
	alias   bool  // the record is an ALIAS, in the form of a CNAME
}

// NewZone is an empty zone. The origin ends with a dot.
func NewZone(origin string, at Place) *Zone {
	return &Zone{Origin: origin, At: at, wants: map[string]*Want{}, owners: map[string][]uint16{}}
}

// Comment adds a line of comment.
func (z *Zone) Comment(text string) { z.add(entry{comment: text}) }

// Record adds a record as the peer has it, with what stands behind it.
func (z *Zone) Record(rr dns.RR, comment string, at Place) {
	z.add(entry{record: rr, comment: comment, at: at})
}

// Want adds what a name wants, with its addresses of one type, or of both where t is dns.TypeNone. A name that wants one
// thing for A and another for AAAA is refused: then the second is as the first.
func (z *Zone) Want(owner string, ttl uint32, t uint16, w *Want) error {
	key := strings.ToLower(owner)
	first, err := w, error(nil)
	if w.static() {
		first = nil
	} else if known := z.wants[key]; known != nil {
		first = known
		if !known.merge(w) {
			err = fmt.Errorf("one policy holds for A and AAAA of a name in Leeward: %s", known.Was)
		}
	} else {
		z.wants[key] = w
	}
	for _, a := range w.addrs() {
		rr := address(owner, ttl, a)
		if t == dns.TypeNone || rr.Header().Rrtype == t {
			line := entry{record: rr, at: w.At, want: first}
			if first == nil {
				line.comment = " " + w.Was
			}
			z.add(line)
		}
	}
	return err
}

// address is the A or AAAA record of an address.
func address(owner string, ttl uint32, a netip.Addr) dns.RR {
	h := dns.RR_Header{Name: owner, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: ttl}
	if a.Is4() {
		return &dns.A{Hdr: h, A: a.AsSlice()}
	}
	h.Rrtype = dns.TypeAAAA
	return &dns.AAAA{Hdr: h, AAAA: a.AsSlice()}
}

// addrOf is the address of an A or AAAA record.
func addrOf(rr dns.RR) (netip.Addr, bool) {
	switch rr := rr.(type) {
	case *dns.A:
		return netip.AddrFromSlice(rr.A.To4())
	case *dns.AAAA:
		return netip.AddrFromSlice(rr.AAAA.To16())
	}
	return netip.Addr{}, false
}

// add adds a line.
func (z *Zone) add(e entry) {
	z.entries = append(z.entries, e)
	if e.record != nil && !e.alias {
		owner := strings.ToLower(e.record.Header().Name)
		z.owners[owner] = append(z.owners[owner], e.record.Header().Rrtype)
	}
}

// Exists says whether there is any record at the owner.
func (z *Zone) Exists(owner string) bool { return z.owners[strings.ToLower(owner)] != nil }

// Relative is a name as the zone writes it: "www", "@", or in full outside the zone.
func (z *Zone) Relative(name string) string {
	lower, origin := strings.ToLower(name), strings.ToLower(z.Origin)
	switch {
	case lower == origin:
		return "@"
	case origin == ".":
		return strings.TrimSuffix(name, ".")
	case strings.HasSuffix(lower, "."+origin):
		return name[:len(name)-len(origin)-1]
	}
	return name
}
