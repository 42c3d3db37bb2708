package zones

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/miekg/dns"

	"leeward/steering"
)

// maxWarnings is how many warnings of one zone are kept.
const maxWarnings = 100

// advise warns of what is served as written and yet cannot work: name servers, mail exchangers and services of this
// zone that have no address, and addresses that are never given. It returns all warnings of the reading.
//
//	RRset          target in the zone           warning
//	NS of a cut    at or below that cut         when it has no address: the referral lacks glue
//	any            below a cut or a DNAME       none: another zone knows
//	any            has a CNAME                  an alias is not allowed (RFC 2181 section 10.3, RFC 2782)
//	any            has no address               no address
//	ALIAS          as AliasEnd says             it can never be answered with an address
//	A, AAAA        (steered)                    addresses in no uplink; or a signature, which keeps it from being steered
func (r *reading) advise(zone *Zone) []Warning {
	for _, g := range r.keys.sets {
		switch g.set.Type {
		case dns.TypeA, dns.TypeAAAA:
			r.adviseSteered(zone, g)
			continue
		case TypeALIAS:
			if _, fault := zone.AliasEnd(g.set); fault != "" {
				r.warn(g.at, "%q: the ALIAS %s", g.set.Owner.relative(r.origin), fault)
			}
			continue
		case dns.TypeNS, dns.TypeMX, dns.TypeSRV:
		default:
			continue
		}
		node := zone.nodes.of(g.set.Owner.Lower())
		if node.rule != nil && !node.delegates {
			continue
		}
		set := node.set(g.set.Type)
		eachTarget(set, func(target []byte) {
			if !within(target, r.origin) {
				return
			}
			if fault := zone.faultOf(target, set); fault != "" {
				r.warn(g.at, "%q: the target %s of its %s %s",
					g.set.Owner.relative(r.origin), Name(target).relative(r.origin), TypeName(g.set.Type), fault)
			}
		})
	}
	if more := len(r.warnings) - maxWarnings; more > 0 {
		return append(r.warnings[:maxWarnings:maxWarnings], Warning{Text: fmt.Sprintf("%d more warnings", more)})
	}
	return r.warnings
}

// adviseSteered warns of addresses of a steered RRset that no uplink reaches: most likely a typing error.
func (r *reading) adviseSteered(zone *Zone, g *gathering) {
	set := zone.nodes.of(g.set.Owner.Lower()).set(g.set.Type)
	if slices.Contains(zone.whole, set) {
		r.warn(g.at, "%q: the RRset of type %s is signed in the file: it is given whole and not steered",
			g.set.Owner.relative(r.origin), TypeName(g.set.Type))
	}
	if set.Reach() == nil {
		return
	}
	for i := set.Len() - set.Reach().Outside(); i < set.Len(); i++ {
		addr, _ := netip.AddrFromSlice(set.RData(i))
		if zone.network.UplinkOf(addr) != steering.NoUplink {
			continue // in a colo that its policy leaves out
		}
		r.warn(g.at, "%q: %s lies in no uplink and is never given, while the other addresses are steered",
			g.set.Owner.relative(r.origin), addr)
	}
}

// faultOf says what keeps a target from being reached, "" for nothing.
func (z *Zone) faultOf(target []byte, set *RRset) string {
	found := z.Lookup(target, dns.TypeA)
	switch {
	case found.Kind == Referral && found.Set == set:
		if at := z.nodes.find(target); at == nil || len(at.addresses(nil)) == 0 {
			return "is at or below the cut and has no glue"
		}
	case found.Kind == CNAME:
		return "is a CNAME"
	case found.Kind == NXDomain, found.Kind == NoData && z.Lookup(target, dns.TypeAAAA).Kind != Answer:
		return "has no address"
	}
	return ""
}
