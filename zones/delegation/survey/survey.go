package survey

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/miekg/dns"

	"leeward/zones/delegation"
)

// The bounds of a survey.
const (
	tries   = 2 // over UDP
	atOnce  = 4 // queries to one server
	longest = 40 * time.Second
)

// Survey says of which delegation the facts are wanted, and what is known beforehand. Names are in lower case, with
// the last dot.
type Survey struct {
	Zone        string
	Known       map[string][]netip.AddrPort // addresses of name servers that are not to be looked up
	Listed      map[string][]netip.Addr     // name servers as a zone file lists them, if nobody else names any
	Parent      []netip.AddrPort            // servers of the parent zone; none: looked up
	Undelegated bool                        // do not ask the parent
	Resolvers   []netip.AddrPort            // who looks things up
	Colo        func(netip.Addr) string     // as delegation.Facts has it
	Patience    time.Duration               // for one answer; it must be given
}

// ErrNobody says that no name server of the zone is known.
var ErrNobody = errors.New("no name server is known")

// Run asks everybody, servers side by side. It ends in well under a minute also when none of them lives.
func (s *Survey) Run(ctx context.Context) (*delegation.Facts, error) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	facts := &delegation.Facts{Zone: s.Zone, Now: time.Now(), Colo: s.Colo}
	if !s.Undelegated && s.Zone != "." {
		facts.Parent = s.parent(ctx)
	}
	delegated := facts.Parent.NS
	if len(delegated) == 0 {
		delegated = slices.Sorted(maps.Keys(s.Known))
	}
	if len(delegated) == 0 {
		delegated = slices.Sorted(maps.Keys(s.Listed))
	}
	if len(delegated) == 0 {
		why := "its parent does not delegate it"
		if s.Undelegated {
			why = "none is given"
		} else if facts.Parent.Err != "" {
			why = "its parent is not known: " + facts.Parent.Err
		}
		return nil, fmt.Errorf("%w of %s: %s", ErrNobody, s.Zone, why)
	}
	facts.Names = s.names(ctx, facts, delegated, true)
	more := slices.DeleteFunc(s.children(ctx, facts), func(host string) bool { return slices.Contains(delegated, host) })
	facts.Names = append(facts.Names, s.names(ctx, facts, more, false)...)
	s.complete(ctx, facts)
	facts.Servers = s.servers(facts)
	var inside []string
	for _, n := range facts.Names {
		if facts.Inside(n.Host) {
			inside = append(inside, n.Host)
		}
	}
	var all sync.WaitGroup
	for i := range facts.Servers {
		all.Go(func() { s.ask(ctx, &facts.Servers[i], inside) })
	}
	all.Wait()
	aliases(facts)
	return facts, nil
}

// names are name servers, looked up side by side.
func (s *Survey) names(ctx context.Context, facts *delegation.Facts, hosts []string, delegated bool) []delegation.Name {
	names := make([]delegation.Name, len(hosts))
	var all sync.WaitGroup
	for i, host := range hosts {
		all.Go(func() {
			names[i] = s.name(ctx, facts, host)
			names[i].Delegated = delegated
		})
	}
	all.Wait()
	return names
}

// name is a name server with the addresses that are known before any server is asked.
//
//	address is          the name lies    taken from
//	given               anywhere         what is given
//	not given           in the zone      the parent's glue, else the zone file
//	not given           elsewhere        a resolver
func (s *Survey) name(ctx context.Context, facts *delegation.Facts, host string) delegation.Name {
	n := delegation.Name{Host: host}
	if known := s.Known[host]; len(known) > 0 {
		for _, at := range known {
			n.Addrs = append(n.Addrs, at.Addr())
		}
		return n
	}
	if !facts.Inside(host) {
		n.Addrs, n.Alias, n.Err = s.lookUp(ctx, host)
		return n
	}
	n.Addrs = facts.Parent.Glue[host]
	if len(n.Addrs) == 0 {
		n.Addrs = s.Listed[host]
	}
	if len(n.Addrs) == 0 {
		n.Err = "it lies in the zone, and no server of the zone gives one"
	}
	return n
}

// servers are all addresses of all names.
func (s *Survey) servers(facts *delegation.Facts) []delegation.Server {
	var servers []delegation.Server
	for _, n := range facts.Names {
		addrs := s.Known[n.Host]
		if len(addrs) == 0 {
			for _, addr := range n.Addrs {
				addrs = append(addrs, netip.AddrPortFrom(addr, 53))
			}
		}
		for _, addr := range addrs {
			servers = append(servers, delegation.Server{Host: n.Host, Addr: addr, Replies: map[string]delegation.Reply{}})
		}
	}
	return servers
}

// children asks the servers that are known so far for the NS set of the zone: it may name more of them.
func (s *Survey) children(ctx context.Context, facts *delegation.Facts) []string {
	servers := s.servers(facts)
	found := make([][]string, len(servers))
	var all sync.WaitGroup
	for i := range servers {
		all.Go(func() {
			for _, rr := range answered(s.exchange(ctx, servers[i].Addr, plain(s.Zone, dns.TypeNS, false)), dns.TypeNS) {
				found[i] = append(found[i], dns.CanonicalName(rr.(*dns.NS).Ns))
			}
		})
	}
	all.Wait()
	hosts := slices.Concat(found...)
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

// complete asks the servers for the addresses of those in the zone of which none is known.
func (s *Survey) complete(ctx context.Context, facts *delegation.Facts) {
	servers := s.servers(facts)
	var all sync.WaitGroup
	for i := range facts.Names {
		n := &facts.Names[i]
		if len(n.Addrs) > 0 || !facts.Inside(n.Host) {
			continue
		}
		all.Go(func() {
			for _, server := range servers {
				if n.Addrs = s.addresses(ctx, server.Addr, n.Host); len(n.Addrs) > 0 {
					return
				}
			}
		})
	}
	all.Wait()
}

// aliases marks the names that have a CNAME by the word of a server of the zone.
func aliases(facts *delegation.Facts) {
	for i := range facts.Names {
		n := &facts.Names[i]
		for _, server := range facts.Servers {
			for _, rr := range answered(server.Replies[delegation.AskAddress(n.Host, dns.TypeA)], dns.TypeCNAME) {
				if dns.CanonicalName(rr.Header().Name) == n.Host {
					n.Alias = dns.CanonicalName(rr.(*dns.CNAME).Target)
				}
			}
		}
	}
}
