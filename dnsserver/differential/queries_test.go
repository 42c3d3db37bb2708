package differential

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// query is a message to be sent, and what the list of accepted differences can know it by.
type query struct {
	packet []byte
	kind   string // how it was made
	name   string // in lower case, "" where the message was broken on purpose
	qtype  uint16
}

func (q query) String() string {
	return fmt.Sprintf("%s %s %s (%x)", q.kind, q.name, dns.Type(q.qtype), q.packet)
}

// usual are the types that every name is asked for. Those that a zone has are asked for every type there is.
var usual = []uint16{
	dns.TypeA, dns.TypeNS, dns.TypeCNAME, dns.TypeSOA, dns.TypeMX, dns.TypeTXT, dns.TypeAAAA, dns.TypeDNAME, dns.TypeDS,
	dns.TypeNSEC, dns.TypeANY,
}

// every is all types with a name, some without, and the ends of their ranges (RFC 6895 3.1). Left out are the types that
// are no question: each server has its own word for transfers over UDP, OPT, TSIG and NXNAME (RFC 9824 3.4).
func every() []uint16 {
	types := map[uint16]bool{0: true, 127: true, 128: true, 254: true, 256: true, 731: true, 1000: true, 65280: true, 65535: true}
	for t := range dns.TypeToString {
		types[t] = true
	}
	for _, t := range []uint16{dns.TypeOPT, dns.TypeAXFR, dns.TypeIXFR, dns.TypeTSIG, dns.TypeNXNAME} {
		delete(types, t)
	}
	return slices.Sorted(maps.Keys(types))
}

// generator makes queries, the same ones for the same seed.
type generator struct {
	random *rand.Rand
	names  names
	types  []uint16
}

func newGenerator(seed uint64, n names) *generator {
	return &generator{random: rand.New(rand.NewPCG(seed, 0)), names: n, types: every()}
}

// all makes queries for every name with the usual types, plain, with EDNS and with DO; for every owner with every type;
// and more at random.
func (g *generator) all(more int) []query {
	var queries []query
	for _, name := range slices.Concat(g.names.owners, g.names.around) {
		for _, t := range usual {
			for _, kind := range []string{"plain", "edns", "do"} {
				queries = append(queries, g.plain(kind, name, t))
			}
		}
	}
	for _, name := range g.names.owners {
		for _, t := range g.types {
			queries = append(queries, g.plain("edns", name, t))
		}
	}
	for range more {
		queries = append(queries, g.any())
	}
	return queries
}

// any makes a query at random: one in four is odd.
func (g *generator) any() query {
	if g.random.IntN(4) == 0 {
		return g.odd()
	}
	kind := pick(g, []string{"plain", "edns", "do", "small", "large", "bits"})
	return g.plain(kind, g.name(), g.qtype())
}

// name is one at random, three in four of a zone's own.
func (g *generator) name() string {
	if g.random.IntN(4) == 0 {
		return pick(g, g.names.around)
	}
	return pick(g, g.names.owners)
}

func (g *generator) qtype() uint16 {
	if g.random.IntN(3) == 0 {
		return pick(g, g.types)
	}
	return pick(g, usual)
}

func pick[T any](g *generator, of []T) T { return of[g.random.IntN(len(of))] }

// plain makes a query that is as it should be.
//
//	plain    without EDNS
//	edns     with EDNS and room for 1232 octets
//	do       the same, with DO
//	small    with EDNS and room for little
//	large    with EDNS and room for more than servers give
//	bits     with any of RD, AD, CD, and with EDNS or not
func (g *generator) plain(kind, name string, t uint16) query {
	m := &dns.Msg{Question: []dns.Question{{Name: g.anyCase(name), Qtype: t, Qclass: dns.ClassINET}}}
	switch kind {
	case "edns":
		m.SetEdns0(udpSize, false)
	case "do":
		m.SetEdns0(udpSize, true)
	case "small":
		m.SetEdns0(pick(g, []uint16{0, 511, 512, 513, 600, 800}), g.coin())
	case "large":
		m.SetEdns0(pick(g, []uint16{1231, 1233, 1410, 4096, 65535}), g.coin())
	case "bits":
		m.RecursionDesired, m.AuthenticatedData, m.CheckingDisabled = g.coin(), g.coin(), g.coin()
		if g.coin() {
			m.SetEdns0(udpSize, g.coin())
		}
	}
	return query{packet: pack(m), kind: kind, name: name, qtype: t}
}

func (g *generator) coin() bool { return g.random.IntN(2) == 0 }

// anyCase gives the letters of a name any case. Escapes are digits or no letters, and stay.
func (g *generator) anyCase(name string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' && g.coin() {
			return r - 'a' + 'A'
		}
		return r
	}, name)
}

// pack makes a message of what is known to fit into one.
func pack(m *dns.Msg) []byte {
	packet, err := m.Pack()
	if err != nil {
		panic(err)
	}
	binary.BigEndian.PutUint16(packet, 0)
	return packet
}
