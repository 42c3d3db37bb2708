package dnsserver

import (
	"leeward/steering"
	"leeward/zones"
)

// section is a section of a response, by the position of its count in the header.
type section int

const (
	answerSection     section = 6
	authoritySection  section = 8
	additionalSection section = 10
)

// reply is a response under construction: the only place that encodes one. What does not fit the limit is left out by
// whole RRsets (RFC 2181 9), with their signatures.
type reply struct {
	out    []byte // the message from its header on
	limit  int    // octets that the sections may fill; the OPT record's are set aside
	flags  uint16
	names  names
	index  *index // in the place of names, for a transfer
	target int    // where the last name in rdata stands
}

// begin writes the header and the question. Of the flags opcode and RD are copied (RFC 1035 4.1.1); CD is not (RFC 4035
// 3.1.6), nor what has no meaning.
func (r *reply) begin(q *query, limit int) {
	r.limit = limit
	r.out = append(r.out, byte(q.id>>8), byte(q.id), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	r.flags = flagQR | q.flags&(0xF<<11|flagRD)
	if q.question != nil {
		put16(r.out, 4, 1)
		r.out = append(r.out, q.question...)
		r.names.note(q.name, headerSize)
	}
}

// finish writes the flags and the OPT record, and gives the message.
func (r *reply) finish(q *query, rcode int, opt *responseOPT) []byte {
	put16(r.out, 2, r.flags|uint16(rcode&15))
	if q.edns.present {
		r.out = opt.append(r.out, &q.edns, rcode)
		r.count(additionalSection)
	}
	return r.out
}

func (r *reply) count(s section) { put16(r.out, int(s), get16(r.out, int(s))+1) }

func (r *reply) truncated() bool { return r.flags&flagTC != 0 }

// records is an RRset as it goes into a section.
type records struct {
	set    *zones.RRset
	owner  int    // offset in the message of the owner's name; 0: the set's own owner
	ttl    uint32 // seconds
	start  uint16 // how far the records are rotated
	signed bool   // with the signatures that cover them, if there are any
	choice steering.Choice
	given  *steering.Verdicts // non-nil: only the runs that choice gives

	services bool    // of an SVCB or HTTPS RRset: only these hints
	hints    hintSet // if so
}

// put writes an RRset into a section, whole or not at all; false means that it did not fit.
func (r *reply) put(s section, rs *records) bool {
	size, count, names := len(r.out), get16(r.out, int(s)), r.names.n
	if !r.putAll(s, rs) || !r.putSignatures(s, rs) {
		r.out = r.out[:size]
		put16(r.out, int(s), count)
		r.names.n = names
		return false
	}
	return true
}

// putSignatures writes the signatures of an RRset behind it, with its TTL (RFC 4034 3).
func (r *reply) putSignatures(s section, rs *records) bool {
	if !rs.signed || rs.set.Signatures() == nil {
		return true
	}
	signatures := records{set: rs.set.Signatures(), owner: rs.owner, ttl: rs.ttl}
	return r.putRotated(s, &signatures)
}

func (r *reply) putAll(s section, rs *records) bool {
	switch {
	case rs.services:
		return r.putServices(s, rs)
	case rs.given == nil:
		return r.putRotated(s, rs)
	}
	if rs.choice.Row == steering.RowFallback {
		run := rs.set.Reach().Fallback()
		return r.putRun(s, rs, int(run.From), int(run.To))
	}
	if picks := rs.choice.Picks(); len(picks) > 0 {
		for i := range picks {
			at := picks[(i+int(rs.start))%len(picks)]
			if !r.putRecord(s, rs, rs.set.RData(int(at))) {
				return false
			}
		}
		return true
	}
	return r.putGiven(s, rs)
}

// putGiven writes the records that a choice gives, beginning with one in their midst.
func (r *reply) putGiven(s section, rs *records) bool {
	total, runs := 0, rs.set.Reach().Runs()
	for i := range runs {
		if run := &runs[i]; rs.choice.Gives(run, rs.given) {
			total += int(run.To - run.From)
		}
	}
	// Twice round the given records: from start to the end, then from the beginning to start.
	start, at := int(rs.start)%total, 0
	for at < start+total {
		for i := range runs {
			run := &runs[i]
			if at == start+total || !rs.choice.Gives(run, rs.given) {
				continue
			}
			for i := run.From; i < run.To; i++ {
				if at >= start && at < start+total && !r.putRecord(s, rs, rs.set.RData(int(i))) {
					return false
				}
				at++
			}
		}
	}
	return true
}

// putRotated writes the records of a set, beginning with one in their midst.
func (r *reply) putRotated(s section, rs *records) bool {
	total := rs.set.Len()
	start := int(rs.start) % total
	return r.putRun(s, rs, start, total) && r.putRun(s, rs, 0, start)
}

// putRun writes the records [from, to) of a set.
func (r *reply) putRun(s section, rs *records, from, to int) bool {
	at := rs.set.From(from)
	for i := from; i < to; i++ {
		if rs.owner != 0 && !hasNames(rs.set.Type) {
			return r.putPlain(s, rs, at, to-i)
		}
		if !r.putRecord(s, rs, at.Next()) {
			return false
		}
	}
	return true
}

// putPlain writes so many records that have no names in their rdata, behind an owner that stands in the message. There may be
// many: what is the same in all is made once.
func (r *reply) putPlain(s section, rs *records, at zones.Cursor, count int) bool {
	owner, t, ttl := rs.owner, rs.set.Type, rs.ttl
	head := [...]byte{0xC0 | byte(owner>>8), byte(owner), byte(t >> 8), byte(t), 0, classIN,
		byte(ttl >> 24), byte(ttl >> 16), byte(ttl >> 8), byte(ttl)}
	out := r.out
	for i := range count {
		if len(out) > r.limit {
			count = i
			break
		}
		rdata := at.NextSized()
		out = append(append(out, head[:]...), rdata...)
	}
	r.out = out
	put16(r.out, int(s), get16(r.out, int(s))+uint16(count))
	return len(r.out) <= r.limit
}

func (r *reply) putRecord(s section, rs *records, rdata []byte) bool {
	at := r.putHead(s, rs)
	r.putRData(rs.set.Type, rdata)
	put16(r.out, at-2, uint16(len(r.out)-at))
	return len(r.out) <= r.limit
}

// putHead writes a record up to its rdata, whose size, in the two octets before, is to be set.
func (r *reply) putHead(s section, rs *records) (rdata int) {
	if rs.owner == 0 {
		rs.owner = r.putName([]byte(rs.set.Owner))
	} else {
		r.out = append(r.out, 0xC0|byte(rs.owner>>8), byte(rs.owner))
	}
	t, ttl := rs.set.Type, rs.ttl
	r.out = append(r.out, byte(t>>8), byte(t), 0, classIN, byte(ttl>>24), byte(ttl>>16), byte(ttl>>8), byte(ttl), 0, 0)
	r.count(s)
	return len(r.out)
}

// hasNames says whether rdata of a type may have names that are compressed: those of RFC 1035 only (RFC 3597 4).
func hasNames(t uint16) bool {
	switch t {
	case typeNS, typeMD, typeMF, typeCNAME, typeMB, typeMG, typeMR, typePTR, typeMX, typeSOA, typeMINFO:
		return true
	}
	return false
}

// putRData writes rdata. Names in it are compressed for the types of RFC 1035 only (RFC 3597 4).
func (r *reply) putRData(t uint16, rdata []byte) {
	before, names := 0, 0
	switch t {
	case typeNS, typeMD, typeMF, typeCNAME, typeMB, typeMG, typeMR, typePTR:
		names = 1
	case typeMX:
		before, names = 2, 1
	case typeSOA, typeMINFO:
		names = 2
	}
	r.out = append(r.out, rdata[:before]...)
	rest := rdata[before:]
	for range names {
		end := skipName(rest, 0, false)
		r.target = r.putName(rest[:end])
		rest = rest[end:]
	}
	r.out = append(r.out, rest...)
}
