package dnsserver

import (
	"net/netip"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/zones"
	"leeward/zones/tsig"
)

// TestSignedFits shows that a signed response keeps to the client's limit, with its signature.
func TestSignedFits(t *testing.T) {
	s := guarded(t)
	for size := uint16(512); size < 1300; size += 7 {
		for _, name := range []string{"big.example.com.", "www.example.com.", "mail.example.com."} {
			m := new(dns.Msg).SetQuestion(name, dns.TypeTXT)
			m.SetEdns0(size, true)
			m.IsEdns0().Option = append(m.IsEdns0().Option, &dns.EDNS0_NSID{Code: dns.EDNS0NSID})
			query, err := m.Pack()
			if err != nil {
				t.Fatal(err)
			}
			signed, verifier := tsig.Ask(others, query, time.Now())
			response := s.Answer(signed, netip.MustParseAddr("192.0.2.1"), UDP, nil)
			if len(response) > int(size) {
				t.Errorf("%s, %d: %d octets", name, size, len(response))
			}
			if err := verifier.Verify(response, time.Now()); err != nil {
				t.Errorf("%s, %d: %v", name, size, err)
			}
		}
	}
}

// TestReferenceTSIG has a whole exchange with the client of miekg/dns.
func TestReferenceTSIG(t *testing.T) {
	s := start(t, &Transports{}, "127.0.0.1:0")
	s.Server.Publish(guarded(t).View())
	for _, network := range []string{"udp", "tcp"} {
		m := new(dns.Msg).SetQuestion("mail.example.com.", dns.TypeA)
		m.SetTsig("ours.", dns.HmacSHA256, 300, time.Now().Unix())
		client := &dns.Client{Net: network, Timeout: patience, TsigSecret: map[string]string{"ours.": secretOf(ours)}}
		if _, _, err := client.Exchange(m, s.at.String()); err != nil {
			t.Errorf("%s: %v", network, err)
		}
	}
}

// FuzzApart wants of any octets, signed or not, from who may do everything, responses that can be read; and no notice but of a
// zone that is served.
func FuzzApart(f *testing.F) {
	for _, question := range []string{"example.net. AXFR", "example.net. IXFR 1", "example.net. IXFR 2", "late.example. AXFR"} {
		f.Add(transferQuery(f, question), true)
	}
	f.Add(request(f, "example.net. NOTIFY"), false)
	signed, _ := tsig.Ask(ours, transferQuery(f, "example.net. IXFR 1"), time.Now())
	f.Add(signed, false)
	s := open(append(versions(f, "a b", "a c"), zones.Unready(zoneName(f, "late.example."), "late"))...)
	s.View().Access.Notify = []Rule{{}}
	s.OnNotify = func(n Notice) {
		if s.View().Zones.Zone(n.Zone) == nil {
			f.Error("notice of", n.Zone)
		}
	}
	f.Fuzz(func(t *testing.T, packet []byte, sign bool) {
		if sign && len(packet) >= headerSize && len(packet) < 1<<15 {
			packet, _ = tsig.Ask(ours, packet, time.Now())
		}
		for _, transport := range []Transport{UDP, TCP} {
			var q query
			if _, answer := q.parse(packet); !answer {
				return
			}
			err := s.stream(packet, netip.MustParseAddr("192.0.2.1"), transport, nil, sink{
				more: func() bool { return true },
				send: func(msg []byte) error {
					checkReply(t, packet, msg, transport)
					return new(dns.Msg).Unpack(msg)
				},
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
}
