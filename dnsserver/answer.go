package dnsserver

import (
	"net/netip"

	"leeward/steering"
	"leeward/zones"
	"leeward/zones/tsig"
)

const maxChain = zones.MaxChain

// answering is the work on one query.
type answering struct {
	query  query
	view   *View
	client netip.Addr
	key    *tsig.Key // that the query is signed with, or nil
	limit  int       // octets of the response
	reply  reply
	scope  uint8 // RFC 7871: bits of the client's prefix that the answer holds for
	cookie [wholeCookie]byte
	zone   *zones.Zone // of the qname

	row     steering.Row  // the highest of any choice
	stale   bool          // of a choice
	closed  uint32        // seconds that no address is given for; 0: not by a policy
	because extendedError // of an error that says more than its rcode

	size   int                    // octets of the name looked up: the qname, then the targets of a chain
	owner  int                    // where in the message that name stands
	buf    [maxName]byte          // that name, in lower case
	seen   [maxChain]int          // where the names of the chain stand
	hops   int                    // names in seen
	found  zones.Result           // of the last name
	dnames [maxChain]*zones.RRset // written
	proofs proofs
	trace  *trace // nil unless someone wants to know how
}

// name is the name looked up. It is kept as an array and a size: a slice of it beside it would move all to the heap.
func (a *answering) name() []byte { return a.buf[:a.size] }

// fromZones answers from the zones served: the algorithm of RFC 1034 4.3.2, whose step 3a starts anew at the target of a
// CNAME, here for every target that lies in a zone served.
//
//	no zone has the qname      REFUSED
//	its zone is hidden         REFUSED, but to who may transfer it
//	its zone has nothing       SERVFAIL
//	its ALIAS leads nowhere    SERVFAIL
//	chain ends outside         NOERROR, as far as it goes
//	chain comes back           NOERROR, every record once
//	otherwise                  as the last name says (RFC 6604)
func (a *answering) fromZones() (rcode int) {
	rcode = a.answers()
	if rcode != rcodeRefused && rcode != rcodeServFail && !a.refer() {
		a.authority()
		a.additional()
	}
	return rcode
}

// answers writes the answer section, name by name of the chain.
func (a *answering) answers() (rcode int) {
	a.size = len(lower(a.buf[:], a.query.name))
	a.owner = headerSize
	for {
		zone := a.view.Zones.Find(a.name(), a.query.qtype)
		if rcode := a.enter(zone); rcode != rcodeNoError {
			if a.hops == 0 {
				return rcode
			}
			return rcodeNoError
		}
		a.found = zone.Lookup(a.name(), a.query.qtype)
		if a.trace != nil {
			a.trace.step(a.name(), &a.found)
		}
		if a.hops == 0 {
			a.begin(zone)
		}
		a.prove()
		rcode, more := a.step()
		if !more || a.reply.truncated() {
			return rcode
		}
	}
}

// enter says whether a zone, which may be nil, is there to be answered from.
func (a *answering) enter(zone *zones.Zone) (rcode int) {
	switch {
	case zone == nil:
		return rcodeRefused
	case zone.Hidden() && a.view.Access.transfer(zone.Origin(), a.client, a.key) != allowed:
		return rcodeRefused
	case zone.Unready() != "":
		a.because = extendedError{extendedInvalid, zone.Unready()}
		return rcodeServFail
	}
	return rcodeNoError
}

// begin notes what holds for the whole response: AA is about the first name (RFC 1035 4.1.1).
func (a *answering) begin(zone *zones.Zone) {
	a.zone = zone
	if a.found.Kind != zones.Referral {
		a.reply.flags |= flagAA
	}
}

// step writes what answers one name. more asks for the next name of a chain.
func (a *answering) step() (rcode int, more bool) {
	switch found := &a.found; found.Kind {
	case zones.Answer:
		return rcodeNoError, a.answer()
	case zones.Alias:
		return a.flatten(), false
	case zones.CNAME:
		a.putFound(found.Set)
		return rcodeNoError, !a.reply.truncated() && a.follow(found.Set.RData(0))
	case zones.DNAME:
		return a.redirect()
	case zones.NXDomain:
		return rcodeNXDomain, false
	}
	return rcodeNoError, false
}

// answer writes the RRset asked for; for ANY one RRset of the name (RFC 8482 4.1); for RRSIG all signatures of the name,
// which are an RRset for each type that they cover. more asks for the name that is given in the place of addresses.
func (a *answering) answer() (more bool) {
	if a.found.Set == nil {
		a.found.Set = one(a.found.Node.Sets())
	}
	if a.query.qtype != typeRRSIG {
		return a.putFound(a.found.Set)
	}
	for _, set := range a.found.Node.Sets() {
		if set.Type == typeRRSIG {
			a.putFound(set)
		}
	}
	return false
}

// one picks the RRset that stands for all: the first that is no signature.
func one(sets []*zones.RRset) *zones.RRset {
	for _, set := range sets {
		if set.Type != typeRRSIG {
			return set
		}
	}
	return sets[0]
}

// putFound writes an RRset of the name looked up into the answer section.
func (a *answering) putFound(set *zones.RRset) (more bool) {
	return a.put(set, set.TTL, a.query.edns.do)
}

// put writes an RRset into the answer section, steered if it is. more asks for the name that is given in its place.
func (a *answering) put(set *zones.RRset, ttl uint32, signed bool) (more bool) {
	rs := records{set: set, owner: a.owner, ttl: ttl, signed: signed}
	if set.Type == typeA || set.Type == typeAAAA {
		rs.start = a.query.id
	}
	switch {
	case set.Reach() != nil:
		a.steer(&rs)
	case set.Hints() != nil:
		a.hints(&rs)
	}
	switch {
	case rs.choice.Row == steering.RowClosed:
		a.found.Kind, a.closed = zones.NoData, max(1, rs.ttl)
	case rs.choice.Row == steering.RowFallback && set.Reach().Policy().FallbackName != nil:
		return a.fallBack(&rs)
	case !a.reply.put(answerSection, &rs):
		a.reply.flags |= flagTC
	}
	return false
}

// fallBack gives the name of a policy in the place of addresses: a CNAME, which is followed as any other.
func (a *answering) fallBack(rs *records) (more bool) {
	target := rs.set.Reach().Policy().FallbackName
	if !a.reply.putCNAME(a.owner, rs.ttl, target) {
		a.reply.flags |= flagTC
		return false
	}
	return a.query.qtype != typeANY && a.follow(target)
}

// steer picks the records of a steered RRset that the client is given.
func (a *answering) steer(rs *records) {
	reach, view, own := rs.set.Reach(), a.view, rs.ttl
	var client steering.Client
	rs.given = view.Verdicts
	a.choose(reach, &client, &rs.choice)
	rs.ttl = reach.TTL(view.TTL).Of(own, rs.choice.Settled)
	if a.trace != nil {
		a.trace.steer(rs.set, own, rs.choice, client)
		return
	}
	view.Tally.add(rs)
	view.Asked.Add(client.Region)
}
