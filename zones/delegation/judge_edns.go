package delegation

import (
	"fmt"

	"github.com/miekg/dns"
)

// expectation is what a test of RFC 8906 wants to see.
type expectation struct {
	query   string
	rule    Rule
	rcode   int
	opt     bool // an OPT record of version 0
	soa     bool // the SOA record, with authority
	nothing bool // no records but the OPT
}

// expectations are the tests of RFC 8906 section 8.
//
//	query                                     section        rcode      OPT            answer
//	unknown type                              8.1.2          NOERROR    any            none
//	reserved header bit, AD, CD               8.1.3          NOERROR    any            SOA; the bit clear
//	unknown opcode                            8.1.4          NOTIMP     any            none
//	EDNS version 0                            8.2.1          NOERROR    version 0      SOA
//	version 1                                 8.2.2          BADVERS    version 0      none
//	unknown option                            8.2.3          NOERROR    without it     SOA
//	unknown flag                              8.2.4          NOERROR    without it     SOA
//	version 1 with an unknown option          8.2.6          BADVERS    without it     none
//	NSID, COOKIE and EXPIRE at once           8.2.10         NOERROR    version 0      SOA
//
// No answer at all is an error, for it makes resolvers wait. Another answer is a warning.
func expectations() []expectation {
	return []expectation{
		{query: askType, rule: RuleHeader, nothing: true},
		{query: askBits, rule: RuleHeader, soa: true},
		{query: askOpcode, rule: RuleHeader, rcode: dns.RcodeNotImplemented, nothing: true},
		{query: askEDNS, rule: RuleEDNS, opt: true, soa: true},
		{query: askVersion, rule: RuleEDNS, rcode: dns.RcodeBadVers, opt: true, nothing: true},
		{query: askOption, rule: RuleEDNS, opt: true, soa: true},
		{query: askFlag, rule: RuleEDNS, opt: true, soa: true},
		{query: askVersionOpt, rule: RuleEDNS, rcode: dns.RcodeBadVers, opt: true, nothing: true},
		{query: askKnown, rule: RuleEDNS, opt: true, soa: true},
	}
}

func (j *judgement) header(s *Server) {
	j.expect(s, RuleHeader, "unknown types, opcodes and header bits")
}

func (j *judgement) edns(s *Server) { j.expect(s, RuleEDNS, "EDNS, its versions, options and flags") }

func (j *judgement) expect(s *Server, rule Rule, what string) {
	for _, e := range expectations() {
		if e.rule != rule {
			continue
		}
		reply := s.Replies[e.query]
		if reply.Msg == nil {
			j.find(Error, rule, fmt.Sprintf("no answer to a query with %s: %s", e.query, reply.Err), "is a firewall in front that drops what it does not know?")
		} else if wrong := e.wrong(s, reply.Msg, j.Zone); wrong != "" {
			j.find(Warning, rule, fmt.Sprintf("%s: %s", e.query, wrong), "RFC 8906 says what to answer; newer versions of most servers do")
		}
	}
	j.fine(rule, "%s are dealt with as RFC 8906 wants", what)
}

// wrong says what an answer lacks or has too much, "" for nothing.
func (e *expectation) wrong(s *Server, m *dns.Msg, zone string) string {
	opt := m.IsEdns0()
	switch {
	case m.Rcode != e.rcode:
		return fmt.Sprintf("it answers %s, not %s", rcode(m.Rcode), rcode(e.rcode))
	case e.opt && opt == nil:
		return "the answer has no OPT record"
	case e.opt && opt.Version() != 0:
		return fmt.Sprintf("the answer is of EDNS version %d, which does not exist", opt.Version())
	case opt != nil && opt.Hdr.Ttl&unknownFlag != 0:
		return "the answer repeats the unknown flag"
	case opt != nil && hasOption(opt, unknownOption):
		return "the answer repeats the unknown option"
	case m.Zero:
		return "the answer has the reserved bit set"
	case e.nothing && len(m.Answer) > 0:
		return "the answer has records"
	case e.soa && len(s.answer(e.query, dns.TypeSOA)) == 0:
		return "the answer lacks the SOA record, or authority"
	}
	return ""
}

func hasOption(opt *dns.OPT, code uint16) bool {
	for _, o := range opt.Option {
		if o.Option() == code {
			return true
		}
	}
	return false
}
