package dnsserver

import (
	"net/netip"
	"slices"

	"leeward/zones"
	"leeward/zones/tsig"
)

// Access says who may do more than ask. It is immutable; nil allows nothing, and knows no key.
type Access struct {
	Keys     tsig.Keys
	Transfer []Rule // who may transfer zones out (RFC 5936, 1995), and see hidden ones
	Notify   []Rule // who may say that a zone has changed (RFC 1996)
	Update   []Rule // who may update challenges of a zone (RFC 2136): each names a key
}

// Rule allows something to who fits all that it names.
type Rule struct {
	Zones    []zones.Name   // origins, in lower case; empty: all
	Except   []zones.Name   // likewise, that are none of these
	Prefixes []netip.Prefix // of the client's address; empty: any
	Key      zones.Name     // that the query is signed with, in lower case; "": none is wanted
}

// permission is what rules say.
type permission uint8

const (
	denied   permission = iota // no rule is for the zone
	stranger                   // none of those that are is for the client's address
	unsigned                   // those for its address want it to have another key
	allowed
)

// transfer says whether who asks may transfer a zone.
func (a *Access) transfer(origin zones.Name, client netip.Addr, key *tsig.Key) permission {
	if a == nil {
		return denied
	}
	return decide(a.Transfer, origin, client, key)
}

// notify says whether who asks may say that a zone has changed.
func (a *Access) notify(origin zones.Name, client netip.Addr, key *tsig.Key) permission {
	if a == nil {
		return denied
	}
	return decide(a.Notify, origin, client, key)
}

// update says whether who asks may update a zone.
func (a *Access) update(origin zones.Name, client netip.Addr, key *tsig.Key) permission {
	switch {
	case a == nil:
		return denied
	case key == nil: // whatever a rule forgets to say
		return min(decide(a.Update, origin, client, key), unsigned)
	}
	return decide(a.Update, origin, client, key)
}

// keys are the keys that queries may be signed with.
func (a *Access) keys() tsig.Keys {
	if a == nil {
		return tsig.Keys{}
	}
	return a.Keys
}

// decide is what the most generous of the rules says.
//
//	rule is for the zone   for the address   for the key
//	no                     any               any           denied
//	yes                    no                any           stranger
//	yes                    yes               no            unsigned
//	yes                    yes               yes           allowed
func decide(rules []Rule, origin zones.Name, client netip.Addr, key *tsig.Key) permission {
	best := denied
	for i := range rules {
		best = max(best, rules[i].decide(origin, client, key))
	}
	return best
}

func (r *Rule) decide(origin zones.Name, client netip.Addr, key *tsig.Key) permission {
	switch {
	case len(r.Zones) > 0 && !slices.Contains(r.Zones, origin), slices.Contains(r.Except, origin):
		return denied
	case len(r.Prefixes) > 0 && !containing(r.Prefixes, client):
		return stranger
	case r.Key != "" && (key == nil || key.Name != r.Key):
		return unsigned
	}
	return allowed
}

func containing(prefixes []netip.Prefix, addr netip.Addr) bool {
	for _, p := range prefixes {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// refusal is what a client that is not allowed something is told. No key or address that would have done is named.
func (p permission) refusal(what string, key *tsig.Key) extendedError {
	switch {
	case p == stranger:
		what += " is not allowed to this address"
	case p == unsigned && key == nil:
		what += " wants a signature (TSIG)"
	case p == unsigned:
		what += " is not allowed with this key"
	default:
		what += " is allowed to nobody"
	}
	return extendedError{extendedProhibited, what}
}
