package zones

import "leeward/steering"

// Zone is one zone, ready to answer. It is immutable.
type Zone struct {
	text     *text // what was read
	origin   Name
	nodes    map[string]*Node // by lower-case name; the empty non-terminals too
	apex     *Node
	depth    int // labels of the deepest name
	soa      *RRset
	negative *RRset
	serial   uint32
	steered  int
	whole    []*RRset // would be steered if they were not signed
	denial   *denial  // nil: nothing proves what the zone does not have
}

// Node is a name of a zone, with its RRsets or without any (an empty non-terminal).
type Node struct {
	sets      []*RRset // in order of type; signatures in order of the type that they cover
	wildcard  *Node    // the child *
	proof     *RRset   // the NSEC or NSEC3 that shows which types the node has
	rule      *RRset   // the NS of the cut at or above, or the DNAME above; the highest one
	ruleBelow *RRset   // the same for the names below
	delegates bool     // rule is the NS of this very node
	ruled     bool     // the three above are known
}

// Sets are all RRsets of the node, in order of type. The caller must not change them.
func (n *Node) Sets() []*RRset { return n.sets }

// Origin is the name of the apex, in lower case.
func (z *Zone) Origin() Name { return z.origin }

// Serial is the serial that is served.
func (z *Zone) Serial() uint32 { return z.serial }

// FileSerial is the serial that stands in the file. A serial policy makes it differ from the one that is served.
func (z *Zone) FileSerial() uint32 { return z.text.serial }

// SOA is the SOA RRset, with the serial that is served.
func (z *Zone) SOA() *RRset { return z.soa }

// NegativeSOA is the SOA RRset for a negative answer: its TTL is the lesser of the SOA's own and its minimum field
// (RFC 2308 sections 3 and 5).
func (z *Zone) NegativeSOA() *RRset { return z.negative }

// Signed says whether the zone is signed in its file: its SOA has a signature.
func (z *Zone) Signed() bool { return z.text.signed }

// Records is the number of records.
func (z *Zone) Records() int { return z.text.records }

// Steered is the number of steered RRsets.
func (z *Zone) Steered() int { return z.steered }

// Resteer is the same zone for another network, without reading its text again.
func (z *Zone) Resteer(network *steering.Network) *Zone { return z.text.zone(network, z.serial) }
