package survey

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/miekg/dns"

	"leeward/zones/delegation"
)

// SystemResolvers are the resolvers of this host.
func SystemResolvers() []netip.AddrPort {
	conf, err := dns.ClientConfigFromFile("/etc/resolv.conf")
	if err != nil {
		return nil
	}
	var resolvers []netip.AddrPort
	for _, server := range conf.Servers {
		if addr, err := netip.ParseAddr(server); err == nil {
			resolvers = append(resolvers, netip.AddrPortFrom(addr.Unmap(), 53))
		}
	}
	return resolvers
}

// resolve asks the resolvers, one after the other until one answers. Else it says why there is no answer.
func (s *Survey) resolve(ctx context.Context, name string, rrtype uint16) (delegation.Reply, string) {
	why := "no resolver is configured"
	for _, resolver := range s.Resolvers {
		reply := s.exchange(ctx, resolver, plain(name, rrtype, true))
		switch {
		case reply.Msg == nil:
			why = fmt.Sprintf("the resolver %s gives no answer: %s", resolver.Addr(), reply.Err)
		case reply.Msg.Rcode != dns.RcodeSuccess && reply.Msg.Rcode != dns.RcodeNameError:
			why = fmt.Sprintf("the resolver %s answers %s", resolver.Addr(), dns.RcodeToString[reply.Msg.Rcode])
		default:
			return reply, ""
		}
	}
	return delegation.Reply{}, why
}

// lookUp finds the addresses of a name by a resolver, and whether it is an alias. Else it says why there are none.
func (s *Survey) lookUp(ctx context.Context, host string) (addrs []netip.Addr, alias, why string) {
	for _, rrtype := range []uint16{dns.TypeA, dns.TypeAAAA} {
		reply, failed := s.resolve(ctx, host, rrtype)
		if failed != "" {
			return addrs, alias, failed
		}
		for _, rr := range reply.Msg.Answer {
			if addr, ok := address(rr); ok {
				addrs = append(addrs, addr)
			}
			if cname, ok := rr.(*dns.CNAME); ok && dns.CanonicalName(cname.Hdr.Name) == host {
				alias = dns.CanonicalName(cname.Target)
			}
		}
	}
	if len(addrs) == 0 {
		why = "it has none"
	}
	return addrs, alias, why
}

// addresses asks one server for the addresses of a name.
func (s *Survey) addresses(ctx context.Context, server netip.AddrPort, host string) []netip.Addr {
	var addrs []netip.Addr
	for _, rrtype := range []uint16{dns.TypeA, dns.TypeAAAA} {
		for _, rr := range answered(s.exchange(ctx, server, plain(host, rrtype, false)), rrtype) {
			if addr, ok := address(rr); ok {
				addrs = append(addrs, addr)
			}
		}
	}
	return addrs
}

// address is that of an A or AAAA record.
func address(rr dns.RR) (netip.Addr, bool) {
	switch rr := rr.(type) {
	case *dns.A:
		return netip.AddrFromSlice(rr.A.To4())
	case *dns.AAAA:
		return netip.AddrFromSlice(rr.AAAA.To16())
	}
	return netip.Addr{}, false
}
