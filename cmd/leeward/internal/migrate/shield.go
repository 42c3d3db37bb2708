package migrate

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"leeward/steering"
)

// shield gives names whose addresses the peer answers as they are written the policy none, where Leeward would steer them
// otherwise: because the addresses lie in several colos, or because a name above has a policy. Names that are steered get
// one of their own wherever they would have one from above. A policy that Leeward could never follow is taken out.
func (s *Site) shield(z *Zone, policies map[string]string, net *steering.Network) {
	all := z.addresses()
	owners := slices.SortedFunc(maps.Keys(all), func(a, b string) int { // names above come first
		return cmp.Or(cmp.Compare(dns.CountLabel(a), dns.CountLabel(b)), strings.Compare(a, b))
	})
	for _, owner := range owners {
		addrs, w := all[owner], z.wants[owner]
		if z.cut(owner) {
			continue // glue is never steered
		}
		for _, family := range addrs {
			if len(family) == 0 {
				continue
			}
			inherited := z.above(policies, owner)
			switch {
			case (w == nil || w.Kind == steering.PolicyNone) && policies[owner] == "" && steered(net, inherited, family):
				policies[owner] = "v=steer1; policy=none"
			case w != nil && policies[owner] == "" && inherited != "":
				policies[owner] = "v=steer1; policy=" + w.Kind.String()
				if w.Kind == steering.PolicyFailover || w.Kind == steering.PolicyWeighted {
					policies[owner] = "v=steer1; policy=all" // it lies in one colo
				}
			case w != nil && impossible(net, policies[owner], family):
				s.Lose(w.At, z.Relative(owner)+": "+w.Was, "some addresses of the name are not among those that it chooses from",
					"Leeward has one policy for A and AAAA of a name: write its _steer record by hand")
				delete(policies, owner)
			}
		}
	}
}

// addresses are the addresses of each owner, of IPv4 and of IPv6.
func (z *Zone) addresses() map[string]*[2][]netip.Addr {
	all := map[string]*[2][]netip.Addr{}
	for _, e := range z.entries {
		addr, ok := addrOf(e.record)
		if !ok {
			continue
		}
		owner := strings.ToLower(e.record.Header().Name)
		if all[owner] == nil {
			all[owner] = &[2][]netip.Addr{}
		}
		family := 0
		if e.record.Header().Rrtype == dns.TypeAAAA {
			family = 1
		}
		all[owner][family] = append(all[owner][family], addr)
	}
	return all
}

// cut says whether a name lies at or below a zone cut.
func (z *Zone) cut(owner string) bool {
	for name := owner; name != strings.ToLower(z.Origin); {
		if slices.Contains(z.owners[name], dns.TypeNS) {
			return true
		}
		next, end := dns.NextLabel(name, 0)
		if end {
			return false
		}
		name = name[next:]
	}
	return false
}

// above is the policy of the nearest name above, "" if there is none.
func (z *Zone) above(policies map[string]string, owner string) string {
	for name := owner; name != strings.ToLower(z.Origin); {
		next, end := dns.NextLabel(name, 0)
		if end {
			return ""
		}
		name = name[next:]
		if policies[name] != "" {
			return policies[name]
		}
	}
	return ""
}

// steered says whether addresses would be answered otherwise than they are written.
func steered(net *steering.Network, text string, addrs []netip.Addr) bool {
	_, plain := net.Reach(addrs, nil)
	if text == "" {
		return plain != nil
	}
	p, err := steering.ParsePolicy(text, net)
	if err != nil || p == nil || p.Kind == steering.PolicyNone {
		return false
	}
	_, reach := net.Reach(addrs, p)
	return plain != nil || reach != nil
}

// impossible says whether a policy could never give one of the addresses.
func impossible(net *steering.Network, text string, addrs []netip.Addr) bool {
	if text == "" {
		return false
	}
	p, err := steering.ParsePolicy(text, net)
	if err != nil || p == nil || p.Kind == steering.PolicyNone {
		return false
	}
	_, plain := net.Reach(addrs, nil)
	_, reach := net.Reach(addrs, p)
	return plain != nil && reach == nil
}

// netsText is the nets file, "" without nets. Nets whose colos have no address that anything is answered with are noted.
func (s *Site) netsText(net *steering.Network) string {
	var b strings.Builder
	for _, line := range s.Nets {
		var colos []string
		for _, name := range line.Colos {
			if _, ok := net.Colo(name); ok {
				colos = append(colos, name)
			}
		}
		if len(colos) == 0 {
			s.Lose(line.At, fmt.Sprintf("nets: %s => %s", line.Prefix, strings.Join(line.Colos, ", ")),
				"no name has addresses there", "nothing is lost")
			continue
		}
		fmt.Fprintf(&b, "%-18s %s\n", line.Prefix, strings.Join(colos, " "))
	}
	if b.Len() == 0 {
		return ""
	}
	return "# Made by leeward import " + s.Peer + ": clients in a prefix get these colos first, in this order.\n" + b.String()
}
