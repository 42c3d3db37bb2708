package delegation

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// row is one thing that can be wrong, and what is to be said of it.
type row struct {
	name   string
	broken func(*Facts)
	level  Level
	rule   Rule
	text   string // part of the finding
}

func rows() []row {
	return slices.Concat(namesRows(), zoneRows(), parentRows(), signedRows(), serverRows())
}

func namesRows() []row {
	return []row{
		{"one name server", func(f *Facts) { f.Names = f.Names[:1] }, Error, RuleCount, "1 name server:"},
		{"two names, one address", func(f *Facts) {
			f.Names = f.Names[1:]
			f.Names[0].Addrs, f.Names[1].Addrs = f.Names[0].Addrs[:1], f.Names[0].Addrs[:1]
		}, Error, RuleCount, "2 names of name servers and 1 address"},
		{"fourteen", func(f *Facts) {
			for i := range 11 {
				f.Names = append(f.Names, Name{Host: fmt.Sprintf("x%d.example.net.", i), Delegated: true, Addrs: f.Names[2].Addrs})
			}
		}, Warning, RuleCount, "14 name servers"},
		{"underscore", func(f *Facts) { f.Names[2].Host = "ns_3.example.net." }, Error, RuleHostname, `'_' in "ns_3"`},
		{"hyphen at the end", func(f *Facts) { f.Names[2].Host = "ns3-.example.net." }, Error, RuleHostname, `"ns3-"`},
		{"address for a name", func(f *Facts) { f.Names[2].Host = "81.2.69.53." }, Error, RuleHostname, "it is an address"},
		{"alias", func(f *Facts) { f.Names[2].Alias = "host.example.net." }, Error, RuleAlias, "ns3.example.net is an alias of host.example.net"},
		{"no address", func(f *Facts) { f.Names[2].Addrs, f.Names[2].Err = nil, "it has none" }, Error, RuleAddress, "ns3.example.net is known: it has none"},
		{"no IPv4", func(f *Facts) {
			f.Names = f.Names[:2]
			moved("ns1.example.com.", "2a02:6b8::53")(f)
			moved("ns2.example.com.", "2a01:4f8::53")(f)
		}, Error, RuleFamilies, "no name server has an IPv4 address"},
		{"no IPv6", func(f *Facts) {
			moved("ns1.example.com.", "81.2.69.53")(f)
			moved("ns2.example.com.", "46.4.10.53")(f)
		}, Warning, RuleFamilies, "no name server has an IPv6 address"},
		{"private", moved("ns1.example.com.", "10.1.2.3"), Error, RulePublic, "10.1.2.3 is not public: 10.0.0.0/8 is for private networks"},
		{"documentation", moved("ns1.example.com.", "2001:db8::53"), Error, RulePublic, "is for documentation"},
		{"this host among others", moved("ns1.example.com.", "127.0.0.1"), Error, RulePublic, "is for this host"},
		{"one network", func(f *Facts) {
			f.Names = f.Names[:2]
			moved("ns1.example.com.", "81.2.69.53", "2a02:6b8::53")(f)
			moved("ns2.example.com.", "81.2.69.54", "2a01:4f8::53")(f)
		}, Warning, RuleNetworks, "81.2.69.0/24"},
		{"one address of IPv6", moved("ns2.example.com.", "46.4.10.53"), Warning, RuleNetworks, "2a02:6b8::53 is the only address of its family"},
		{"one network of IPv6", moved("ns2.example.com.", "46.4.10.53", "2a02:6b8:0:1::53"), Warning, RuleNetworks, "2a02:6b8::/48"},
		{"one colo", func(f *Facts) { f.Colo = func(netip.Addr) string { return "ams" } }, Warning, RuleColos, "the colo ams"},
		{"addresses in no colo", func(f *Facts) { f.Colo = func(netip.Addr) string { return "" } }, Note, RuleColos, "no address lies"},
	}
}

