package delegation

import (
	"crypto"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// The zone of the tests, and when it is judged.
const zone = "example.com."

func now() time.Time { return time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC) }

// hosts are the name servers of the healthy zone: two in it, one elsewhere.
func hosts() map[string][]netip.Addr {
	return map[string][]netip.Addr{
		"ns1.example.com.": {netip.MustParseAddr("81.2.69.53"), netip.MustParseAddr("2a02:6b8::53")},
		"ns2.example.com.": {netip.MustParseAddr("46.4.10.53"), netip.MustParseAddr("2a01:4f8::53")},
		"ns3.example.net.": {netip.MustParseAddr("89.160.20.53")},
	}
}

// healthy are the facts of a delegation with which nothing is wrong.
func healthy() *Facts {
	f := &Facts{Zone: zone, Now: now(), Parent: Parent{Asked: true, Server: "192.5.6.30", Glue: map[string][]netip.Addr{}},
		Colo: func(addr netip.Addr) string { return map[bool]string{true: "ams", false: "iad"}[addr.Is6()] }}
	for _, host := range []string{"ns1.example.com.", "ns2.example.com.", "ns3.example.net."} {
		addrs := hosts()[host]
		f.Names = append(f.Names, Name{Host: host, Delegated: true, Addrs: addrs})
		f.Parent.NS = append(f.Parent.NS, host)
		if f.Inside(host) {
			f.Parent.Glue[host] = slices.Clone(addrs)
		}
		for _, addr := range addrs {
			f.Servers = append(f.Servers, healthyServer(host, netip.AddrPortFrom(addr, 53)))
		}
	}
	return f
}

func healthyServer(host string, at netip.AddrPort) Server {
	s := Server{Host: host, Addr: at, Replies: map[string]Reply{}}
	for _, q := range append(First(zone), Queries(zone, []string{"ns1.example.com.", "ns2.example.com."})...) {
		s.Replies[q.Name] = Reply{Msg: healthyAnswer(q.Msg), From: at}
	}
	return s
}

// healthyAnswer answers as a name server by the book does.
func healthyAnswer(query *dns.Msg) *dns.Msg {
	m := new(dns.Msg).SetReply(query)
	if opt := query.IsEdns0(); opt != nil {
		m.SetEdns0(1232, opt.Do())
		if opt.Version() != 0 {
			m.Rcode = dns.RcodeBadVers
			return m
		}
	}
	if len(query.Question) == 0 {
		m.Rcode = dns.RcodeNotImplemented
		return m
	}
	question := query.Question[0]
	if !dns.IsSubDomain(zone, strings.ToLower(question.Name)) || question.Qtype == dns.TypeAXFR {
		m.Rcode = dns.RcodeRefused
		return m
	}
	m.Authoritative = true
	switch question.Qtype {
	case dns.TypeSOA:
		m.Answer = []dns.RR{rr(question.Name + " 86400 IN SOA ns1.example.com. hostmaster.example.com. 1 14400 3600 1209600 3600")}
	case dns.TypeNS:
		for _, host := range []string{"ns1.example.com.", "ns2.example.com.", "ns3.example.net."} {
			m.Answer = append(m.Answer, rr(zone+" 86400 IN NS "+host))
		}
	case dns.TypeA, dns.TypeAAAA:
		for _, addr := range hosts()[question.Name] {
			if addr.Is4() == (question.Qtype == dns.TypeA) {
				m.Answer = append(m.Answer, rr(question.Name+" 86400 IN "+dns.TypeToString[question.Qtype]+" "+addr.String()))
			}
		}
	}
	return m
}

func rr(text string) dns.RR {
	record, err := dns.NewRR(text)
	if err != nil {
		panic(err)
	}
	return record
}

// sign makes the facts those of a signed zone whose DS the parent has, signed until two days after they were
// found out.
func sign(f *Facts) {
	key := &dns.DNSKEY{Hdr: dns.RR_Header{Name: zone, Rrtype: dns.TypeDNSKEY, Class: dns.ClassINET, Ttl: 3600},
		Flags: dns.ZONE | dns.SEP, Protocol: 3, Algorithm: dns.ED25519}
	private, err := key.Generate(256)
	if err != nil {
		panic(err)
	}
	sig := &dns.RRSIG{Hdr: dns.RR_Header{Name: zone, Rrtype: dns.TypeRRSIG, Class: dns.ClassINET, Ttl: 3600},
		Inception: uint32(f.Now.Add(-time.Hour).Unix()), Expiration: uint32(f.Now.Add(48 * time.Hour).Unix()),
		KeyTag: key.KeyTag(), SignerName: zone, Algorithm: key.Algorithm}
	if err := sig.Sign(private.(crypto.Signer), []dns.RR{key}); err != nil {
		panic(err)
	}
	f.Parent.DS = []*dns.DS{key.ToDS(dns.SHA256)}
	each(f, askDNSKEY, func(r *Reply) { r.Msg.Answer = []dns.RR{key, sig} })
	each(f, askCDS, func(r *Reply) { r.Msg.Answer = []dns.RR{key.ToDS(dns.SHA256).ToCDS()} })
}

// each changes the reply of every server to a query.
func each(f *Facts, query string, change func(*Reply)) {
	for i := range f.Servers {
		r := f.Servers[i].Replies[query]
		change(&r)
		f.Servers[i].Replies[query] = r
	}
}

// one changes the reply of the first server to a query.
func one(query string, change func(*Reply)) func(*Facts) {
	return func(f *Facts) {
		r := f.Servers[0].Replies[query]
		change(&r)
		f.Servers[0].Replies[query] = r
	}
}

// silent is no reply.
func silent(r *Reply) { r.Msg, r.Err = nil, "none within 2s" }

// soa changes the SOA record of every server.
func soa(change func(*dns.SOA)) func(*Facts) {
	return func(f *Facts) {
		for _, query := range []string{askSOA, askSOATCP} {
			each(f, query, func(r *Reply) { change(r.Msg.Answer[0].(*dns.SOA)) })
		}
	}
}

// moved gives a name server other addresses, everywhere.
func moved(host string, addrs ...string) func(*Facts) {
	return func(f *Facts) {
		var all []netip.Addr
		for _, addr := range addrs {
			all = append(all, netip.MustParseAddr(addr))
		}
		for i := range f.Names {
			if f.Names[i].Host == host {
				f.Names[i].Addrs = all
			}
		}
		f.Parent.Glue[host] = all
		for _, rrtype := range []uint16{dns.TypeA, dns.TypeAAAA} {
			each(f, AskAddress(host, rrtype), func(r *Reply) {
				r.Msg.Answer = nil
				for _, addr := range all {
					hdr := dns.RR_Header{Name: host, Rrtype: rrtype, Class: dns.ClassINET}
					if rrtype == dns.TypeA && addr.Is4() {
						r.Msg.Answer = append(r.Msg.Answer, &dns.A{Hdr: hdr, A: addr.AsSlice()})
					} else if rrtype == dns.TypeAAAA && addr.Is6() {
						r.Msg.Answer = append(r.Msg.Answer, &dns.AAAA{Hdr: hdr, AAAA: addr.AsSlice()})
					}
				}
			})
		}
	}
}

// Nothing is said against a healthy delegation, signed or not.
func TestHealthy(t *testing.T) {
	for _, change := range []func(*Facts){func(*Facts) {}, sign} {
		f := healthy()
		change(f)
		report := Judge(f)
		if !report.Good {
			t.Error("not good")
		}
		for _, finding := range report.Findings {
			if finding.Level == Warning || finding.Level == Error {
				t.Errorf("%+v", finding)
			}
		}
	}
}
