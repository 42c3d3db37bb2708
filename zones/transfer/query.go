package transfer

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/miekg/dns"

	"leeward/zones"
)

// query is what is asked of a primary.
type query struct {
	id     uint16
	origin zones.Name
	qtype  uint16
	opcode int
	msg    []byte
}

// newQuery makes a query about the apex.
func newQuery(origin zones.Name, qtype uint16) *query {
	q := &query{id: randomID(), origin: origin, qtype: qtype}
	q.msg = header(q.id, 0)
	q.msg = append(q.msg, origin...)
	q.msg = binary.BigEndian.AppendUint16(q.msg, qtype)
	q.msg = binary.BigEndian.AppendUint16(q.msg, dns.ClassINET)
	return q
}

// newTransfer asks for the changes since a version (IXFR, RFC 1995 section 3), or, without one, for the zone (AXFR).
func newTransfer(origin zones.Name, have *zones.Zone) *query {
	if have == nil {
		return newQuery(origin, dns.TypeAXFR)
	}
	q := newQuery(origin, dns.TypeIXFR)
	q.msg = appendSOA(q.msg, have)
	q.msg[9] = 1 // NSCOUNT
	return q
}

// header is the header of a request with one question.
func header(id uint16, flags uint16) []byte {
	h := binary.BigEndian.AppendUint16(make([]byte, 0, 512), id)
	h = binary.BigEndian.AppendUint16(h, flags)
	return append(h, 0, 1, 0, 0, 0, 0, 0, 0)
}

// appendSOA appends the SOA record of a zone as it is served, without compression.
func appendSOA(msg []byte, z *zones.Zone) []byte {
	soa := z.SOA()
	msg = append(msg, soa.Owner...)
	msg = binary.BigEndian.AppendUint16(msg, dns.TypeSOA)
	msg = binary.BigEndian.AppendUint16(msg, dns.ClassINET)
	msg = binary.BigEndian.AppendUint32(msg, soa.TTL)
	msg = binary.BigEndian.AppendUint16(msg, uint16(len(soa.RData(0))))
	return append(msg, soa.RData(0)...)
}

// askExpire asks in EDNS when the zone expires there (RFC 7314).
func (q *query) askExpire() {
	const size = 1232 // octets of UDP that arrive whole everywhere
	q.msg = append(q.msg, 0, 0, byte(dns.TypeOPT), size>>8, size&0xFF, 0, 0, 0, 0, 0, 4, 0, dns.EDNS0EXPIRE, 0, 0)
	q.msg[11]++ // ARCOUNT
}

// check says why a message is no answer to the query. Later messages of a transfer may leave the question out
// (RFC 5936 section 2.2.1).
func (q *query) check(m *message, first bool) error {
	switch {
	case m.id != q.id:
		return errors.New("the answer to another query")
	case !m.response:
		return errors.New("no response")
	case m.opcode != q.opcode:
		return fmt.Errorf("a response of opcode %d", m.opcode)
	case m.rcode != dns.RcodeSuccess:
		return &refusal{m.rcode}
	case len(m.questions) == 0 && (!first || q.opcode == dns.OpcodeNotify):
		return nil
	case len(m.questions) != 1 || m.questions[0] != question{q.origin, q.qtype, dns.ClassINET}:
		return errors.New("the answer to another question")
	}
	return nil
}

// refusal is an answer with an error.
type refusal struct{ rcode int }

func (r *refusal) Error() string { return "it answers " + rcodeName(r.rcode) }

// randomID is a message ID that nobody can guess.
func randomID() uint16 {
	var b [2]byte
	_, _ = rand.Read(b[:]) // never fails
	return binary.BigEndian.Uint16(b[:])
}
