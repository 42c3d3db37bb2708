package dnsserver

import (
	"slices"

	"leeward/zones"
)

// proofs is what a response has to prove, for all names of a chain: with NSEC3 up to three RRsets a name.
type proofs struct {
	sets [3 * maxChain]*zones.RRset
	size int
}

// prove notes what proves what was found, if the client wants to know (RFC 4035 3.1.3).
func (a *answering) prove() {
	if !a.query.edns.do {
		return
	}
	proof := a.found.Zone.Proof(a.name(), &a.found)
	for _, set := range proof.Sets() {
		if p := &a.proofs; p.size < len(p.sets) && !slices.Contains(p.sets[:p.size], set) {
			p.sets[p.size] = set
			p.size++
		}
	}
}

// authority writes the authority section.
//
//	last name          without DO                 with DO, in a signed zone
//	delegated          NS of the cut              the same; DS, or the proof that there is none (RFC 4035 3.1.4)
//	no data, no name   SOA (RFC 2308 2)           the same, and the proofs
//	any other          nothing                    the proofs of wildcards met on the way (RFC 4035 3.1.3.3)
func (a *answering) authority() {
	switch found := &a.found; found.Kind {
	case zones.Referral:
		a.putAuthority(found.Set, found.Set.TTL)
	case zones.NoData, zones.NXDomain:
		ttl := found.Zone.NegativeTTL()
		if a.closed > 0 {
			ttl = min(ttl, a.closed)
		}
		a.putAuthority(found.Zone.SOA(), ttl)
	}
	a.putProofs()
}

// putProofs writes what says that the rest is so.
func (a *answering) putProofs() {
	if found := &a.found; found.Kind == zones.Referral && found.Set.DS() != nil && a.query.edns.do && found.Zone.Signed() {
		a.putAuthority(found.Set.DS(), found.Set.DS().TTL)
	}
	for _, set := range a.proofs.sets[:a.proofs.size] {
		a.putAuthority(set, set.TTL)
	}
}

// putAuthority writes an RRset into the authority section. What is missing there is missed (RFC 4035 3.1.1).
func (a *answering) putAuthority(set *zones.RRset, ttl uint32) {
	if a.reply.truncated() {
		return
	}
	if !a.reply.put(authoritySection, &records{set: set, ttl: ttl, signed: a.query.edns.do}) {
		a.reply.flags |= flagTC
	}
}
