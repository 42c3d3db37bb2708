package zones

import (
	"cmp"
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
	free    free
}

// node is the node of a lower-case name, made if need be, together with the empty non-terminals above it.
func (g *growth) node(name Name) *Node {
	if n := g.zone.nodes.of(name); n != nil {
		return n
	}
	g.zone.depth = max(g.zone.depth, name.Labels())
	n := one(&g.free.nodes, g.free.piece)
	if name != g.zone.origin {
		g.node(name.parent())
		g.own(name.parent()).children++
	}
	g.make(name, n)
	return n
}

// put puts a node of this version to its name.
func (g *growth) put(name Name, n *Node) {
	g.zone.nodes.shards[g.place(name)][string(name)] = n
	switch {
	case name == g.zone.origin:
		g.zone.apex = n
	case isWildcard(name):
		g.own(name.parent()).wildcard = n
	}
}

func isWildcard(name Name) bool { return name[0] == 1 && name[1] == '*' }

// plant puts an RRset to its node. Those that will get links are copied, because the text is shared.
func (g *growth) plant(s *RRset) {
	switch s.Type {
	case dns.TypeSOA:
		s = withSerial(s, g.zone.serial)
		g.zone.soa, g.zone.negative = s, negative(s)
	case dns.TypeNS, dns.TypeMX, dns.TypeSRV, dns.TypeSVCB, dns.TypeHTTPS:
		fresh := one(&g.free.sets, g.free.piece)
		*fresh = *s
		s = fresh
	case dns.TypeNSEC3:
		return // its owner is no name of the zone (RFC 5155 section 7.2.8)
	}
	if s.Covers == dns.TypeNSEC3 {
		return
	}
	n := g.node(s.Owner.Lower())
	if n.sets == nil {
		n.sets = g.free.list(s)
		return
	}
	at, _ := slices.BinarySearchFunc(n.sets, s, func(a, b *RRset) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Covers, b.Covers))
	})
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
	if n.ruled {
		return
	}
	n.ruled = true
	if n != g.zone.apex {
		parent := g.zone.nodes.of(name.parent())
		g.rule(name.parent(), parent)
		n.rule, n.ruleBelow = parent.ruleBelow, parent.ruleBelow
		if n.rule != nil {
			return
		}
		if ns := n.set(dns.TypeNS); ns != nil {
			n.rule, n.ruleBelow, n.delegates = ns, ns, true
			return
		}
	}
	n.ruleBelow = n.set(dns.TypeDNAME)
}

func (n *Node) set(t uint16) *RRset {
	for _, s := range n.sets {
		if s.Type == t {
			return s
		}
	}
	return nil
}

// steer orders the addresses of a node by the uplinks they lie in. Glue stays as it is (RFC 9471), and so does what is
// signed in the file: no signature there covers a part of an RRset, and a validator takes all or nothing.
func (g *growth) steer(n *Node) {
	if n.rule != nil {
		return
	}
	for i, s := range n.sets {
		if s.Type != dns.TypeA && s.Type != dns.TypeAAAA {
			continue
		}
		addrs := make([]netip.Addr, s.Len())
		for i := range addrs {
			addrs[i], _ = netip.AddrFromSlice(s.RData(i)) // 4 or 16 octets, checked when it was read
		}
		order, reach := g.network.Reach(addrs)
		if reach == nil {
			continue
		}
		if s.Signatures != nil {
			g.zone.whole = append(g.zone.whole, s)
			continue
		}
		records := make([][]byte, len(order))
		for i, at := range order {
			records[i] = s.RData(at)
		}
		n.sets[i] = &RRset{Owner: s.Owner, Type: s.Type, TTL: s.TTL, Reach: reach, rdata: joinRData(records)}
		g.zone.steered++
	}
}

// link gives an RRset the addresses of the names in its rdata that a client asks for next.
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
	if n.delegates {
		n.rule.DS = n.set(dns.TypeDS)
	}
	for _, s := range n.sets {
		eachTarget(s, func(target []byte) {
			at := g.zone.nodes.find(target)
			switch {
			case at == nil:
			case s.Type == dns.TypeNS && at.rule == s:
				s.Glue = at.addresses(s.Glue)
			case at.rule == nil, s.Type == dns.TypeNS && at.rule.Type == dns.TypeNS:
				s.Additional = at.services(s, at.addresses(s.Additional))
			}
		})
	}
}

// addresses adds the unsteered addresses of the node to a list, once each.
func (n *Node) addresses(to []*RRset) []*RRset {
	for _, s := range n.sets {
		if (s.Type == dns.TypeA || s.Type == dns.TypeAAAA) && s.Reach == nil && !slices.Contains(to, s) {
			to = append(to, s)
		}
	}
	return to
}

// services adds to a list what the node has of the type of an SVCB or HTTPS RRset that leads to it.
func (n *Node) services(from *RRset, to []*RRset) []*RRset {
	if from.Type != dns.TypeSVCB && from.Type != dns.TypeHTTPS {
		return to
	}
	if s := n.set(from.Type); s != nil && s != from && !slices.Contains(to, s) {
		to = append(to, s)
	}
	return to
}
