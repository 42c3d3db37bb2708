package differential

import (
	"encoding/binary"
	"fmt"

	"github.com/miekg/dns"
)

// Offsets in a header (RFC 1035 4.1.1).
const (
	flagsAt      = 2
	questionsAt  = 4
	answersAt    = 6
	authorityAt  = 8
	additionalAt = 10
	headerSize   = 12
)

// odd makes a query that few clients send.
//
//	opcode          any other than QUERY
//	class           any other than IN
//	chaos           class CH, the server's own names
//	questions       a count of questions that is not 1, with as many questions or not
//	onlycookie      no question, but a client's cookie
//	counts          a count of records that are not there, or fewer than are
//	response        QR is set
//	header          any bits but QR and the opcode
//	version         EDNS of a later version
//	option          EDNS options, known, unknown and broken
//	cookie          a client's cookie alone, or a whole one that no server has made
//	badcookie       a cookie of a size that none has
//	subnet          a client subnet, right and wrong
//	opt             two OPT, OPT where it does not belong, Z bits, an OPT with a name
//	records         a record beside the question
//	pointer         a compression pointer in the question
//	cut             the message ends early
//	longer          the message goes on after its end
//	mutated         any octets after the ID are changed
func (g *generator) odd() query {
	kinds := []func() query{
		g.opcode, g.class, g.chaos, g.questions, g.counts, g.response, g.header, g.version, g.option, g.subnet,
		g.opt, g.records, g.pointer, g.cut, g.longer, g.mutated, g.cookie,
	}
	return pick(g, kinds)()
}

// base is a query to be made odd.
func (g *generator) base(kind string) query {
	q := g.plain(pick(g, []string{"plain", "edns", "do"}), g.name(), g.qtype())
	q.kind = kind
	return q
}

// broken is a base whose name and type can no longer be relied on.
func (g *generator) broken(kind string) query {
	q := g.base(kind)
	q.name, q.qtype = "", 0
	return q
}

func (q query) flip(at int, mask byte) query {
	q.packet[at] ^= mask
	return q
}

func (q query) count(at, count int) query {
	binary.BigEndian.PutUint16(q.packet[at:], uint16(count))
	return q
}

func (g *generator) opcode() query {
	opcode := 1 + g.random.IntN(15)
	return g.broken(fmt.Sprintf("opcode%d", opcode)).flip(flagsAt, byte(opcode<<3))
}

// ask makes a message from a question and options.
func (g *generator) ask(kind, name string, t, class uint16, options ...dns.EDNS0) query {
	m := &dns.Msg{Question: []dns.Question{{Name: name, Qtype: t, Qclass: class}}}
	if len(options) > 0 || g.coin() {
		m.SetEdns0(udpSize, g.coin())
		m.IsEdns0().Option = options
	}
	return query{packet: pack(m), kind: kind, name: name, qtype: t}
}

func (g *generator) class() query {
	class := pick(g, []uint16{0, 2, dns.ClassHESIOD, dns.ClassNONE, dns.ClassANY, 5, 65535})
	return g.ask(fmt.Sprintf("class%d", class), g.name(), pick(g, usual), class)
}

func (g *generator) chaos() query {
	name := pick(g, []string{"version.bind.", "version.server.", "id.server.", "hostname.bind.", "authors.bind.", "bind.", "example.test."})
	return g.ask("chaos", name, pick(g, []uint16{dns.TypeTXT, dns.TypeA, dns.TypeANY}), dns.ClassCHAOS)
}

func (g *generator) questions() query {
	count := pick(g, []int{0, 2, 3, 65535})
	q := g.broken(fmt.Sprintf("questions%d", count)).count(questionsAt, count)
	if count == 0 {
		q.packet = q.packet[:headerSize]
		q = q.count(additionalAt, 0)
		switch g.random.IntN(3) {
		case 0:
			q.packet = append(q.packet, optRecord...)
			q = q.count(additionalAt, 1)
		case 1:
			q.kind = "onlycookie"
			q.packet = append(q.packet, optRecord[:len(optRecord)-2]...)
			q.packet = append(q.packet, 0, 12, 0, dns.EDNS0COOKIE, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8)
			q = q.count(additionalAt, 1)
		}
	} else if count < 65535 && g.coin() {
		question := append([]byte{}, q.packet[headerSize:]...)
		q.packet = append(q.packet[:headerSize], question...)
		q.packet = append(q.packet, question...)
	}
	return q
}

func (g *generator) counts() query {
	return g.broken("counts").count(pick(g, []int{answersAt, authorityAt, additionalAt}), pick(g, []int{0, 1, 2, 65535})).sorted()
}

func (g *generator) response() query { return g.broken("response").flip(flagsAt, 0x80) }

func (g *generator) header() query {
	return g.base("header").flip(flagsAt, byte(g.random.IntN(8))).flip(flagsAt+1, byte(g.random.IntN(256)))
}

func (g *generator) version() query {
	q := g.plain("edns", g.name(), g.qtype())
	q.kind = "version"
	q.packet[len(q.packet)-5] = byte(1 + g.random.IntN(255))
	return q
}
