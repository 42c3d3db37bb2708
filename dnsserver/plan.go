package dnsserver

import (
	"iter"

	"leeward/zones"
)

// plan is what a transfer gives.
type plan struct {
	zone   *zones.Zone
	change *zones.Change // what changed since the client's version; nil: the whole zone
	alone  bool          // the SOA says all
}

// plan decides on the answer to a transfer query (RFC 5936, RFC 1995).
//
//	no zone served has that origin                          NOTAUTH
//	not to who asks                                         REFUSED
//	the zone has nothing                                    SERVFAIL
//	AXFR over UDP                                           FORMERR, as BIND says; NSD and Knot say NOTIMP (RFC 5936 4.2)
//	AXFR                                                    the whole zone
//	IXFR that does not say of which serial                  FORMERR
//	IXFR of the serial served, or one ahead of it           the SOA alone (RFC 1995 2)
//	IXFR of a serial whose change is known, and smaller     the change
//	     than the zone
//	any other IXFR, over UDP                                the SOA alone: ask over TCP (RFC 1995 2)
//	any other IXFR                                          the whole zone
func (a *apart) plan() (p plan, rcode int) {
	q := &a.query
	origin := zones.Name(q.name).Lower()
	zone := a.view.Zones.Zone(origin)
	if zone == nil {
		return p, rcodeNotAuth
	}
	if permission := a.view.Access.transfer(origin, a.client, a.key); permission != allowed {
		a.because = permission.refusal("transfer of this zone", a.key)
		return p, rcodeRefused
	}
	if rcode := a.enter(zone); rcode != rcodeNoError {
		return p, rcode
	}
	p.zone = zone
	if q.qtype == typeAXFR {
		if a.transport == UDP {
			return p, rcodeFormErr
		}
		return p, rcodeNoError
	}
	serial, ok := serialIn(a.msg, authoritySection)
	if !ok {
		return p, rcodeFormErr
	}
	p.since(serial)
	p.alone = p.alone || p.change == nil && a.transport == UDP
	return p, rcodeNoError
}

// since decides between the rows of an IXFR.
func (p *plan) since(serial uint32) {
	if int32(serial-p.zone.Serial()) >= 0 { // RFC 1982
		p.alone = true
		return
	}
	if change, ok := p.zone.Since(serial); ok && len(change.Removed)+len(change.Added) < p.zone.Records() {
		p.change = change
	}
}

// records are those of the answer, in order: the whole zone between its SOA and its SOA (RFC 5936 2.2), or what was
// removed and what was added, each behind the SOA of its version, between the new SOA and the new SOA (RFC 1995 4).
func (p *plan) records() iter.Seq[zones.Record] {
	return func(yield func(zones.Record) bool) {
		switch c := p.change; {
		case p.alone:
			yield(p.soa())
		case c == nil:
			for r := range p.zone.All() {
				if !yield(r) {
					return
				}
			}
			yield(p.soa())
		default:
			_ = yield(c.After) && yieldAll(c.Before, c.Removed, yield) && yieldAll(c.After, c.Added, yield) && yield(c.After)
		}
	}
}

func yieldAll(soa zones.Record, list []zones.Record, yield func(zones.Record) bool) bool {
	if !yield(soa) {
		return false
	}
	for i := range list {
		if !yield(list[i]) {
			return false
		}
	}
	return true
}

// soa is the SOA that is served.
func (p *plan) soa() (soa zones.Record) {
	for r := range p.zone.All() {
		return r
	}
	return soa
}
