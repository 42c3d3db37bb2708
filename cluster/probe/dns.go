package probe

import (
	"context"
	"fmt"
	"net/netip"
	"strings"

	"github.com/miekg/dns"

	"leeward/steering"
)

// maxAnswer is the octets read of an answer: without EDNS a server sends 512 (RFC 1035, section 4.2.1).
const maxAnswer = 4096

// newDNS makes a check that asks for a name and type over UDP, without recursion, and passes when the answer is
// authoritative (AA) and NOERROR. Truncated answers pass: the server lives.
func newDNS(c steering.Check, d *dialer) (ask, error) {
	qtype, ok := dns.StringToType[strings.ToUpper(c.Qtype)]
	if !ok {
		return nil, fmt.Errorf("check.qtype %q: no such type", c.Qtype)
	}
	if _, ok := dns.IsDomainName(c.Name); !ok || c.Name == "" {
		return nil, fmt.Errorf("check.name %q: not a domain name", c.Name)
	}
	question := dns.Question{Name: dns.Fqdn(c.Name), Qtype: qtype, Qclass: dns.ClassINET}
	return func(ctx context.Context, addr netip.Addr) error {
		return d.query(ctx, netip.AddrPortFrom(addr.Unmap(), c.Port), question)
	}, nil
}

// query sends one question and reads until something answers it. What does not match is passed over, for anybody can
// send it; if nothing better comes in time, it is the reason.
func (d *dialer) query(ctx context.Context, server netip.AddrPort, question dns.Question) error {
	query := dns.Msg{MsgHdr: dns.MsgHdr{Id: dns.Id()}, Question: []dns.Question{question}}
	packed, err := query.Pack()
	if err != nil {
		return err
	}
	conn, closeConn, err := d.dial(ctx, "udp", server)
	if err != nil {
		return err
	}
	defer closeConn()
	if _, err := conn.Write(packed); err != nil {
		return err
	}
	buf := make([]byte, maxAnswer)
	var stray error
	for {
		n, err := conn.Read(buf)
		if err != nil && stray != nil && ctx.Err() != nil {
			return stray
		}
		if err != nil {
			return err
		}
		matches, err := judge(buf[:n], query.Id, question)
		if matches {
			return err
		}
		stray = err
	}
}

// judge says whether octets are the answer to our question, and what is wrong with them. The first row that fits:
//
//	octets                                     matches  wrong
//	no message                                 no       malformed answer
//	a query, another id or opcode              no       answer to another query
//	no question, and an error                  yes      rcode
//	another question                           no       answer to another query
//	an error                                   yes      rcode
//	not authoritative                          yes      not authoritative
//	any other                                  yes      nothing
func judge(octets []byte, id uint16, question dns.Question) (bool, error) {
	var m dns.Msg
	if err := m.Unpack(octets); err != nil {
		return false, word("malformed answer")
	}
	rcode := dns.RcodeToString[m.Rcode]
	if rcode == "" {
		rcode = fmt.Sprint(m.Rcode)
	}
	switch {
	case !m.Response || m.Id != id || m.Opcode != dns.OpcodeQuery:
		return false, word("answer to another query")
	case len(m.Question) == 0 && m.Rcode != dns.RcodeSuccess: // FORMERR may come so
		return true, word("rcode " + rcode)
	case len(m.Question) != 1 || !strings.EqualFold(m.Question[0].Name, question.Name) ||
		m.Question[0].Qtype != question.Qtype || m.Question[0].Qclass != question.Qclass:
		return false, word("answer to another query")
	case m.Rcode != dns.RcodeSuccess:
		return true, word("rcode " + rcode)
	case !m.Authoritative:
		return true, word("not authoritative")
	}
	return true, nil
}
