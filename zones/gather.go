package zones

import (
	"fmt"
	"strings"

	"github.com/miekg/dns"
)

// gathering is an RRset that is still growing.
type gathering struct {
	set    *RRset
	seen   map[string]bool // the rdata in canonical form, once there are many
	at     place           // of the first record
	size   int             // octets of the records in an answer
	octets []byte          // the records, packed
	before int32           // place of the RRset before of the same owner
}

type setKey struct {
	owner  Name
	typ    uint16
	covers uint16 // signatures of different types are different RRsets (RFC 4035 section 3.1.1)
}

// maxSet is how many octets the records of an RRset can have in an answer: 64 KiB less the header, the longest
// question, the longest owner and the options.
const maxSet = 1<<16 - 1 - 12 - (maxName + 4) - maxName - 128

// add takes one record, or says why the zone cannot have it.
func (r *reading) add(rr dns.RR, at place) error {
	owner, rdata, err := r.admitted(rr, at)
	if err != nil {
		return err
	}
	h := rr.Header()
	return r.put(owner, h.Rrtype, r.plainTTL(owner, h.Ttl, at), rdata, at)
}

// admitted is the owner and the rdata of a record in wire form, or says why it cannot be one of this zone.
func (r *reading) admitted(rr dns.RR, at place) (owner Name, rdata []byte, err error) {
	h := rr.Header()
	if h.Name == "" {
		return "", nil, &fault{at, "", "a record without a name, and none before it to take the name from"}
	}
	owner, rdata, err = r.wire(rr)
	if owner == "" {
		return "", nil, &fault{at, strings.TrimSuffix(h.Name, "."), err.Error()}
	}
	if h.Class != dns.ClassINET {
		return "", nil, r.refuse(owner, at, "class %s, but zones here are of class IN", dns.Class(h.Class))
	}
	return owner, rdata, r.admit(owner, h.Rrtype, at, err)
}

// admit says why a record cannot be one of this zone, whatever else the zone has; bad is what is wrong with its rdata.
func (r *reading) admit(owner Name, typ uint16, at place, bad error) error {
	lower := owner.Lower()
	switch {
	case isMeta(typ):
		return r.refuse(owner, at, "%s is no type of data", TypeName(typ))
	case !lower.within(r.origin):
		return r.refuse(owner, at, "record out of zone")
	case typ == dns.TypeSOA && lower != r.origin:
		return r.refuse(owner, at, "SOA below the apex")
	case bad != nil:
		return r.refuse(owner, at, "%s: %v", TypeName(typ), bad)
	}
	return nil
}

func (r *reading) refuse(owner Name, at place, reason string, args ...any) error {
	return &fault{at, owner.relative(r.origin), fmt.Sprintf(reason, args...)}
}

// plainTTL is the TTL to be served for the one given (RFC 2181 section 8).
func (r *reading) plainTTL(owner Name, ttl uint32, at place) uint32 {
	if ttl>>31 != 0 {
		r.warn(at, "%q: TTL %d counts as 0, because it is above 2147483647", owner.relative(r.origin), ttl)
		return 0
	}
	return ttl
}

// put puts a record that was admitted into its RRset, or says why it cannot stand beside what is there. It keeps the owner,
// and a copy of the rdata.
func (r *reading) put(owner Name, typ uint16, ttl uint32, rdata []byte, at place) error {
	covers := covered(typ, rdata)
	hash, last := r.keys.of(owner)
	g := r.keys.among(last, owner, typ, covers)
	if g == nil {
		if reason := r.keys.beside(last, owner, typ); reason != "" {
			return r.refuse(owner, at, "%s", reason)
		}
		g = r.room.gathering()
		*g.set = RRset{Owner: owner, Type: typ, TTL: ttl}
		g.at = at
		r.keys.add(g, hash, last)
	}
	if ttl != g.set.TTL && typ != dns.TypeRRSIG { // an RRSIG has the TTL of what it covers
		r.warn(at, "%q: TTLs %d and %d in one RRset of type %s: the lowest holds for all",
			owner.relative(r.origin), g.set.TTL, ttl, TypeName(typ))
	}
	g.set.TTL = min(g.set.TTL, ttl)
	if g.has(rdata) {
		return nil
	}
	if reason := g.room(rdata); reason != "" {
		return r.refuse(owner, at, "%s", reason)
	}
	r.room.put(g, rdata)
	if r.look != nil {
		r.places[g.set] = append(r.places[g.set], at)
	}
	return nil
}

// room says why the set cannot have another record.
func (g *gathering) room(rdata []byte) (refused string) {
	switch g.set.Type {
	case dns.TypeSOA, dns.TypeCNAME, dns.TypeDNAME, TypeALIAS:
		if g.set.count > 0 {
			return fmt.Sprintf("a second, different %s", TypeName(g.set.Type))
		}
	}
	if g.size += 2 + 10 + len(rdata); g.size > maxSet {
		return fmt.Sprintf("the RRset of type %s does not fit into an answer of 64 KiB", TypeName(g.set.Type))
	}
	return ""
}

// fewRecords are compared one by one, more are noted.
const fewRecords = 8

// has says whether the set has the record, and notes it for the next time.
func (g *gathering) has(rdata []byte) bool {
	if g.set.count < fewRecords {
		for other := range g.set.All() {
			if sameRData(g.set.Type, other, rdata) {
				return true
			}
		}
		return false
	}
	if g.seen == nil {
		g.seen = map[string]bool{}
		for other := range g.set.All() {
			g.seen[canonical(g.set.Type, other)] = true
		}
	}
	one := canonical(g.set.Type, rdata)
	if g.seen[one] {
		return true
	}
	g.seen[one] = true
	return false
}

// wire is the owner and the rdata of a record in wire form, the latter until the next record. The owner is there also when
// only the rdata has an error.
func (r *reading) wire(rr dns.RR) (owner Name, rdata []byte, err error) {
	const most = 1<<16 + maxName + 10
	if r.pack == nil {
		r.pack = make([]byte, 1<<10)
	}
	size, err := dns.PackDomainName(rr.Header().Name, r.pack, 0, nil, false)
	if err != nil || size > maxName {
		return "", nil, fmt.Errorf("no domain name, or one of more than %d octets", maxName)
	}
	r.ownedBy(r.pack[:size])
	end, err := dns.PackRR(rr, r.pack, 0, nil, false)
	if err != nil && len(r.pack) < most {
		r.pack = make([]byte, most) // few zones need that much
		return r.wire(rr)
	}
	if err != nil {
		return r.last, nil, fmt.Errorf("%s", strings.TrimPrefix(err.Error(), "dns: "))
	}
	rdata = r.pack[size+10 : end]
	return r.last, rdata, checkRData(rr.Header().Rrtype, r.pack[:end], rdata)
}

// ownedBy is a Name of an owner. The records of one share it.
func (r *reading) ownedBy(owner []byte) Name {
	switch string(owner) {
	case string(r.last):
	case string(r.origin): // the owner of many, again and again
		r.last = r.origin
	default:
		r.last = r.room.name(owner)
	}
	return r.last
}

// isMeta holds for types that cannot be data (RFC 6895 section 3.1).
func isMeta(t uint16) bool { return t == 0 || t == dns.TypeOPT || t >= 128 && t <= 255 }

func (r *reading) warn(at place, text string, args ...any) {
	r.warnings = append(r.warnings, Warning{at.file, at.line, fmt.Sprintf(text, args...)})
}
