package dnsserver

import (
	"leeward/steering"
	"leeward/zones"
)

// search is the way from a name to its addresses, through CNAME, DNAME and ALIAS, of which the client sees nothing.
type search struct {
	found zones.Result  // of the last name
	ttl   uint32        // the least of what it leads through, in seconds
	buf   [maxName]byte // the last name, in lower case
	size  int
}

func (s *search) name() []byte { return s.buf[:s.size] }

// goTo makes a name the next one.
func (s *search) goTo(name []byte) { s.size = len(lower(s.buf[:], name)) }

// flatten answers a question for addresses with those that the ALIAS found leads to, as if they were the owner's. No signature
// covers them so.
//
//	the search ends at               answer
//	the type asked for               that, steered as it is, with the least TTL on the way
//	a name that lacks the type       NODATA, of the zone of the ALIAS
//	anything else                    SERVFAIL, which no cache keeps for long: another server may have the target, because
//	                                 zones do not come together. Behind a CNAME, nothing: the client goes on by itself
func (a *answering) flatten() (rcode int) {
	alias := a.found
	s := search{ttl: alias.Set.TTL}
	s.goTo(alias.Set.RData(0))
	if dead := a.searchOn(&s, a.query.qtype); dead.text != "" {
		if a.hops > 0 {
			return rcodeNoError
		}
		a.because = dead
		a.reply.flags &^= flagAA
		return rcodeServFail
	}
	a.found = s.found
	if s.found.Kind == zones.Answer {
		a.put(s.found.Set, min(s.ttl, s.found.Set.TTL), false)
	}
	a.found.Zone = alias.Zone
	return rcodeNoError
}

// searchOn looks for addresses, and goes on from a name that is given in their place, as no CNAME can be.
func (a *answering) searchOn(s *search, qtype uint16) (dead extendedError) {
	for range maxChain {
		if dead = a.search(s, qtype); dead.text != "" || !a.fallsBack(s) {
			return dead
		}
	}
	return deadEnd("its ALIAS leads in a circle, or through too many names")
}

// fallsBack makes the name that the policy of the addresses found gives in their place, if it does, the next one.
func (a *answering) fallsBack(s *search) bool {
	if s.found.Kind != zones.Answer || s.found.Set.Reach() == nil {
		return false
	}
	reach := s.found.Set.Reach()
	if p := reach.Policy(); p == nil || p.FallbackName == nil {
		return false
	}
	var client steering.Client
	var choice steering.Choice
	a.choose(reach, &client, &choice)
	if choice.Row != steering.RowFallback {
		return false
	}
	s.ttl = reach.TTL(a.view.TTL).Of(min(s.ttl, s.found.Set.TTL), choice.Settled)
	s.goTo(reach.Policy().FallbackName)
	return true
}

// search looks for addresses of a type from a name on, in all zones served that the client may see. dead says why there is no
// end to it.
//
//	the name                              search
//	lies in no zone served, or a hidden   dead: not served here
//	lies in a zone that has nothing       dead: as that zone says
//	has the type, or lacks it             ends
//	has a CNAME or ALIAS, or is below     goes on, through at most maxChain names
//	    a DNAME
//	is at or below a cut                  dead: not served here
//	does not exist                        dead
func (a *answering) search(s *search, qtype uint16) (dead extendedError) {
	for range maxChain {
		zone := a.view.Zones.Find(s.name(), qtype)
		switch a.enter(zone) {
		case rcodeRefused:
			return deadEnd("its ALIAS leads out of the zones served here")
		case rcodeServFail:
			return a.because
		}
		s.found = zone.Lookup(s.name(), qtype)
		if a.trace != nil {
			a.trace.step(s.name(), &s.found)
		}
		switch found := &s.found; found.Kind {
		case zones.Answer, zones.NoData:
			return extendedError{}
		case zones.NXDomain:
			return deadEnd("its ALIAS leads to a name that does not exist")
		case zones.Referral:
			return deadEnd("its ALIAS leads out of the zones served here")
		case zones.CNAME, zones.Alias:
			s.goTo(found.Set.RData(0))
		case zones.DNAME:
			if !s.redirect(found.Set) {
				return deadEnd("its ALIAS leads to a name that a DNAME makes longer than 255 octets")
			}
		}
		s.ttl = min(s.ttl, s.found.Set.TTL)
	}
	return deadEnd("its ALIAS leads in a circle, or through too many names")
}

func deadEnd(text string) extendedError { return extendedError{extendedInvalid, text} }

// redirect replaces the DNAME's owner in the name by its target (RFC 6672 3.1), if there is room for that.
func (s *search) redirect(dname *zones.RRset) (fits bool) {
	prefix, target := s.size-len(dname.Owner), dname.RData(0)
	if prefix+len(target) > maxName {
		return false
	}
	s.size = prefix + len(lower(s.buf[prefix:], target))
	return true
}
