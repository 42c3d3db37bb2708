package zones

import "github.com/miekg/dns"

// Kind is what a zone has to say about a name and a type.
type Kind uint8

// The kinds of results, in the words of RFC 1034 section 4.3.2 and RFC 9499.
const (
	NXDomain Kind = iota // the name does not exist
	NoData               // the name exists, without this type
	Answer               // the RRset
	CNAME                // the name is an alias: answer the CNAME and go on with its target
	Alias                // the name has an ALIAS, and its addresses are asked for: answer with those of the target
	DNAME                // a name above is a DNAME: answer it, make the CNAME and go on with it (RFC 6672)
	Referral             // the name is at or below a zone cut
)

// Result is what a zone has to say about a name and a type.
type Result struct {
	Kind Kind
	Zone *Zone

	// Set is, for Answer, the RRset (nil when ANY was asked); for CNAME, Alias and DNAME that RRset; for Referral the NS
	// RRset of the cut. It is nil for NoData and NXDomain.
	Set *RRset

	// Node is, for Answer, NoData, CNAME and Alias, the node that was found. It is nil otherwise.
	Node *Node

	// Below says, for Referral, that the zone has a name below the cut, for glue, that is the name asked for or above it.
	Below bool

	// Wildcard says that the node is a wildcard: the owner in the answer is the name that was asked.
	Wildcard bool
}

// Lookup finds what the zone has for a name and a type. The name is in lower case, in uncompressed wire form, and at or
// below the apex. The type is that of the question; ANY (255) finds the node alone. It takes no lock and does not
// allocate.
//
//	closest encloser            name itself            result
//	at or below a cut           any                    Referral (DS exactly at the cut: answered here)
//	at or below a DNAME         below the DNAME        DNAME
//	any other                   exists                 from its node
//	any other                   does not, * beside it  from the wildcard's node
//	any other                   does not               NXDomain
func (z *Zone) Lookup(name []byte, qtype uint16) Result {
	node, exact := z.closest(name)
	switch {
	case exact && node.rule == nil, exact && node.delegates && qtype == dns.TypeDS:
		return node.result(z, qtype)
	case exact && node.rule != nil:
		return node.ruled(z, node.rule)
	case node.ruleBelow() != nil:
		return node.ruled(z, node.ruleBelow())
	case node.wildcard() != nil:
		r := node.wildcard().result(z, qtype)
		r.Wildcard = true
		return r
	default:
		return Result{Kind: NXDomain, Zone: z}
	}
}

// closest is the node of the name, or else of its closest encloser (RFC 4592 section 3.3.1).
func (z *Zone) closest(name []byte) (node *Node, exact bool) {
	exact = true
	if extra := countLabels(name) - int(z.depth); extra > 0 { // deeper than any name of the zone
		name, exact = skipLabels(name, extra), false
	}
	for len(name) > len(z.origin) {
		if n := z.nodes.find(name); n != nil {
			return n, exact
		}
		name, exact = skipLabels(name, 1), false
	}
	return z.apex, exact
}

// result is what the node has for a type, when nothing above it rules.
//
//	type asked              node                         result
//	ANY                     has any RRset                Answer without Set
//	any                     has it                       Answer
//	any other               has a CNAME                  CNAME
//	A or AAAA               has an ALIAS                 Alias; in a signed zone NoData, as its proofs say
//	any other               has other RRsets, or none    NoData
func (n *Node) result(z *Zone, qtype uint16) Result {
	r := Result{Kind: NoData, Zone: z, Node: n}
	if qtype == dns.TypeANY {
		if len(n.sets) > 0 {
			r.Kind = Answer
		}
		return r
	}
	address := qtype == dns.TypeA || qtype == dns.TypeAAAA
	for _, s := range n.sets {
		switch {
		case s.Type == qtype:
			r.Kind, r.Set = Answer, s
			return r
		case s.Type == dns.TypeCNAME:
			r.Kind, r.Set = CNAME, s
		case s.Type == TypeALIAS && address && !z.text.signed:
			r.Kind, r.Set = Alias, s
		}
	}
	return r
}

// ruled is the referral, or the DNAME, by what rules a name, of its closest encloser.
func (n *Node) ruled(z *Zone, rule *RRset) Result {
	if rule.Type == dns.TypeDNAME {
		return Result{Kind: DNAME, Zone: z, Set: rule}
	}
	return Result{Kind: Referral, Zone: z, Set: rule, Below: !n.delegates}
}
