package zones

import (
	"slices"
	"strings"
)

// room is where a zone in the course of being made puts what it keeps: in large pieces, because millions of small ones cost
// more than the reading. Zones that are read one after the other share their pieces: between small objects that are let
// go, what is kept would hold a quarter more memory than it has. What comes of a room is kept or let go with its whole
// piece, so a zone that is edited later leaves a gap where it was; it is as large as it was then, and never more.
type room struct {
	sets       []RRset     // free
	copies     []RRset     // free
	gatherings []gathering // free
	nodes      []Node      // free
	zones      []Zone      // free
	texts      []text      // free
	lists      []*RRset    // free
	links      []links     // free
	named      []named     // free
	inputs     []input     // free
	again      []byte      // of a file that was read again
	octets     []byte      // the present piece
	names      strings.Builder
	growing    *gathering // whose records are at the end of the present piece
	used       int        // RRsets
}

// A piece is as large as all before, within bounds: small zones waste little.
func (m *room) piece(each int) int { return each * min(max(m.used, 4), 512) }

// gathering is a new one, with its RRset.
func (m *room) gathering() *gathering {
	g := one(&m.gatherings, m.piece(1))
	g.set = one(&m.sets, m.piece(1))
	m.used++
	return g
}

// name is a copy of a name.
func (m *room) name(name []byte) Name {
	if m.names.Cap()-m.names.Len() < len(name) {
		m.names = strings.Builder{}
		m.names.Grow(max(len(name), m.piece(16)))
	}
	m.names.Write(name) // always nil
	all := m.names.String()
	return Name(all[len(all)-len(name):])
}

// put puts a record to the end of an RRset.
func (m *room) put(g *gathering, rdata []byte) {
	size := 2 + len(rdata)
	switch {
	case g.set.count == 0:
		if cap(m.octets)-len(m.octets) < size {
			m.octets = make([]byte, 0, max(size, m.piece(24)))
		}
		at := len(m.octets)
		m.octets = appendRecord(m.octets, rdata)
		g.octets, m.growing = m.octets[at:len(m.octets):len(m.octets)], g
	case m.growing == g && cap(m.octets)-len(m.octets) >= size:
		at := len(m.octets) - len(g.octets)
		m.octets = appendRecord(m.octets, rdata)
		g.octets = m.octets[at:len(m.octets):len(m.octets)]
	default: // what it had stays behind
		if m.growing == g {
			m.growing = nil
		}
		g.octets = appendRecord(g.octets, rdata)
	}
	g.set.grow(g.octets, len(rdata))
}

// detached is a copy of an RRset that holds on to nothing else.
func (s *RRset) detached() *RRset {
	fresh := s.fresh(&RRset{})
	fresh.Owner = Name(strings.Clone(string(s.Owner)))
	fresh.records = pack(slices.Clone(s.octets()))
	return fresh
}

// one takes one of a piece of so many.
func one[T any](free *[]T, piece int) *T {
	if len(*free) == 0 {
		*free = make([]T, max(1, piece))
	}
	first := &(*free)[0]
	*free = (*free)[1:]
	return first
}

// some is an empty list with room for so many, of a piece of so many.
func some[T any](free *[]T, size, piece int) []T {
	if len(*free) < size {
		*free = make([]T, max(size, piece))
	}
	empty := (*free)[:0:size]
	*free = (*free)[size:]
	return empty
}

// node is a new node.
func (m *room) node() *Node { return one(&m.nodes, m.piece(1)) }

// zone is a new zone of so many RRsets. A large one lies by itself: while its neighbours are kept, so would be all that it has.
func (m *room) zone(sets int) *Zone {
	if sets > mostFew {
		return &Zone{}
	}
	return one(&m.zones, m.piece(1)/8)
}

// text is a new text, likewise.
func (m *room) text(sets int) *text {
	if sets > mostFew {
		return &text{}
	}
	return one(&m.texts, m.piece(1)/8)
}

// link is the links of an RRset that nobody else has yet, to be set.
func (m *room) link(s *RRset) *links {
	if s.links == nil {
		s.links = one(&m.links, m.piece(1)/8)
	}
	return s.links
}

// list is an empty list of RRsets.
func (m *room) list(size int) []*RRset { return some(&m.lists, size, m.piece(1)) }

// few is an empty list of nodes, with room for as many as most small zones have.
func (m *room) few() []named { return some(&m.named, 4, m.piece(1)) }

// input is an empty list of files: of most zones there is one.
func (m *room) input() []input { return some(&m.inputs, 1, m.piece(1)/8) }

// copy is a copy of an RRset, whose links may be set.
func (m *room) copy(s *RRset) *RRset { return s.fresh(one(&m.copies, m.piece(1)/4)) }
