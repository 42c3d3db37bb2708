package zones

import (
	"iter"
	"time"

	"github.com/miekg/dns"

	"leeward/steering"
)

// Zone is one zone, ready to answer. It is immutable.
type Zone struct {
	text     *text // what was read
	origin   Name
	nodes    nodes
	apex     *Node
	soa      *RRset
	whole    []*RRset // would be steered if they were not signed
	denial   *denial  // nil: nothing proves what the zone does not have
	network  *steering.Network
	serial   uint32
	negative uint32 // TTL of the SOA in negative answers, seconds
	steered  uint32
	depth    uint8 // labels of the deepest name, or more
	hidden   bool
	checked  bool // a policy has check=

	fileSerial uint32
	rolledBack *Note // nil: it is not
	history    *history
	unready    string
	added      map[Name]bool // names with records beside the text; nil: none
}

// Note is what is known of a version beside its records, and kept with it.
type Note struct {
	FileSerial uint32 // in the file that the version was made of

	// Rejected is what the file says that an operator has rolled back from, and RejectedSerial its serial: it is not
	// served until the file says something else. They count while RolledBack is not zero.
	Rejected       Digest
	RejectedSerial uint32
	RolledBack     time.Time
}

// Note is what is known of the version beside its records.
func (z *Zone) Note() Note {
	if z.rolledBack != nil {
		return *z.rolledBack
	}
	return Note{FileSerial: z.fileSerial}
}

// WithNote is the same version with another note.
func (z *Zone) WithNote(n Note) *Zone {
	fresh := *z
	fresh.fileSerial, fresh.rolledBack = n.FileSerial, nil
	if n != (Note{FileSerial: n.FileSerial}) {
		fresh.rolledBack = &n
	}
	return &fresh
}

// Unready is a zone that is known to be served here and of which there is nothing to answer with, for this reason. It
// has no records, not even an SOA: whoever asks is answered SERVFAIL.
func Unready(origin Name, why string) *Zone {
	z := &Zone{text: &text{origin: origin.Lower()}, origin: origin.Lower(), apex: &Node{}, unready: why}
	if why == "" {
		z.unready = "no reason is known"
	}
	return z
}

// Unready is why there is nothing to answer with, "" for a zone that answers.
func (z *Zone) Unready() string { return z.unready }

// Hidden says whether the zone is answered only to who may transfer it, as a catalog is (RFC 9432 section 7).
func (z *Zone) Hidden() bool { return z.hidden }

// WithHidden is the same zone, hidden or not.
func (z *Zone) WithHidden(hidden bool) *Zone {
	fresh := *z
	fresh.hidden = hidden
	return &fresh
}

// Node is a name of a zone, with its RRsets or without any (an empty non-terminal).
type Node struct {
	sets      []*RRset  // in order of type; signatures in order of the type that they cover
	one       [1]*RRset // what sets is of, if there is but one: beside it, where a query finds it at once
	rule      *RRset    // the NS of the cut at or above, or the DNAME above; the highest one
	seldom    *seldom   // nil: it has nothing of that
	children  uint32    // nodes right below
	delegates bool      // rule is the NS of this very node
	redirects bool      // the names below are ruled by the DNAME of this very node
	settled   bool      // rule and the two before are known
}

// seldom is what few nodes have.
type seldom struct {
	wildcard *Node  // the child *
	proof    *RRset // the NSEC or NSEC3 that shows which types the node has
}

// wildcard is the child *, or nil.
func (n *Node) wildcard() *Node {
	if n.seldom == nil {
		return nil
	}
	return n.seldom.wildcard
}

// proof is the NSEC or NSEC3 that shows which types the node has, or nil.
func (n *Node) proof() *RRset {
	if n.seldom == nil {
		return nil
	}
	return n.seldom.proof
}

// ruleBelow is the NS of the cut, or the DNAME, that rules the names below, or nil.
func (n *Node) ruleBelow() *RRset {
	if n.redirects {
		return n.set(dns.TypeDNAME)
	}
	return n.rule
}

// Sets are all RRsets of the node, in order of type. The caller must not change them.
func (n *Node) Sets() []*RRset { return n.sets }

// Origin is the name of the apex, in lower case.
func (z *Zone) Origin() Name { return z.origin }

// Serial is the serial that is served.
func (z *Zone) Serial() uint32 { return z.serial }

// FileSerial is the serial that stands in the file. A serial policy makes it differ from the one that is served.
func (z *Zone) FileSerial() uint32 { return z.fileSerial }

// SOA is the SOA RRset, with the serial that is served; nil for a zone that is not ready.
func (z *Zone) SOA() *RRset { return z.soa }

// NegativeTTL is the TTL of the SOA in a negative answer, in seconds: the lesser of its own and its minimum field (RFC 2308
// sections 3 and 5).
func (z *Zone) NegativeTTL() uint32 { return z.negative }

// Signed says whether the zone is signed in its file: its SOA has a signature.
func (z *Zone) Signed() bool { return z.text.signed }

// Records is the number of records.
func (z *Zone) Records() int { return z.text.records }

// Steered is the number of steered RRsets.
func (z *Zone) Steered() int { return int(z.steered) }

// SteeredSets are the steered RRsets, in no order.
func (z *Zone) SteeredSets() iter.Seq[*RRset] {
	return func(yield func(*RRset) bool) {
		for _, n := range z.nodes.all() {
			for _, s := range n.sets {
				if s.Reach() != nil && !yield(s) {
					return
				}
			}
		}
	}
}

// Services are what check= of the zone's policies has probed, in no order; some may be there twice.
func (z *Zone) Services() (list []steering.Service) {
	if !z.checked {
		return nil
	}
	for s := range z.SteeredSets() {
		list = append(list, s.Reach().Services()...)
	}
	return list
}

// Resteer is the same zone for another network, without reading its text again.
func (z *Zone) Resteer(network *steering.Network) *Zone {
	if z.soa == nil {
		return z
	}
	fresh := z.text.zone(network, z.serial)
	fresh.fileSerial, fresh.rolledBack, fresh.history, fresh.hidden = z.fileSerial, z.rolledBack, z.history, z.hidden
	return fresh
}