func zoneRows() []row {
	differ := func(query string, change func(*dns.Msg)) func(*Facts) {
		return func(f *Facts) { one(query, func(r *Reply) { change(r.Msg) })(f) }
	}
	return []row{
		{"serials", differ(askSOA, func(m *dns.Msg) { m.Answer[0].(*dns.SOA).Serial = 2 }), Error, RuleSerial, "2 on ns1.example.com 81.2.69.53; 1 on"},
		{"SOA", differ(askSOA, func(m *dns.Msg) { m.Answer[0].(*dns.SOA).Expire++ }), Error, RuleSOA, "differ in the SOA"},
		{"NS", differ(askNS, func(m *dns.Msg) { m.Answer = m.Answer[:2] }), Error, RuleNS, "differ in the NS set"},
		{"addresses", differ(AskAddress("ns2.example.com.", dns.TypeA), func(m *dns.Msg) { m.Answer = nil }), Error, RuleGlueSame, "addresses of ns2.example.com"},
		{"refresh for DENIC", soa(func(s *dns.SOA) { s.Refresh = 90000 }), Warning, RuleTimers, "refresh 90000: DENIC wants 3600 to 86400"},
		{"refresh for AFNIC", soa(func(s *dns.SOA) { s.Refresh = 3600 }), Warning, RuleTimers, "refresh 3600: AFNIC and .se (Zonemaster) wants 14400 or more"},
		{"retry for AFNIC", soa(func(s *dns.SOA) { s.Retry = 1800 }), Warning, RuleTimers, "retry 1800: AFNIC"},
		{"retry for DENIC", soa(func(s *dns.SOA) { s.Retry = 7200 }), Warning, RuleTimers, "wants 1800 to 4800, 1/8 to 1/3 of the refresh"},
		{"retry over refresh", soa(func(s *dns.SOA) { s.Retry = 14401 }), Warning, RuleTimers, "SIDN wants 0 to 14400"},
		{"expire for all", soa(func(s *dns.SOA) { s.Expire = 86400 }), Warning, RuleTimers, "expire 86400: DENIC wants 604800 to 3600000"},
		{"expire for SIDN", soa(func(s *dns.SOA) { s.Refresh, s.Retry = 86400, 14400; s.Expire = 604799 }), Warning, RuleTimers, "7 times the refresh"},
		{"minimum", soa(func(s *dns.SOA) { s.Minttl = 200 }), Warning, RuleTimers, "minimum 200: AFNIC"},
		{"primary", soa(func(s *dns.SOA) { s.Ns = "." }), Error, RulePrimary, "is no hostname"},
		{"hidden primary", soa(func(s *dns.SOA) { s.Ns = "hidden.example.com." }), Note, RulePrimary, "no name server of the zone"},
		{"no mailbox", soa(func(s *dns.SOA) { s.Mbox = "." }), Error, RuleMailbox, "is none"},
		{"mailbox with @", soa(func(s *dns.SOA) { s.Mbox = "me@example.com." }), Error, RuleMailbox, "has an @"},
		{"mailbox at no hostname", soa(func(s *dns.SOA) { s.Mbox = "me.-.com." }), Warning, RuleMailbox, "at no hostname"},
		{"TTL", func(f *Facts) { each(f, askNS, func(r *Reply) { r.Msg.Answer[0].Header().Ttl = 300 }) }, Warning, RuleTTL, "TTL of 300"},
	}
}

