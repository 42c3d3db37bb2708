package zones

import (
	"encoding/binary"
	"slices"

	"github.com/miekg/dns"

	"leeward/steering"
)

// text is the content of a zone, before any network. It is immutable.
type text struct {
	origin  Name
	sets    []*RRset // one for each key; none is steered, none has glue
	records int
	octets  int // of all records, without compression
	digest  Digest
	serial  uint32 // of the file
	signed  bool   // the SOA has a signature
	sealed  bool   // a ZONEMD at the apex covers everything
}

// newText is the text of these RRsets, which keep the rules of a zone.
func newText(m *room, origin Name, sets []*RRset) *text {
	t := m.text(len(sets))
	*t = text{origin: origin, sets: sets}
	for _, s := range sets {
		t.records += s.Len()
		if s.Type == dns.TypeSOA {
			soa := s.record(0)
			t.serial = soa.soaSerial()
			t.signed = s.Signatures() != nil
		}
		t.sealed = t.sealed || s.Type == dns.TypeZONEMD && s.Owner.Lower() == origin
		for rdata := range s.All() {
			t.octets += len(s.Owner) + 10 + len(rdata)
			t.digest.add(s.Owner, s.Type, s.TTL, rdata)
		}
	}
	return t
}

// with is the text when some of its RRsets, which make the first text, are replaced by those of a second one. The rest are
// the kept ones.
func (t *text) with(old, fresh *text, kept []*RRset) *text {
	next := &text{
		origin: t.origin, sets: append(kept, fresh.sets...), serial: fresh.serial,
		signed: fresh.signed, sealed: fresh.sealed,
		records: t.records - old.records + fresh.records, octets: t.octets - old.octets + fresh.octets,
	}
	for i := range next.digest {
		next.digest[i] = t.digest[i] - old.digest[i] + fresh.digest[i]
	}
	return next
}

// soa is the SOA RRset, with the serial of the text.
func (t *text) soa() *RRset { return t.atApex(dns.TypeSOA) }

// atApex is an RRset of the apex, or nil.
func (t *text) atApex(typ uint16) *RRset {
	at := slices.IndexFunc(t.sets, func(s *RRset) bool { return s.Type == typ && s.Owner.Lower() == t.origin })
	if at < 0 {
		return nil
	}
	return t.sets[at]
}

// zone makes the tree for a network, with the serial that is to be served.
func (t *text) zone(network *steering.Network, serial uint32) *Zone {
	return t.zoneIn(&room{used: len(t.sets) / 2}, network, serial)
}

// zoneIn is the same, in a room that has other zones too.
func (t *text) zoneIn(m *room, network *steering.Network, serial uint32) *Zone {
	g := growth{zone: m.zone(len(t.sets)), network: network, room: m}
	g.policies, _ = t.policies(network) // one that this network cannot have is as none
	*g.zone = Zone{text: t, origin: t.origin, network: network, serial: serial, fileSerial: t.serial, nodes: newNodes(m, len(t.sets))}
	g.zone.checked = g.policies.check()
	g.node(t.origin)
	for _, s := range t.sets {
		g.plant(s)
	}
	g.finish(g.zone.nodes.all())
	g.deny()
	return g.zone
}

// withSerial is the SOA with another serial.
func withSerial(soa *RRset, serial uint32) *RRset {
	fresh := soa.fresh(&RRset{})
	octets := slices.Clone(soa.octets())
	binary.BigEndian.PutUint32(octets[len(octets)-20:], serial)
	fresh.records = pack(octets)
	return fresh
}

// negativeTTL is the TTL of an SOA in negative answers.
func negativeTTL(soa *RRset) uint32 {
	octets := soa.octets()
	return min(soa.TTL, binary.BigEndian.Uint32(octets[len(octets)-4:]))
}
