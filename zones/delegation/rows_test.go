package delegation

import (
	"net/netip"
	"strings"
	"time"

	"github.com/miekg/dns"
)

func signedRows() []row {
	signed := func(change func(*Facts)) func(*Facts) {
		return func(f *Facts) { sign(f); change(f) }
	}
	return []row{
		{"no DS yet", signed(func(f *Facts) { f.Parent.DS = nil }), Note, RuleDS, "nobody validates it yet"},
		{"DS and no key", signed(func(f *Facts) { each(f, askDNSKEY, func(r *Reply) { r.Msg.Answer = nil }) }), Error, RuleDS, "the zone no DNSKEY"},
		{"DS of another key", signed(func(f *Facts) { f.Parent.DS[0].Digest = strings.Repeat("0", 64) }), Error, RuleDS, "no key of the zone has a DS"},
		{"a DS too many", signed(func(f *Facts) {
			stray := *f.Parent.DS[0]
			stray.KeyTag++
			f.Parent.DS = append(f.Parent.DS, &stray)
		}), Warning, RuleDS, "a DS for no key"},
		{"expired", signed(func(f *Facts) { f.Now = f.Now.Add(49 * time.Hour) }), Error, RuleSignature, "it holds from"},
		{"nearly expired", signed(func(f *Facts) { f.Now = f.Now.Add(47 * time.Hour) }), Warning, RuleSignature, "in less than 12h"},
		{"one server without signatures", signed(func(f *Facts) {
			one(askDNSKEY, func(r *Reply) { r.Msg = r.Msg.Copy(); r.Msg.Answer = r.Msg.Answer[:1] })(f)
		}), Error, RuleDNSKEY, "without signatures on ns1.example.com 81.2.69.53"},
		{"wrong signature", signed(func(f *Facts) {
			each(f, askDNSKEY, func(r *Reply) { r.Msg.Answer[1].(*dns.RRSIG).OrigTtl++ })
		}), Error, RuleSignature, "it is wrong"},
		{"no signature", signed(func(f *Facts) { each(f, askDNSKEY, func(r *Reply) { r.Msg.Answer = r.Msg.Answer[:1] }) }), Error, RuleSignature, "none by these keys"},
		{"keys on one server only", signed(func(f *Facts) { one(askDNSKEY, func(r *Reply) { r.Msg.Answer = nil })(f) }), Error, RuleDNSKEY, "none on ns1.example.com 81.2.69.53"},
		{"CDS", signed(func(*Facts) {}), Note, RuleCDS, "asks by CDS for a DS"},
		{"CDS of no key", signed(func(f *Facts) { each(f, askCDS, func(r *Reply) { r.Msg.Answer[0].(*dns.CDS).KeyTag++ }) }), Warning, RuleCDS, "is of no key"},
		{"CDS that removes", signed(func(f *Facts) { each(f, askCDS, func(r *Reply) { r.Msg.Answer[0].(*dns.CDS).Algorithm = 0 }) }), Note, RuleCDS, "to be removed"},
		{"what to publish", func(*Facts) {}, Note, RulePublish, "7 records"},
	}
}

