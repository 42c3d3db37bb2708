package transfer

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/miekg/dns"

	"leeward/zones"
)

// headerSize is the octets of the header of a message (RFC 1035 section 4.1.1).
const headerSize = 12

// message is a response, as far as transfers need it.
type message struct {
	id        uint16
	response  bool
	opcode    int
	authority bool // AA
	cut       bool // TC
	rcode     int
	questions []question
	answer    []dns.RR
	expire    *uint32 // seconds until the zone of who answers expires (RFC 7314); nil: not said
}

type question struct {
	name  zones.Name // in lower case
	qtype uint16
	class uint16
}

// parse reads a message. Unlike the parser of the library it takes no count on trust: what ends before its last record is
// an error, and so is what goes on after it.
func parse(msg []byte) (*message, error) {
	if len(msg) < headerSize {
		return nil, errors.New("a message without a header")
	}
	field := func(at int) uint16 { return binary.BigEndian.Uint16(msg[at:]) }
	flags := field(2)
	m := &message{
		id: field(0), response: flags&(1<<15) != 0, opcode: int(flags >> 11 & 0xF), authority: flags&(1<<10) != 0,
		cut: flags&(1<<9) != 0, rcode: int(flags & 0xF),
	}
	at := headerSize
	for range field(4) {
		name, next, err := dns.UnpackDomainName(msg, at)
		if err != nil || next+4 > len(msg) {
			return nil, errors.New("a question that cannot be read")
		}
		lower, err := lowerName(name)
		if err != nil {
			return nil, err
		}
		m.questions = append(m.questions, question{lower, field(next), field(next + 2)})
		at = next + 4
	}
	var err error
	if m.answer, at, err = records(msg, at, field(6)); err != nil {
		return nil, err
	}
	if _, at, err = records(msg, at, field(8)); err != nil {
		return nil, err
	}
	additional, at, err := records(msg, at, field(10))
	if err != nil {
		return nil, err
	}
	if at != len(msg) {
		return nil, errors.New("a message that goes on after its last record")
	}
	m.options(additional)
	return m, nil
}

// records reads the records of one section, and says where they end.
func records(msg []byte, at int, count uint16) ([]dns.RR, int, error) {
	var all []dns.RR
	for range count {
		if at >= len(msg) {
			return nil, at, errors.New("a message that ends before its last record")
		}
		rr, next, err := dns.UnpackRR(msg, at)
		if err != nil {
			return nil, at, fmt.Errorf("a record that cannot be read: %w", err)
		}
		all, at = append(all, rr), next
	}
	return all, at, nil
}

// options takes in what EDNS says: the upper bits of the rcode (RFC 6891 section 6.1.3), and when the zone expires there.
func (m *message) options(additional []dns.RR) {
	for _, rr := range additional {
		opt, is := rr.(*dns.OPT)
		if !is {
			continue
		}
		m.rcode |= int(opt.Hdr.Ttl>>24) << 4
		for _, o := range opt.Option {
			if e, is := o.(*dns.EDNS0_EXPIRE); is && !e.Empty {
				m.expire = &e.Expire
			}
		}
	}
}

// lowerName is a name of the library's in lower case.
func lowerName(s string) (zones.Name, error) {
	n, err := zones.ParseName(s)
	return n.Lower(), err
}

// rcodeName is the word for an rcode.
func rcodeName(rcode int) string {
	if s := dns.RcodeToString[rcode]; s != "" {
		return s
	}
	return fmt.Sprintf("rcode %d", rcode)
}
