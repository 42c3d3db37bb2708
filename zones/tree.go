package zones

import (
	"cmp"
	"encoding/binary"
	"iter"
	"net/netip"
	"slices"

	"github.com/miekg/dns"

	"leeward/steering"
)

// growth is the making of a tree: everything a query would otherwise have to search.
type growth struct {
	zone    *Zone
	network *steering.Network
	shared  *sharing // with the version before; nil: nothing is shared
	room    *room
	addrs   []netip.Addr // of one RRset
	steered map[reachKey]*links

	policies policies

	lastName Name
	last     *Node // of that name, the last one that another was put below
}

// reachKey is the same for RRsets whose addresses lie in the same uplinks, in the same order, with the same policy.
type reachKey struct {
	policy *steering.Policy
	runs   string
}

// node is the node of a lower-case name, made if need be, together with the empty non-terminals above it.
func (g *growth) node(name Name) *Node {
	if n := g.zone.nodes.of(name); n != nil {
		return n
	}
	g.zone.depth = max(g.zone.depth, uint8(name.Labels()))
	n := g.room.node()
	if name != g.zone.origin {
		g.above(name).children++
	}
	g.make(name, n)
	return n
}

// above is the node right above a name, made if need be, which may be written to.
func (g *growth) above(name Name) *Node {
	parent := name.parent()
	if n := g.again(parent); n != nil {
		return n
	}
	g.node(parent)
	g.lastName, g.last = parent, g.own(parent)
	return g.last
}

// again is the node of a name if it is the one above that was found last, as it is for most names; else nil.
func (g *growth) again(name Name) *Node {
	if g.shared == nil && g.last != nil && name == g.lastName {
		return g.last
	}
	return nil
}

// put puts a node of this version to its name.
func (g *growth) put(name Name, n *Node) {
	g.unshare(name)
	g.zone.nodes.put(name, n)
	switch {
	case name == g.zone.origin:
		g.zone.apex = n
	case isWildcard(name):
		g.own(name.parent()).rarely().wildcard = n
	}
}

func isWildcard(name Name) bool { return name[0] == 1 && name[1] == '*' }

// ledTo says whether other nodes lead to the very RRset, which may get links of its own later.
func (g *growth) ledTo(s *RRset) bool {
	switch s.Type {
	case dns.TypeNS:
		return s.Owner.Lower() != g.zone.origin // a cut
	case dns.TypeSVCB, dns.TypeHTTPS:
		return true
	}
	return false
}

// plant puts an RRset to its node. The text is shared: one that will get links is copied, when it gets them or, where
// others lead to it, here.
func (g *growth) plant(s *RRset) {
	switch s.Type {
	case dns.TypeSOA:
		if g.zone.serial != g.zone.text.serial {
			s = withSerial(s, g.zone.serial)
		}
		g.zone.soa, g.zone.negative = s, negativeTTL(s)
	case dns.TypeNSEC3:
		return // its owner is no name of the zone (RFC 5155 section 7.2.8)
	}
	if s.Covers() == dns.TypeNSEC3 {
		return
	}
	if g.ledTo(s) {
		s = g.room.copy(s)
	}
	n := g.node(s.Owner.Lower())
	if n.sets == nil {
		n.one[0] = s
		n.sets = n.one[:]
		return
	}
	at, _ := slices.BinarySearchFunc(n.sets, s, func(a, b *RRset) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Covers(), b.Covers()))
	})
	if len(n.sets) == 1 {
		size := 2 // A and AAAA
		if n == g.zone.apex {
			size = 4
		}
		n.sets = append(g.room.list(size), n.sets...)
	}
	n.sets = slices.Insert(n.sets, at, s)
}

// finish does, once all RRsets are planted, what nodes have from others.
func (g *growth) finish(made iter.Seq2[Name, *Node]) {
	for name, n := range made {
		g.rule(name, n)
	}
	for _, n := range made {
		g.steer(n)
	}
	for _, n := range made {
		g.link(n)
	}
}

// rule finds what rules a node and what rules the names below it. The highest cut or DNAME wins.
//
//	ruled from above    has NS (not the apex)    has DNAME    node ruled by    below ruled by
//	yes                 any                      any          that             that
//	no                  yes                      any          its NS           its NS
//	no                  no                       yes          nothing          its DNAME
//	no                  no                       no           nothing          nothing
func (g *growth) rule(name Name, n *Node) {
	if n.settled {
		return
	}
	n.settled = true
	if n != g.zone.apex {
		parent := g.again(name.parent())
		if parent == nil {
			parent = g.zone.nodes.of(name.parent())
			g.lastName, g.last = name.parent(), parent
		}
		g.rule(name.parent(), parent)
		n.rule = parent.ruleBelow()
		if n.rule != nil {
			return
		}
		if ns := n.set(dns.TypeNS); ns != nil {
			n.rule, n.delegates = ns, true
			return
		}
	}
	n.redirects = n.set(dns.TypeDNAME) != nil
}

// rarely is what few nodes have, of one that nobody else has yet, to be set.
func (n *Node) rarely() *seldom {
	own := seldom{}
	if n.seldom != nil {
		own = *n.seldom
	}
	n.seldom = &own
	return n.seldom
}

