package delegation

import (
	"strings"

	"github.com/miekg/dns"
)

// Query is one message to be sent to every server. Its ID is the sender's business.
type Query struct {
	Name string // under which its reply stands in Server.Replies
	TCP  bool   // over one connection with the others of its kind, without waiting between them
	Msg  *dns.Msg
}

// The names of queries.
const (
	askSOA         = "soa"
	askNS          = "ns"
	askCase        = "soa in odd case"
	askSOATCP      = "soa over TCP"
	askNSTCP       = "ns over TCP"
	askTypeTCP     = "unknown type over TCP"
	askType        = "unknown type"
	askOpcode      = "unknown opcode"
	askBits        = "reserved header bit, AD, CD"
	askEDNS        = "EDNS"
	askVersion     = "EDNS version 1"
	askOption      = "unknown EDNS option"
	askFlag        = "unknown EDNS flag"
	askVersionOpt  = "EDNS version 1 with an unknown option"
	askKnown       = "NSID, COOKIE and EXPIRE at once"
	askDNSKEY      = "dnskey"
	askCDS         = "cds"
	askCDNSKEY     = "cdnskey"
	askRoot        = "root"
	askForeign     = "foreign name"
	AskTransfer    = "transfer" // over a connection of its own, of which the first message is the reply
	unknownType    = 1000       // as RFC 8906 section 8.1.2 has it
	unknownOption  = 100        // RFC 8906 section 8.2.3
	unknownOpcode  = 15         // RFC 8906 section 8.1.4
	unknownFlag    = 0x40       // of the flags of EDNS, RFC 8906 section 8.2.4
	foreignName    = "a.root-servers.net."
	foreignBelow   = "root-servers.net."
	commonSize     = 1232 // octets over UDP that need no fragments
	maxNameOctets  = 255
	maxLabelOctets = 63
)

// AskAddress names the query for an address of a name server that lies in the zone.
func AskAddress(host string, rrtype uint16) string { return dns.TypeToString[rrtype] + " " + host }

// First are the queries that come before all others: a server that answers none of them is asked nothing else.
func First(zone string) []Query {
	return []Query{
		{askSOA, false, question(zone, dns.TypeSOA)},
		{askSOATCP, true, question(zone, dns.TypeSOA)},
		{askNSTCP, true, question(zone, dns.TypeNS)},
		{askTypeTCP, true, question(zone, unknownType)},
	}
}

// Queries are all the others. The name servers are those that lie in the zone.
func Queries(zone string, inside []string) []Query {
	queries := []Query{
		{askNS, false, question(zone, dns.TypeNS)},
		{askCase, false, question(oddCase(zone), dns.TypeSOA)},
		{askType, false, question(zone, unknownType)},
		{askOpcode, false, &dns.Msg{MsgHdr: dns.MsgHdr{Opcode: unknownOpcode}}},
		{askBits, false, with(zone, func(m *dns.Msg) { m.Zero, m.AuthenticatedData, m.CheckingDisabled = true, true, true })},
		{askEDNS, false, withOPT(zone, 0, 0)},
		{askVersion, false, withOPT(zone, 1, 0)},
		{askOption, false, withOPT(zone, 0, 0, &dns.EDNS0_LOCAL{Code: unknownOption})},
		{askFlag, false, withOPT(zone, 0, unknownFlag)},
		{askVersionOpt, false, withOPT(zone, 1, 0, &dns.EDNS0_LOCAL{Code: unknownOption})},
		{askKnown, false, withOPT(zone, 0, 0, &dns.EDNS0_NSID{Code: dns.EDNS0NSID},
			&dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: "0102030405060708"}, &dns.EDNS0_EXPIRE{Code: dns.EDNS0EXPIRE, Empty: true})},
		{askDNSKEY, false, signed(zone, dns.TypeDNSKEY)},
		{askCDS, false, signed(zone, dns.TypeCDS)},
		{askCDNSKEY, false, signed(zone, dns.TypeCDNSKEY)},
	}
	if zone != "." {
		queries = append(queries, Query{askRoot, false, recursive(".", dns.TypeNS)})
	}
	if !dns.IsSubDomain(foreignBelow, zone) {
		queries = append(queries, Query{askForeign, false, recursive(foreignName, dns.TypeA)})
	}
	for _, host := range inside {
		for _, rrtype := range []uint16{dns.TypeA, dns.TypeAAAA} {
			queries = append(queries, Query{AskAddress(host, rrtype), false, question(host, rrtype)})
		}
	}
	return append(queries, Query{AskTransfer, true, question(zone, dns.TypeAXFR)})
}

func question(name string, rrtype uint16) *dns.Msg {
	m := new(dns.Msg).SetQuestion(name, rrtype)
	m.RecursionDesired = false
	return m
}

func recursive(name string, rrtype uint16) *dns.Msg { return new(dns.Msg).SetQuestion(name, rrtype) }

func signed(zone string, rrtype uint16) *dns.Msg {
	return question(zone, rrtype).SetEdns0(commonSize, true)
}

func with(zone string, change func(m *dns.Msg)) *dns.Msg {
	m := question(zone, dns.TypeSOA)
	change(m)
	return m
}

func withOPT(zone string, version uint8, flags uint16, options ...dns.EDNS0) *dns.Msg {
	m := question(zone, dns.TypeSOA).SetEdns0(commonSize, false)
	opt := m.IsEdns0()
	opt.SetVersion(version)
	opt.Hdr.Ttl |= uint32(flags)
	opt.Option = options
	return m
}

// oddCase is a name with every other letter in upper case, as resolvers send it who want to know that they are not
// being lied to.
func oddCase(name string) string {
	odd := []byte(strings.ToLower(name))
	upper := true
	for i, c := range odd {
		if 'a' <= c && c <= 'z' {
			if upper {
				odd[i] = c - 'a' + 'A'
			}
			upper = !upper
		}
	}
	return string(odd)
}
