package zones

import (
	"fmt"
	"maps"
	"net/netip"
	"strings"

	"github.com/miekg/dns"

	"leeward/steering"
)

// steerLabel is the label of the TXT records that say how the names below are steered, underscored as all such are (RFC 8552):
// that of the nearest at or above a name, in its zone, holds.
const steerLabel = "\x06_steer"

// isSteer says whether an RRset is a policy, and for which name it is, and for those below.
func (s *RRset) isSteer() (below Name, is bool) {
	if s.Type != dns.TypeTXT || len(s.Owner) <= len(steerLabel) || !strings.EqualFold(string(s.Owner[:len(steerLabel)]), steerLabel) {
		return "", false
	}
	return s.Owner.Lower().parent(), true
}

// policies are the policies of a text, by the name at and below which they hold. A policy of nil is that of a network
// without colos.
type policies map[Name]*steering.Policy

// of is the policy that holds for a name in lower case, and for which name it was given; nil if none does.
func (p policies) of(name, origin Name) *steering.Policy {
	if len(p) == 0 {
		return nil
	}
	for ; ; name = name.parent() {
		if policy, given := p[name]; given {
			return policy
		}
		if name == origin {
			return nil
		}
	}
}

// check says whether any of them has check=.
func (p policies) check() bool {
	for _, policy := range p {
		if policy != nil && policy.Check != "" {
			return true
		}
	}
	return false
}

// policies reads all policies of a text for a network. Those that cannot be read are left out, with an error for each.
func (t *text) policies(n *steering.Network) (all policies, errs []*policyError) {
	for _, s := range t.sets {
		below, is := s.isSteer()
		if !is {
			continue
		}
		policy, err := steering.ParsePolicy(strings.Join(textOf(s.RData(0)), ""), n)
		if s.Len() > 1 {
			err = fmt.Errorf("%d records, and only one can hold", s.Len())
		}
		if err != nil {
			errs = append(errs, &policyError{s, err})
			continue
		}
		if all == nil {
			all = policies{}
		}
		all[below] = policy
	}
	return all, errs
}

// steeredBy are some owners, and the names whose policies are theirs; all says that one is the whole zone's.
func (z *Zone) steeredBy(owners map[Name]bool) (names map[Name]bool, all bool) {
	names = owners
	for owner := range owners {
		if !strings.HasPrefix(string(owner), steerLabel) {
			continue
		}
		if owner.parent() == z.origin {
			return owners, true
		}
		if len(names) == len(owners) {
			names = maps.Clone(owners)
		}
		names[owner.parent()] = true
	}
	return names, false
}

// maxServices is how many addresses in a zone may have check=.
const maxServices = 1000

// policyError is what is wrong with a policy.
type policyError struct {
	set *RRset
	err error
}

// textOf are the strings of TXT rdata.
func textOf(rdata []byte) (parts []string) {
	for len(rdata) > 0 {
		end := 1 + int(rdata[0])
		parts = append(parts, string(rdata[1:end]))
		rdata = rdata[end:]
	}
	return parts
}

// steers refuses policies that cannot be read, and such as could never give any address that a name has.
func (r *reading) steers(t *text, n *steering.Network) error {
	all, errs := t.policies(n)
	if len(errs) > 0 {
		first := errs[0]
		return r.named(&fault{r.placeOf(first.set), first.set.Owner.relative(r.origin), first.err.Error()})
	}
	if len(all) == 0 {
		return nil
	}
	var addrs []netip.Addr
	probed := map[steering.TargetID]bool{}
	hiding := map[Name]*steering.Policy{} // names that may be given as a CNAME
	for _, s := range t.sets {
		if s.Type != dns.TypeA && s.Type != dns.TypeAAAA {
			continue
		}
		p := all.of(s.Owner.Lower(), t.origin)
		if p == nil || p.Kind == steering.PolicyNone {
			continue
		}
		addrs = appendAddrs(addrs[:0], s)
		_, with := n.Reach(addrs, p)
		if _, without := n.Reach(addrs, nil); with == nil && without != nil {
			return r.named(&fault{r.placeOf(s), s.Owner.relative(r.origin),
				fmt.Sprintf("none of its %s addresses lies in a colo that its policy uses: %s", TypeName(s.Type), p.Text)})
		}
		for _, service := range with.Services() {
			probed[service.ID] = true
		}
		if len(probed) > maxServices {
			return r.named(&fault{r.placeOf(s), s.Owner.relative(r.origin), fmt.Sprintf("check=%s is for more than %d addresses: "+
				"each would be probed by many nodes every second; a _steer of their own says for which it is needed", p.Check, maxServices)})
		}
		if with != nil && p.FallbackName != nil {
			hiding[s.Owner.Lower()] = p
		}
		if with != nil && Name(p.FallbackName) == s.Owner.Lower() {
			return r.named(&fault{r.placeOf(s), s.Owner.relative(r.origin), "its fallback is the name itself: " + p.Text})
		}
	}
	return r.alone(t, n, hiding)
}

// alone refuses a name in the place of addresses where other data stands beside them: it is given as a CNAME, which would hide
// that data in caches (RFC 1034 section 3.6.2).
func (r *reading) alone(t *text, n *steering.Network, hiding map[Name]*steering.Policy) error {
	if len(hiding) == 0 {
		return nil
	}
	for _, s := range t.sets {
		p := hiding[s.Owner.Lower()]
		if p == nil || s.Type == dns.TypeRRSIG || s.Type == dns.TypeNSEC {
			continue
		}
		if s.Type == dns.TypeA || s.Type == dns.TypeAAAA {
			if _, steered := n.Reach(appendAddrs(nil, s), p); steered != nil {
				continue // it is given so, too
			}
		}
		return r.named(&fault{r.placeOf(s), s.Owner.relative(r.origin), fmt.Sprintf(
			"a fallback that is a name is given as a CNAME, which %s cannot stand beside: give it addresses, or a _steer of its own: %s",
			TypeName(s.Type), p.Text)})
	}
	return nil
}

// placeOf is where the first record of an RRset stands.
func (r *reading) placeOf(s *RRset) place { return r.keys.find(s.Owner, s.Type, s.Covers()).at }

// appendAddrs appends the addresses of an A or AAAA RRset.
func appendAddrs(to []netip.Addr, s *RRset) []netip.Addr {
	for rdata := range s.All() {
		addr, _ := netip.AddrFromSlice(rdata) // 4 or 16 octets, checked when it was read
		to = append(to, addr)
	}
	return to
}

// judgePolicies notes what of the policies of the version in service another network does not have. Its file stays as it is,
// and what is wrong may be the network.
func (st *state) judgePolicies(n *steering.Network) {
	if st.err() != nil && !st.astray {
		return
	}
	_, errs := st.zone.text.policies(n)
	st.astray = len(errs) > 0
	st.setErr(nil)
	if st.astray {
		st.setErr(fmt.Errorf("zone %s: %s: %w: until this is mended, the names that it is for are steered to the nearest colo",
			st.id.origin.Bare(), errs[0].set.Owner.relative(st.id.origin), errs[0].err))
	}
}
