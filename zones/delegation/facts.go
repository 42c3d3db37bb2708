package delegation

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// Facts is what was found out about the delegation of a zone. All names are in lower case, with the last dot.
type Facts struct {
	Zone    string
	Now     time.Time               // when it was found out: signatures are held against it
	Parent  Parent                  // what the parent says
	Names   []Name                  // of the name servers, of the parent and of the zone itself
	Servers []Server                // one for each name and address
	Colo    func(netip.Addr) string // the colo in which an address lies, "" for none; nil: no colos are configured
}

// Parent is what the parent zone says of the delegation.
type Parent struct {
	Asked  bool                    // false: the zone is judged as if the parent knew nothing of it
	Server string                  // who was asked
	Err    string                  // why nothing is known, "" if something is
	NS     []string                // none: the parent does not delegate the zone
	Glue   map[string][]netip.Addr // by name of the name server
	DS     []*dns.DS
}

// Name is the name of a name server.
type Name struct {
	Host      string
	Delegated bool         // the parent lists it, or is meant to
	Addrs     []netip.Addr // none: not found
	Alias     string       // the target of a CNAME where addresses should be
	Err       string       // why there are no addresses
}

// Server is one address of a name server.
type Server struct {
	Host    string
	Addr    netip.AddrPort
	Away    string           // why this host cannot send to the address at all: it has no IPv6, say
	Replies map[string]Reply // by name of the query
}

// Reply is what came of a query.
type Reply struct {
	Msg  *dns.Msg       // nil: nothing that answers it. Of a truncated one, what TCP gave
	From netip.AddrPort // who sent it, for UDP
	Err  string         // why there is no message
}

// String names the server in a finding.
func (s *Server) String() string {
	addr := s.Addr.Addr().String()
	if s.Addr.Port() != 53 {
		addr = s.Addr.String()
	}
	return strings.TrimSuffix(s.Host, ".") + " " + addr
}

// answer is the records of a type that a server gave with authority to a query.
func (s *Server) answer(query string, rrtype uint16) []dns.RR {
	m := s.Replies[query].Msg
	if m == nil || m.Rcode != dns.RcodeSuccess || !m.Authoritative {
		return nil
	}
	var records []dns.RR
	for _, rr := range m.Answer {
		if rr.Header().Rrtype == rrtype {
			records = append(records, rr)
		}
	}
	return records
}

// soa is the SOA record of the zone as the server gives it, nil if it gives none.
func (s *Server) soa(zone string) *dns.SOA {
	for _, query := range []string{askSOA, askSOATCP} {
		for _, rr := range s.answer(query, dns.TypeSOA) {
			if dns.CanonicalName(rr.Header().Name) == zone {
				return rr.(*dns.SOA)
			}
		}
	}
	return nil
}

// ns is the NS set of the zone as the server gives it, sorted.
func (s *Server) ns() []string {
	var hosts []string
	for _, rr := range s.answer(askNS, dns.TypeNS) {
		hosts = append(hosts, dns.CanonicalName(rr.(*dns.NS).Ns))
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

// addresses are those that the server gives a name server in the zone with authority, sorted.
func (s *Server) addresses(host string) []netip.Addr {
	var addrs []netip.Addr
	for _, rr := range s.answer(AskAddress(host, dns.TypeA), dns.TypeA) {
		if addr, ok := netip.AddrFromSlice(rr.(*dns.A).A.To4()); ok {
			addrs = append(addrs, addr)
		}
	}
	for _, rr := range s.answer(AskAddress(host, dns.TypeAAAA), dns.TypeAAAA) {
		if addr, ok := netip.AddrFromSlice(rr.(*dns.AAAA).AAAA.To16()); ok {
			addrs = append(addrs, addr)
		}
	}
	return sorted(addrs)
}

// Addresses are those that any server of the zone gives a name server in the zone.
func (f *Facts) Addresses(host string) []netip.Addr {
	var addrs []netip.Addr
	for i := range f.Servers {
		addrs = append(addrs, f.Servers[i].addresses(host)...)
	}
	return sorted(addrs)
}

// NS is the NS set of the zone as its servers give it, all together, sorted.
func (f *Facts) NS() []string {
	var hosts []string
	for i := range f.Servers {
		hosts = append(hosts, f.Servers[i].ns()...)
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

// Inside says whether a name server lies in the zone, so that the parent must publish its addresses.
func (f *Facts) Inside(host string) bool { return dns.IsSubDomain(f.Zone, host) }

// Delegated are the names that the parent lists, or is meant to.
func (f *Facts) Delegated() []Name {
	return slices.DeleteFunc(slices.Clone(f.Names), func(n Name) bool { return !n.Delegated })
}

func sorted(addrs []netip.Addr) []netip.Addr {
	addrs = slices.Clone(addrs)
	slices.SortFunc(addrs, netip.Addr.Compare)
	return slices.Compact(addrs)
}
