package differential

import (
	"encoding/binary"
	"fmt"
	"net"

	"github.com/miekg/dns"
)

func (g *generator) option() query {
	option := pick(g, []dns.EDNS0{
		&dns.EDNS0_NSID{Code: dns.EDNS0NSID},
		&dns.EDNS0_LOCAL{Code: 65001, Data: []byte("x")},
		&dns.EDNS0_LOCAL{Code: 65001},
		&dns.EDNS0_PADDING{Padding: make([]byte, 8)},
		&dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: someCookie[:2*8]},
		&dns.EDNS0_DAU{Code: dns.EDNS0DAU, AlgCode: []uint8{13}},
	})
	q := g.ask("option", g.name(), pick(g, usual), dns.ClassINET, option)
	if g.random.IntN(8) == 0 {
		q.kind = "halfoption"
		q.packet = q.packet[:len(q.packet)-1]
	}
	return q
}

func (g *generator) subnet() query {
	option := &dns.EDNS0_SUBNET{Code: dns.EDNS0SUBNET, Family: 1, SourceNetmask: 24, Address: net.IPv4(192, 0, 2, 0)}
	kind := "subnet"
	switch g.random.IntN(4) {
	case 0:
		option.Family, option.SourceNetmask, option.Address = 2, 48, net.ParseIP("2001:db8::")
	case 1:
		option.SourceNetmask = 0
	case 2:
		kind, option.SourceScope = "scopedsubnet", 24
	}
	return g.ask(kind, g.name(), pick(g, usual), dns.ClassINET, option)
}

// someCookie has the form of a cookie with a server's part, which no server has made.
const someCookie = "0123456789abcdef" + "01000000" + "5cf79f11" + "1f8130c3eee29480" + "00112233445566778899aabbccddeeff"

// cookie is one of a size that cookies have, or not.
func (g *generator) cookie() query {
	kind, octets := "cookie", pick(g, []int{8, 16, 24, 40})
	if g.random.IntN(4) == 0 {
		kind, octets = "badcookie", pick(g, []int{0, 1, 7, 9, 15})
	}
	return g.ask(kind, g.name(), pick(g, usual), dns.ClassINET, &dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: someCookie[:2*octets]})
}

// optRecord is an OPT record without options.
var optRecord = []byte{0, 0, 41, udpSize >> 8, udpSize & 0xFF, 0, 0, 0, 0, 0, 0}

func (g *generator) opt() query {
	q := g.plain("plain", g.name(), g.qtype())
	record := append([]byte{}, optRecord...)
	switch g.random.IntN(4) {
	case 0:
		q.kind = "twoopt"
		q.packet = append(append(q.packet, record...), record...)
		return q.count(additionalAt, 2)
	case 1:
		q.kind = "misplacedopt"
		q.packet = append(q.packet, record...)
		return q.count(pick(g, []int{answersAt, authorityAt}), 1)
	case 2:
		q.kind = "optbits"
		record[7], record[8] = byte(g.random.IntN(256)), byte(g.random.IntN(256))
	default:
		q.kind = "namedopt"
		record = append([]byte{1, 'x'}, record...)
	}
	q.packet = append(q.packet, record...)
	return q.count(additionalAt, 1)
}

func (g *generator) records() query {
	q := g.plain("plain", g.name(), g.qtype())
	q.kind = "records"
	q.packet = append(q.packet, 0xC0, headerSize, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 192, 0, 2, 1)
	return q.count(pick(g, []int{answersAt, authorityAt, additionalAt}), 1)
}

func (g *generator) pointer() query {
	q := g.broken("pointer")
	at := pick(g, []byte{0, 4, headerSize, headerSize + 1, 255})
	labels := pick(g, [][]byte{{}, {1, 'x'}, {1, 'x', 1, 'y'}})
	q.packet = append(append(q.packet[:headerSize:headerSize], labels...), 0xC0, at, 0, 1, 0, 1)
	return q.count(additionalAt, 0)
}

func (g *generator) cut() query {
	q := g.broken("cut")
	q.packet = q.packet[:2+g.random.IntN(len(q.packet)-2)]
	return q.sorted()
}

func (g *generator) longer() query {
	q := g.base("longer")
	for range 1 + g.random.IntN(20) {
		q.packet = append(q.packet, byte(g.random.IntN(256)))
	}
	return q
}

func (g *generator) mutated() query {
	q := g.broken("mutated")
	for range 1 + g.random.IntN(3) {
		q.packet[2+g.random.IntN(len(q.packet)-2)] = byte(g.random.IntN(256))
	}
	return q.sorted()
}

// sorted gives a query that was broken without a plan the kind that it came out as. The first that fits:
//
//	shorter than a header        cut
//	QR is set                    response
//	opcode other than QUERY      brokenopcode
//	not one question             questions
//	cannot be read               malformed
//	class other than IN          class and its number
//	otherwise                    as it was, with its name and type
func (q query) sorted() query {
	if len(q.packet) < headerSize {
		q.kind = "cut"
		return q
	}
	var m dns.Msg
	err := m.Unpack(q.packet)
	switch {
	case q.packet[flagsAt]&0x80 != 0:
		q.kind = "response"
	case q.packet[flagsAt]&0x78 != 0:
		q.kind = "brokenopcode"
	case binary.BigEndian.Uint16(q.packet[questionsAt:]) != 1:
		q.kind = "questions"
	case err != nil || len(m.Question) == 0:
		q.kind = "malformed"
	default:
		if m.Question[0].Qclass != dns.ClassINET {
			q.kind = fmt.Sprintf("class%d", m.Question[0].Qclass)
		}
		q.name, q.qtype = dns.CanonicalName(m.Question[0].Name), m.Question[0].Qtype
	}
	return q
}
