package geo

import "net/netip"

// netNode is a node of the nets file's tree, a binary tree by the bits of the prefixes. A nil node is an empty tree.
type netNode struct {
	halves [2]*netNode
	rule   *rule // nil: no line has this prefix
}

func (n *netNode) isLeaf() bool { return n == nil || n.halves == [2]*netNode{} }

func (n *netNode) half(bit int) *netNode {
	if n == nil {
		return nil
	}
	return n.halves[bit]
}

// insert adds a rule unless its prefix has one already, which is returned.
func (n *Nets) insert(prefix netip.Prefix, r *rule) (before *rule) {
	at := &n.v6
	if prefix.Addr().Is4() {
		at = &n.v4
	}
	path := bitsOf(prefix.Addr())
	for depth := 0; ; depth++ {
		if *at == nil {
			*at = &netNode{}
		}
		if depth == prefix.Bits() {
			break
		}
		at = &(*at).halves[path.first()]
		path = path.shift()
	}
	if before = (*at).rule; before == nil {
		(*at).rule = r
	}
	return before
}

// rule is the one of the longest prefix that contains an address, or nil. The address is not IPv4 in IPv6.
func (n *Nets) rule(addr netip.Addr) (longest *rule) {
	at := n.v6
	if addr.Is4() {
		at = n.v4
	}
	if !addr.IsValid() {
		return nil
	}
	for path := bitsOf(addr); at != nil; path = path.shift() {
		if at.rule != nil {
			longest = at.rule
		}
		at = at.halves[path.first()]
	}
	return longest
}