func parentRows() []row {
	long := func(f *Facts) {
		for i := range 9 {
			name := Name{Host: fmt.Sprintf("a-rather-long-name-%d.of.a.server.example%d.net.", i, i), Delegated: true}
			f.Names = append(f.Names, name)
		}
	}
	return []row{
		{"parent not asked", func(f *Facts) { f.Parent = Parent{} }, Note, RuleParent, "not asked"},
		{"parent not found", func(f *Facts) { f.Parent = Parent{Asked: true, Err: "no answer"} }, Warning, RuleParent, "not known: no answer"},
		{"parent without delegation", func(f *Facts) { f.Parent = Parent{Asked: true} }, Note, RuleParent, "does not delegate"},
		{"missing in the parent", func(f *Facts) { f.Parent.NS = f.Parent.NS[:2] }, Error, RuleParentNS, "ns3.example.net is in the zone's NS set, and is not delegated to"},
		{"missing in the zone", func(f *Facts) { each(f, askNS, func(r *Reply) { r.Msg.Answer = r.Msg.Answer[:2] }) }, Error, RuleParentNS, "ns3.example.net is delegated to"},
		{"no glue", func(f *Facts) { delete(f.Parent.Glue, "ns1.example.com.") }, Error, RuleGlue, "no address of ns1.example.com"},
		{"other glue", func(f *Facts) { f.Parent.Glue["ns1.example.com."][0] = netip.MustParseAddr("81.2.69.99") }, Error, RuleGlue, "81.2.69.99, 2a02:6b8::53 for ns1.example.com, the zone 81.2.69.53, 2a02:6b8::53"},
		{"old glue elsewhere", func(f *Facts) {
			f.Parent.Glue["ns3.example.net."] = []netip.Addr{netip.MustParseAddr("81.2.69.99")}
		}, Warning, RuleGlue, "81.2.69.99 for ns3.example.net, which has 89.160.20.53"},
		{"referral that never fits", long, Error, RuleReferral, "with the least of glue"},
		{"referral with all glue", func(f *Facts) {
			var many []string
			for i := range 6 {
				many = append(many, fmt.Sprintf("2a02:6b8:%d::53", i))
			}
			moved("ns1.example.com.", append(many, "81.2.69.53")...)(f)
		}, Warning, RuleReferral, "a referral with all glue"},
	}
}

// Each thing that is wrong is told, and what is an error makes the whole bad.
func TestJudge(t *testing.T) {
	for _, r := range rows() {
		t.Run(r.name, func(t *testing.T) {
			f := healthy()
			r.broken(f)
			report := Judge(f)
			if !slices.ContainsFunc(report.Findings, func(f Finding) bool {
				return f.Level == r.level && f.Rule == r.rule && strings.Contains(f.Text, r.text)
			}) {
				t.Errorf("no %s %s with %q in %+v", r.level, r.rule, r.text, report.Findings)
			}
			if report.Good && r.level == Error {
				t.Error("good all the same")
			}
		})
	}
}

// Every rule has a row that shows it at work.
func TestRules(t *testing.T) {
	for _, rule := range Rules() {
		if !slices.ContainsFunc(rows(), func(r row) bool { return r.rule == rule }) {
			t.Errorf("no row shows the rule %s", rule)
		}
	}
}

// What the parent must publish: the NS set, the addresses in the zone, the DS of a signed one.
func TestPublish(t *testing.T) {
	f := healthy()
	sign(f)
	want := []string{
		"example.com. IN NS ns1.example.com.", "example.com. IN NS ns2.example.com.", "example.com. IN NS ns3.example.net.",
		"ns1.example.com. IN A 81.2.69.53", "ns1.example.com. IN AAAA 2a02:6b8::53",
		"ns2.example.com. IN A 46.4.10.53", "ns2.example.com. IN AAAA 2a01:4f8::53",
		fmt.Sprintf("example.com. IN DS %d 15 2 %s", f.Parent.DS[0].KeyTag, f.Parent.DS[0].Digest),
	}
	if got := Judge(f).Publish; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The longest name that can be asked has 255 octets, or one fewer.
func TestLongest(t *testing.T) {
	for _, zone := range []string{".", "com.", "example.com.", strings.Repeat("a.", 120), strings.Repeat("ab.", 84)} {
		name := longest(zone)
		octets, err := dns.PackDomainName(name, make([]byte, 300), 0, nil, false)
		if err != nil || octets < 254 || octets > 255 || !dns.IsSubDomain(zone, name) {
			t.Errorf("%s: %d octets, %v", name, octets, err)
		}
	}
}
