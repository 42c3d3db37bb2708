package zones

import (
	"crypto/sha256"
	"encoding/binary"

	"leeward/steering"
)

// text is what was read of a zone, before any network. It is immutable.
type text struct {
	origin  Name
	sets    []*RRset // in order of their first records; none is steered, none has glue
	serial  uint32
	records int
	signed  bool              // the SOA has a signature
	digest  [sha256.Size]byte // of all sets in order
}

// zone makes the tree for a network, with the serial that is to be served.
func (t *text) zone(network *steering.Network, serial uint32) *Zone {
	g := growth{zone: &Zone{text: t, origin: t.origin, serial: serial, nodes: make(map[string]*Node, len(t.sets))}, network: network}
	g.zone.apex = g.node(t.origin)
	for _, s := range t.sets {
		g.plant(s)
	}
	for name, n := range g.zone.nodes {
		g.rule(Name(name), n)
	}
	for _, n := range g.zone.nodes {
		g.steer(n)
	}
	for _, n := range g.zone.nodes {
		g.link(n)
	}
	g.deny()
	return g.zone
}

// withSerial is the SOA with another serial.
func withSerial(soa *RRset, serial uint32) *RRset {
	s := *soa
	s.rdata.wire = append([]byte(nil), soa.rdata.wire...)
	binary.BigEndian.PutUint32(s.rdata.wire[len(s.rdata.wire)-20:], serial)
	return &s
}

// negative is the SOA for negative answers.
func negative(soa *RRset) *RRset {
	s := *soa
	s.TTL = min(s.TTL, binary.BigEndian.Uint32(s.rdata.wire[len(s.rdata.wire)-4:]))
	return &s
}
