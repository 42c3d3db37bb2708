package dnsserver

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/miekg/dns"

	"leeward/zones"
)

// ChallengeLabel is the first label of all names that dynamic updates (RFC 2136) may change, in wire form: those at which
// certificate authorities look for their tokens (RFC 8555 section 8.4).
const ChallengeLabel = "\x0f_acme-challenge"

// Update is a dynamic update that may be done, of a zone served.
type Update struct {
	Zone    zones.Name // its origin, in lower case
	Key     zones.Name // that it was signed with, in lower case
	From    netip.Addr
	Changes []TokenChange // to be done in this order, and all or none
}

// TokenChange adds a token to a challenge name, or takes it away.
type TokenChange struct {
	Name   zones.Name // in lower case
	Token  string     // one string of a TXT record; "", to be taken away: all of the name
	Remove bool
}

// update answers a dynamic update.
//
//	nobody may update any zone                   NOTIMP
//	about nothing, or another type than SOA      FORMERR (RFC 2136 3.1.1)
//	class other than IN                          NOTAUTH
//	no zone served has that origin               NOTAUTH
//	not signed by who may                        REFUSED
//	the zone has nothing, or is hidden           as a question would be
//	it cannot be read                            FORMERR
//	its prerequisites are not met                as they say (3.2)
//	it wants what is not done here               as prescan says
//	what takes it refuses                        REFUSED, with the reason
//	otherwise                                    NOERROR, once it is done
//
// Who may is looked at before the prerequisites, which would tell others what a zone has.
func (a *apart) update() (rcode int) {
	q := &a.query
	origin := zones.Name(q.name).Lower()
	switch {
	case a.view.Access == nil || len(a.view.Access.Update) == 0:
		return rcodeNotImp
	case q.question == nil, q.qtype != typeSOA:
		return a.updated(updateMalformed, rcodeFormErr)
	case q.qclass != classIN:
		return a.updated(updateRefused, rcodeNotAuth)
	}
	zone := a.view.Zones.Zone(origin)
	if zone == nil {
		return a.updated(updateRefused, rcodeNotAuth)
	}
	if p := a.view.Access.update(origin, a.client, a.key); p != allowed {
		a.because = p.refusal("update of this zone", a.key)
		return a.updated(updateRefused, rcodeRefused)
	}
	if rcode := a.enter(zone); rcode != rcodeNoError {
		return a.updated(updateRefused, rcode)
	}
	sections, ok := readUpdate(a.msg)
	if !ok {
		return a.updated(updateMalformed, rcodeFormErr)
	}
	if rcode := sections.unmet(zone); rcode != rcodeNoError {
		return a.updated(updateUnmet, rcode)
	}
	u := Update{Zone: origin, Key: a.key.Name, From: a.client}
	rcode, why := sections.prescan(zone, &u)
	if rcode == rcodeNoError && len(u.Changes) > 0 {
		rcode, why = a.do(u)
	}
	return a.concluded(u, rcode, why)
}

// do has an update done.
func (a *apart) do(u Update) (rcode int, why extendedError) {
	if a.server.OnUpdate == nil {
		return rcodeRefused, extendedError{extendedNotSupported, "no updates are taken here"}
	}
	if err := a.server.OnUpdate(u); err != nil {
		return rcodeRefused, extendedError{extendedOther, err.Error()}
	}
	return rcodeNoError, extendedError{}
}

// concluded counts what became of an update of who may, and tells of a refusal.
func (a *apart) concluded(u Update, rcode int, why extendedError) int {
	switch rcode {
	case rcodeNoError:
		a.reply.flags |= flagAA
		return a.updated(updateDone, rcode)
	case rcodeRefused:
		a.because = why
		if a.server.OnUpdateRefused != nil {
			a.server.OnUpdateRefused(u, why.text)
		}
		return a.updated(updateRefused, rcode)
	default:
		return a.updated(updateMalformed, rcode)
	}
}

func (a *apart) updated(result, rcode int) int {
	a.server.counts.updates[result].Add(1)
	return rcode
}

// prescan reads the update section (RFC 2136 3.4.1), and adds to the update what it wants.
//
//	record                                           then
//	outside the zone                                 NOTZONE
//	of a type that is no data, but ANY of class ANY  FORMERR
//	class IN                                         to be added
//	class ANY, without TTL and rdata                 all of the type, or of all, to be taken away
//	class NONE, without TTL                          to be taken away
//	any other                                        FORMERR
//
//	to be added, or taken away                       then
//	of a name that is none of a challenge            REFUSED
//	of a type that is not TXT, nor ANY               REFUSED
//	not one string of 1 to 255 octets                REFUSED
//	any other                                        in the update
func (s *updateSections) prescan(zone *zones.Zone, u *Update) (rcode int, why extendedError) {
	for _, r := range s.updates {
		if !zone.Contains(r.owner) {
			return rcodeNotZone, why
		}
		all := r.class == dns.ClassANY
		switch {
		case r.typ == typeANY && !all, isNoData(r.typ) && r.typ != typeANY:
			return rcodeFormErr, why
		case r.class == classIN:
		case all && r.ttl == 0 && r.rdata == "":
		case r.class == dns.ClassNONE && r.ttl == 0:
		default:
			return rcodeFormErr, why
		}
	}
	for _, r := range s.updates { // after the form of all: RFC 2136 3.4.1.3
		c := TokenChange{Name: r.owner, Remove: r.class != classIN}
		if why = r.refuses(); why.text != "" {
			return rcodeRefused, why
		}
		if r.class != dns.ClassANY {
			c.Token = r.rdata[1:]
		}
		u.Changes = append(u.Changes, c)
	}
	return rcodeNoError, why
}

// refuses says why a well-formed record of an update is not taken here; "": it is.
func (r *updateRecord) refuses() (why extendedError) {
	switch {
	case !strings.HasPrefix(string(r.owner), ChallengeLabel):
		why = extendedError{extendedNotSupported, fmt.Sprintf("%s: only _acme-challenge names can be updated here, all else stands in zone files", r.owner.Bare())}
	case r.typ != typeTXT && r.typ != typeANY:
		why = extendedError{extendedNotSupported, fmt.Sprintf("%s %s: only TXT can be updated here", r.owner.Bare(), zones.TypeName(r.typ))}
	case r.class != dns.ClassANY && (len(r.rdata) < 2 || int(r.rdata[0]) != len(r.rdata)-1):
		why = extendedError{extendedNotSupported, fmt.Sprintf("%s: a TXT record of one string is wanted, which is not empty", r.owner.Bare())}
	}
	return why
}

// isNoData holds for types that no record of a zone has (RFC 6895 3.1).
func isNoData(t uint16) bool { return t == 0 || t == typeOPT || t >= 128 && t <= 255 }
