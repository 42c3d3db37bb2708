package dnsserver

import "slices"

// follow makes the target of a CNAME, which is the last thing written, the next name to look up. It says no when the
// chain is long enough or comes back to a name it had, or when the target stands where no pointer reaches it as the owner
// of what comes next (RFC 1035 4.1.4): the client then asks for the target, as for one that lies elsewhere.
func (a *answering) follow(target []byte) bool {
	a.seen[a.hops] = a.owner
	a.hops++
	if a.hops == maxChain || a.reply.target == 0 {
		return false
	}
	for _, at := range a.seen[:a.hops] {
		if sameName(a.reply.out, at, target) {
			return false
		}
	}
	a.size = len(lower(a.buf[:], target))
	a.owner = a.reply.target
	return true
}

// redirect writes a DNAME, unless the response has it already, and the CNAME synthesized from it (RFC 6672 3.1): the
// qname with the DNAME's owner replaced by its target. No signature covers that CNAME (RFC 6672 5.3.1).
//
//	the name gets longer than 255 octets     YXDOMAIN
//	the question is for CNAME or ANY         the CNAME is the answer
//	otherwise                                on to the new name
func (a *answering) redirect() (rcode int, more bool) {
	dname := a.found.Set
	if !slices.Contains(a.dnames[:a.hops], dname) && !a.reply.put(answerSection, &records{set: dname, ttl: dname.TTL, signed: a.query.edns.do}) {
		a.reply.flags |= flagTC
		return rcodeNoError, false
	}
	a.dnames[a.hops] = dname
	var buf [maxName]byte
	prefix, target := a.size-len(dname.Owner), dname.RData(0)
	if prefix+len(target) > maxName {
		return rcodeYXDomain, false
	}
	name := append(a.reply.spelt(buf[:0], a.owner, prefix), target...)
	if !a.reply.putCNAME(a.owner, dname.TTL, name) {
		a.reply.flags |= flagTC
		return rcodeNoError, false
	}
	if a.query.qtype == typeCNAME || a.query.qtype == typeANY {
		return rcodeNoError, false
	}
	return rcodeNoError, a.follow(name)
}

// spelt appends the first octets, whole labels, of the name at an offset of the message, which may be compressed: in the
// letter case that the client gave it (RFC 1034 3.1), or a zone.
func (r *reply) spelt(to []byte, at, size int) []byte {
	for size > 0 {
		for r.out[at] >= 0xC0 {
			at = int(get16(r.out, at)) & maxPointer
		}
		label := 1 + int(r.out[at])
		to = append(to, r.out[at:at+label]...)
		at, size = at+label, size-label
	}
	return to
}

// putCNAME writes a CNAME that no zone holds.
func (r *reply) putCNAME(owner int, ttl uint32, target []byte) bool {
	size, names := len(r.out), r.names.n
	r.out = append(r.out, 0xC0|byte(owner>>8), byte(owner), 0, typeCNAME, 0, classIN,
		byte(ttl>>24), byte(ttl>>16), byte(ttl>>8), byte(ttl), 0, 0)
	at := len(r.out)
	r.target = r.putName(target)
	put16(r.out, at-2, uint16(len(r.out)-at))
	if len(r.out) > r.limit {
		r.out, r.names.n = r.out[:size], names
		return false
	}
	r.count(answerSection)
	return true
}
