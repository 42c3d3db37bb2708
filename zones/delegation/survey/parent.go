package survey

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/miekg/dns"

	"leeward/zones/delegation"
)

// parent asks servers of the parent zone, one after the other until one answers, for the delegation and the DS.
func (s *Survey) parent(ctx context.Context) delegation.Parent {
	p := delegation.Parent{Asked: true}
	at := s.Parent
	if len(at) == 0 {
		at, p.Err = s.findParent(ctx)
	}
	for _, server := range at {
		p = delegation.Parent{Asked: true, Server: server.Addr().String()}
		reply := s.exchange(ctx, server, plain(s.Zone, dns.TypeNS, false).SetEdns0(1232, false))
		if reply.Msg == nil {
			p.Err = fmt.Sprintf("%s gives no answer: %s", server, reply.Err)
			continue
		}
		s.read(&p, reply.Msg)
		if p.Err == "" {
			s.readDS(ctx, &p, server)
			return p
		}
	}
	return p
}

// read takes the delegation from an answer of the parent to the question for the NS set.
//
//	answer                                       the delegation
//	NS of the zone in the authority section      these, with the addresses in the additional section
//	NXDOMAIN, or NODATA, with authority          none
//	NS of the zone with authority                not known: the server has the zone itself too
//	any other                                    not known
func (s *Survey) read(p *delegation.Parent, m *dns.Msg) {
	var hosts []string
	for _, rr := range m.Ns {
		if ns, ok := rr.(*dns.NS); ok && dns.CanonicalName(ns.Hdr.Name) == s.Zone {
			hosts = append(hosts, dns.CanonicalName(ns.Ns))
		}
	}
	switch {
	case m.Authoritative && len(m.Answer) > 0:
		p.Err = fmt.Sprintf("%s serves the zone itself too, and shows no delegation of it", p.Server)
	case len(hosts) > 0 && !m.Authoritative:
		p.NS, p.Glue = hosts, map[string][]netip.Addr{}
		for _, rr := range m.Extra {
			if addr, ok := address(rr); ok {
				host := dns.CanonicalName(rr.Header().Name)
				p.Glue[host] = append(p.Glue[host], addr)
			}
		}
	case m.Authoritative && (m.Rcode == dns.RcodeNameError || m.Rcode == dns.RcodeSuccess):
	default:
		p.Err = fmt.Sprintf("%s does not serve it (%s)", p.Server, dns.RcodeToString[m.Rcode])
	}
}

func (s *Survey) readDS(ctx context.Context, p *delegation.Parent, server netip.AddrPort) {
	for _, rr := range answered(s.exchange(ctx, server, plain(s.Zone, dns.TypeDS, false).SetEdns0(1232, true)), dns.TypeDS) {
		p.DS = append(p.DS, rr.(*dns.DS))
	}
}

// findParent looks up the servers of the zone above: of the nearest name above that has a SOA record.
func (s *Survey) findParent(ctx context.Context) ([]netip.AddrPort, string) {
	for at := s.Zone; at != "."; {
		next, end := dns.NextLabel(at, 0)
		if at = at[next:]; end || at == "" {
			at = "."
		}
		reply, why := s.resolve(ctx, at, dns.TypeSOA)
		if why != "" {
			return nil, why
		}
		if len(answered(reply, dns.TypeSOA)) == 0 {
			continue
		}
		hosts, why := s.resolve(ctx, at, dns.TypeNS)
		if why != "" {
			return nil, why
		}
		var servers []netip.AddrPort
		const most = 2 // a parent has many, and they all say the same
		listed := answered(hosts, dns.TypeNS)
		for _, rr := range listed[:min(most, len(listed))] {
			addrs, _, _ := s.lookUp(ctx, dns.CanonicalName(rr.(*dns.NS).Ns))
			for _, addr := range addrs {
				servers = append(servers, netip.AddrPortFrom(addr, 53))
			}
		}
		return servers, fmt.Sprintf("no address of a server of %s was found", at)
	}
	return nil, "no zone was found above it"
}
