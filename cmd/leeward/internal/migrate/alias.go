package migrate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// Alias adds an ALIAS record: the addresses of another name. It is written where that name lies in a zone of the site, else
// noted.
func (z *Zone) Alias(rr *dns.CNAME, at Place) {
	z.add(entry{record: rr, at: at, alias: true})
}

// alias writes an ALIAS record, if its target is served here: Leeward asks nobody else for addresses.
func (s *Site) alias(b *strings.Builder, z *Zone, e entry) {
	h, target := e.record.Header(), e.record.(*dns.CNAME).Target
	if !slices.ContainsFunc(s.Zones, func(z *Zone) bool { return dns.IsSubDomain(z.Origin, target) }) {
		s.Lose(e.at, z.Relative(h.Name)+": ALIAS "+target, "the name has the addresses of that one, for which a resolver is asked",
			"Leeward takes them from zones that it serves: write them, serve the zone of that name, or a CNAME where nothing else stands at the name")
		return
	}
	fmt.Fprintf(b, "%-15s %5d IN ALIAS %s\n", z.Relative(h.Name), h.Ttl, target)
}
