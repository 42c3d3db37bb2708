package differential

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/miekg/dns"

	"leeward/zones"
	"leeward/zones/tsig"
)

// transferKey signs what is signed in the corpus.
var transferKey = &tsig.Key{Name: zones.Name("\x03key\x04test\x00"), Algorithm: tsig.HMACSHA256, Secret: []byte("0123456789abcdef0123456789abcdef")}

// corpus makes malformed messages of valid ones, the same ones for the same seed.
type corpus struct {
	*generator
}

// message is a valid message, with one to four things wrong with it.
func (c corpus) message() []byte {
	msg := c.valid()
	for range 1 + c.random.IntN(4) {
		msg = c.spoil(msg)
	}
	return msg
}

// valid is a message that somebody may send: a query with any EDNS options, signed or not, a NOTIFY, a transfer, an UPDATE.
func (c corpus) valid() []byte {
	m := new(dns.Msg).SetQuestion(c.name(), c.qtype())
	switch c.random.IntN(8) {
	case 0:
		m.SetNotify(pick(c.generator, []string{"example.test.", "signed.test.", "nowhere.test."}))
		m.Answer = []dns.RR{c.soa()}
	case 1:
		m.SetAxfr(pick(c.generator, []string{"other.test.", "child.example.test.", "nowhere.test."}))
	case 2:
		m.SetIxfr("other.test.", c.random.Uint32(), "ns.test.", "host.test.")
	case 3:
		m.SetUpdate("example.test.")
		m.Insert([]dns.RR{c.soa()})
	case 4:
		return c.any().packet
	}
	if c.coin() {
		c.addOptions(m)
	}
	packet := pack(m)
	if c.random.IntN(4) == 0 {
		packet, _ = tsig.Ask(transferKey, packet, time.Unix(int64(c.random.Uint32()), 0))
	}
	return packet
}

func (c corpus) soa() dns.RR {
	return &dns.SOA{Hdr: dns.RR_Header{Name: "example.test.", Rrtype: dns.TypeSOA, Class: dns.ClassINET},
		Ns: "ns1.example.test.", Mbox: "host.example.test.", Serial: c.random.Uint32()}
}

// addOptions gives a message an OPT record with some of the options that there are.
func (c corpus) addOptions(m *dns.Msg) {
	m.SetEdns0(pick(c.generator, []uint16{0, 512, udpSize, 4096, 65535}), c.coin())
	for code := range uint16(22) {
		if c.random.IntN(4) == 0 {
			m.IsEdns0().Option = append(m.IsEdns0().Option, &dns.EDNS0_LOCAL{Code: code, Data: c.octets(c.random.IntN(41))})
		}
	}
}

func (c corpus) octets(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(c.random.Uint32())
	}
	return b
}

// spoil does one thing to a message.
//
//	a bit is flipped
//	an octet is any other, or the last or first of its kind
//	two octets are a length or a pointer that leads anywhere
//	a count of the header is any, or one more or less
//	the opcode or a flag is another
//	the end is missing
//	a part is there twice
//	a part is missing
//	octets are put in
//	the end is that of another message
func (c corpus) spoil(msg []byte) []byte {
	if len(msg) < headerSize+1 {
		return msg
	}
	at := c.random.IntN(len(msg) - 1)
	to := at + 1 + c.random.IntN(len(msg)-at-1)
	switch c.random.IntN(10) {
	case 0:
		msg[at] ^= 1 << c.random.IntN(8)
	case 1:
		msg[at] = pick(c.generator, []byte{0, 1, 63, 64, 127, 128, 191, 192, 255, byte(c.random.Uint32())})
	case 2:
		binary.BigEndian.PutUint16(msg[at:], uint16(pick(c.generator, []int{0, 1, 0x7FFF, 0xFFFF, 0xC000 | at, 0xC000 | to, 0xC00C, len(msg)})))
	case 3:
		count := questionsAt + 2*c.random.IntN(4)
		was := binary.BigEndian.Uint16(msg[count:])
		binary.BigEndian.PutUint16(msg[count:], pick(c.generator, []uint16{0, 1, 2, was + 1, was - 1, 0xFFFF, uint16(c.random.Uint32())}))
	case 4:
		msg[flagsAt+c.random.IntN(2)] = byte(c.random.Uint32()) & 0x7F
	case 5:
		return msg[:to]
	case 6:
		return slices.Concat(msg[:to], msg[at:])
	case 7:
		return slices.Concat(msg[:at], msg[to:])
	case 8:
		return slices.Concat(msg[:at], c.octets(1+c.random.IntN(24)), msg[at:])
	default:
		other := c.valid()
		return slices.Concat(msg[:at], other[min(at, len(other)):])
	}
	return msg
}

// proxyHeader is a PROXY header, one in four of them spoilt.
func (c corpus) proxyHeader() (header []byte, good bool) {
	if c.random.IntN(4) == 0 {
		return c.spoil(goodProxyHeader()), false
	}
	return goodProxyHeader(), true
}

func goodProxyHeader() []byte {
	return append([]byte("\r\n\r\n\x00\r\nQUIT\n"), 0x21, 0x12, 0, 16, 203, 0, 113, 7, 192, 0, 2, 53, 18, 52, 0, 53, 4, 0, 1, 0)
}

func newCorpus(seed uint64, n names) corpus {
	return corpus{&generator{random: rand.New(rand.NewPCG(seed, 1)), names: n, types: every()}}
}