func (n *Node) set(t uint16) *RRset {
	for _, s := range n.sets {
		if s.Type == t {
			return s
		}
	}
	return nil
}

// steer orders the addresses of a node by the uplinks they lie in, and notes where its hints do. Glue stays as it is (RFC
// 9471), and so does what is signed in the file: no signature there covers a part of an RRset, and a validator takes all or
// nothing.
func (g *growth) steer(n *Node) {
	if n.rule != nil || g.network == nil {
		return
	}
	for i, s := range n.sets {
		if s.isService() {
			g.hint(s)
		}
		if s.Type != dns.TypeA && s.Type != dns.TypeAAAA {
			continue
		}
		g.addrs = appendAddrs(g.addrs[:0], s)
		policy := g.policyOf(s)
		order, reach := g.network.Reach(g.addrs, policy)
		if reach == nil {
			continue
		}
		if s.Signatures() != nil {
			g.zone.whole = append(g.zone.whole, s)
			continue
		}
		ordered := make([]byte, 0, len(s.octets()))
		for _, at := range order {
			if at < s.Len() {
				ordered = appendRecord(ordered, s.RData(at))
			} else {
				ordered = appendRecord(ordered, policy.Fallback[at-s.Len()].AsSlice())
			}
		}
		n.sets[i] = &RRset{Owner: s.Owner, Type: s.Type, TTL: s.TTL, links: g.reached(reach), records: pack(ordered)}
		g.zone.steered++
	}
}

// policyOf is the policy that holds for an RRset, or nil.
func (g *growth) policyOf(s *RRset) *steering.Policy {
	if len(g.policies) == 0 {
		return nil
	}
	return g.policies.of(s.Owner.Lower(), g.zone.origin)
}

// reached is the links of a steered RRset. Most names of a zone have their addresses in the same uplinks, and share them: a
// query then finds them in the processor's cache.
func (g *growth) reached(reach *steering.Reach) *links {
	var key []byte
	for _, run := range reach.Runs() {
		key = binary.BigEndian.AppendUint16(key, uint16(run.Uplink))
		key = binary.BigEndian.AppendUint64(key, uint64(run.Service()))
		key = binary.BigEndian.AppendUint16(key, run.To)
	}
	key = binary.BigEndian.AppendUint16(key, reach.Fallback().To)
	key = binary.BigEndian.AppendUint16(key, uint16(reach.Outside()))
	if g.steered == nil {
		g.steered = map[reachKey]*links{}
	}
	l := g.steered[reachKey{reach.Policy(), string(key)}]
	if l == nil {
		l = &links{reach: reach}
		g.steered[reachKey{reach.Policy(), string(key)}] = l
	}
	return l
}

// link gives an RRset the addresses of the names in its rdata that a client asks for next, and makes referrals ready.
//
//	RRset               target lies                 its addresses are
//	NS of a cut         at or below that cut        Glue
//	NS                  below another cut           Additional (sibling glue)
//	NS, MX, SRV         in the zone's own data      Additional, but not the steered ones
//	SVCB, HTTPS         in the zone's own data      the same, and its RRset of that type (RFC 9460 section 4.1)
//	any                 elsewhere                   left out
func (g *growth) link(n *Node) {
	if n.rule != nil && !n.delegates {
		return
	}
	for i, s := range n.sets {
		var glue, additional []*RRset
		eachTarget(s, func(target []byte) {
			at := g.zone.nodes.find(target)
			switch {
			case at == nil:
			case s.Type == dns.TypeNS && at.rule == s:
				glue = at.addresses(glue)
			case at.rule == nil, s.Type == dns.TypeNS && at.rule.Type == dns.TypeNS:
				additional = at.services(s, at.addresses(additional))
			}
		})
		if len(additional) > 0 && !g.ledTo(s) {
			s = g.room.copy(s)
			n.sets[i] = s
		}
		if len(additional) > 0 {
			g.room.link(s).additional = append(g.room.list(len(additional)), additional...)
		}
		if n.delegates && s == n.rule {
			s.delegate(n.set(dns.TypeDS), glue)
		}
	}
}

// delegate makes an NS RRset that of a zone cut: with everything that a referral has in one piece of memory.
func (s *RRset) delegate(ds *RRset, glue []*RRset) {
	both := &struct {
		links
		cut
	}{*s.linked(), cut{ds: ds, glue: glue}}
	s.links, both.links.cut = &both.links, &both.cut
	both.referral = readied(s)
}

// addresses adds the unsteered addresses of the node to a list, once each.
func (n *Node) addresses(to []*RRset) []*RRset {
	for _, s := range n.sets {
		if (s.Type == dns.TypeA || s.Type == dns.TypeAAAA) && s.Reach() == nil && !slices.Contains(to, s) {
			to = append(to, s)
		}
	}
	return to
}

// services adds to a list what the node has of the type of an SVCB or HTTPS RRset that leads to it.
func (n *Node) services(from *RRset, to []*RRset) []*RRset {
	if !from.isService() {
		return to
	}
	if s := n.set(from.Type); s != nil && s != from && s.Hints() == nil && !slices.Contains(to, s) {
		to = append(to, s)
	}
	return to
}