func serverRows() []row {
	answer := func(query string, change func(*dns.Msg)) func(*Facts) {
		return one(query, func(r *Reply) { change(r.Msg) })
	}
	return []row{
		{"away", func(f *Facts) { f.Servers[0] = Server{Away: "this host has no way to it"} }, Warning, RuleUDP, "not tested"},
		{"all away", func(f *Facts) {
			for i := range f.Servers {
				f.Servers[i] = Server{Away: "this host has no way to it"}
			}
		}, Error, RuleUDP, "not tested"},
		{"no UDP", one(askSOA, silent), Error, RuleUDP, "no answer over UDP: none within 2s"},
		{"no TCP", one(askSOATCP, silent), Error, RuleTCP, "no answer over TCP"},
		{"one query a connection", one(askTypeTCP, silent), Warning, RuleTCP, "not all that follow"},
		{"another source", one(askSOA, func(r *Reply) { r.From = netip.MustParseAddrPort("81.2.69.54:53") }), Error, RuleSource, "came from 81.2.69.54:53"},
		{"lame: refused", answer(askSOA, func(m *dns.Msg) { m.Rcode = dns.RcodeRefused }), Error, RuleAuthority, "it answers REFUSED"},
		{"lame: a cache", answer(askSOA, func(m *dns.Msg) { m.Authoritative = false }), Error, RuleAuthority, "without authority"},
		{"lame: no SOA", func(f *Facts) {
			one(askSOA, func(r *Reply) { r.Msg.Answer = nil })(f)
			one(askSOATCP, silent)(f)
		}, Error, RuleAuthority, "without a SOA"},
		{"case not repeated", answer(askCase, func(m *dns.Msg) { m.Question[0].Name = zone }), Error, RuleCase, "does not repeat the case"},
		{"odd case unanswered", one(askCase, silent), Error, RuleCase, "no answer"},
		{"recursion offered", answer(askSOA, func(m *dns.Msg) { m.RecursionAvailable = true }), Error, RuleRecursion, "RA"},
		{"recursion", answer(askForeign, func(m *dns.Msg) { m.Rcode = dns.RcodeNameError }), Error, RuleRecursion, "resolves foreign names"},
		{"upward referral", answer(askRoot, func(m *dns.Msg) {
			m.Rcode, m.Ns = dns.RcodeSuccess, []dns.RR{rr(". IN NS a.root-servers.net.")}
		}), Warning, RuleRecursion, "referral to the root"},
		{"open transfer", answer(AskTransfer, func(m *dns.Msg) {
			m.Rcode, m.Answer = dns.RcodeSuccess, []dns.RR{rr("example.com. IN SOA a. b. 1 2 3 4 5")}
		}), Warning, RuleTransfer, "gives the whole zone"},
		{"unknown type dropped", one(askType, silent), Error, RuleHeader, "unknown type"},
		{"unknown type refused", answer(askType, func(m *dns.Msg) { m.Rcode = dns.RcodeNotImplemented }), Warning, RuleHeader, "answers NOTIMP, not NOERROR"},
		{"opcode answered", answer(askOpcode, func(m *dns.Msg) { m.Rcode = dns.RcodeSuccess }), Warning, RuleHeader, "answers NOERROR, not NOTIMP"},
		{"reserved bit repeated", answer(askBits, func(m *dns.Msg) { m.Zero = true }), Warning, RuleHeader, "reserved bit set"},
		{"EDNS dropped", one(askEDNS, silent), Error, RuleEDNS, "no answer to a query with EDNS"},
		{"EDNS unknown", answer(askEDNS, func(m *dns.Msg) { m.Extra = nil }), Warning, RuleEDNS, "no OPT record"},
		{"version 1 taken", answer(askVersion, func(m *dns.Msg) { m.Rcode = dns.RcodeSuccess }), Warning, RuleEDNS, "answers NOERROR, not BADVERS"},
		{"version 1 repeated", answer(askVersion, func(m *dns.Msg) { m.IsEdns0().SetVersion(1) }), Warning, RuleEDNS, "EDNS version 1"},
		{"flag repeated", answer(askFlag, func(m *dns.Msg) { m.IsEdns0().Hdr.Ttl |= unknownFlag }), Warning, RuleEDNS, "unknown flag"},
		{"option repeated", answer(askOption, func(m *dns.Msg) {
			m.IsEdns0().Option = []dns.EDNS0{&dns.EDNS0_LOCAL{Code: unknownOption}}
		}), Warning, RuleEDNS, "unknown option"},
		{"options without SOA", answer(askKnown, func(m *dns.Msg) { m.Answer = nil }), Warning, RuleEDNS, "lacks the SOA"},
	}
}
