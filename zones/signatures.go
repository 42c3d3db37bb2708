package zones

import (
	"encoding/binary"
	"fmt"

	"github.com/miekg/dns"
)

// covered is the type that a signature covers (RFC 4034 section 3.1.1), and 0 for any other record.
func covered(t uint16, rdata []byte) uint16 {
	if t != dns.TypeRRSIG || len(rdata) < 2 {
		return 0
	}
	return binary.BigEndian.Uint16(rdata)
}

// signed gives every RRset of signatures the TTL of the RRset that it covers (RFC 4034 section 3), and refuses an RRset
// that does not fit into an answer together with its signatures.
func (r *reading) signed() error {
	for _, g := range r.keys.sets {
		if g.set.Type != dns.TypeRRSIG {
			continue
		}
		of := r.keys.find(g.set.Owner, g.set.Covers(), 0)
		if of == nil {
			continue
		}
		if g.set.TTL = of.set.TTL; g.size+of.size > maxSet {
			return &fault{of.at, of.set.Owner.relative(r.origin),
				fmt.Sprintf("the RRset of type %s does not fit into an answer of 64 KiB with its signatures", TypeName(of.set.Type))}
		}
	}
	return nil
}

// sign gives every RRset the signatures that cover it, and leaves alone those that have them. There are none in most zones.
func sign(m *room, sets []*RRset) {
	var byKey map[setKey]*RRset
	for _, s := range sets {
		if s.Type != dns.TypeRRSIG {
			continue
		}
		if byKey == nil {
			byKey = map[setKey]*RRset{}
		}
		byKey[setKey{owner: s.Owner.Lower(), typ: s.Covers()}] = s
	}
	if byKey == nil {
		return
	}
	for _, s := range sets {
		if s.Type == dns.TypeRRSIG {
			continue
		}
		if by := byKey[setKey{owner: s.Owner.Lower(), typ: s.Type}]; s.Signatures() != by {
			m.link(s).signatures = by
		}
	}
}
