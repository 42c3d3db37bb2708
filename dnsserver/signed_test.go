package dnsserver

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/miekg/dns"
)

// verify holds every signature of a response, by the key of its zone, against the RRset that it covers.
func verify(t testing.TB, m *dns.Msg) {
	t.Helper()
	for _, section := range [][]dns.RR{m.Answer, m.Ns, m.Extra} {
		for _, rr := range section {
			signature, ok := rr.(*dns.RRSIG)
			if !ok || len(m.Question) > 0 && m.Question[0].Qtype == dns.TypeRRSIG {
				continue
			}
			var covered []dns.RR
			for _, rr := range section {
				if h := rr.Header(); h.Rrtype == signature.TypeCovered && h.Name == signature.Hdr.Name {
					if h.Ttl != signature.Hdr.Ttl {
						t.Errorf("%v has another TTL than its signature", rr)
					}
					covered = append(covered, rr)
				}
			}
			if err := signature.Verify(keyOf[signature.SignerName], covered); err != nil {
				t.Errorf("%v over %v: %v", signature, covered, err)
			}
		}
	}
}

// keyOf has the keys of the signed zones in testdata.
var keyOf = map[string]*dns.DNSKEY{
	"nsec.example.":   zoneKey("nsec.example.", "q5QnQQDmb+Bwe5C4NMeEtQUI0jSPh51Kg9+JEh4YIWxKUQE2yhtdiTcqK+QhJfArVC93nxhYG6/gJg+0CafqMA=="),
	"optout.example.": zoneKey("optout.example.", "A1nCniDUQZRLGMtSE8CqaPGkFwA8DgVCRk+WnosmPKHU1hJT67+cxkNL5VKlWb9Cf6TZBjErtq4gXUQINApybw=="),
}

func zoneKey(owner, public string) *dns.DNSKEY {
	return &dns.DNSKEY{Hdr: dns.RR_Header{Name: owner, Rrtype: dns.TypeDNSKEY, Class: dns.ClassINET},
		Flags: dns.ZONE, Protocol: 3, Algorithm: dns.ECDSAP256SHA256, PublicKey: public}
}

// A signed response that does not fit is cut at whole RRsets with their signatures, and says so.
func TestSignedTruncation(t *testing.T) {
	w := newWorld(t)
	for _, size := range []uint16{512, 700, 1232} {
		m := new(dns.Msg).SetQuestion("nope.optout.example.", dns.TypeA)
		m.SetEdns0(size, true)
		packet, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		var got dns.Msg
		if err := got.Unpack(w.server.Answer(packet, netip.MustParseAddr("192.0.2.1"), UDP, nil)); err != nil {
			t.Fatal(err)
		}
		verify(t, &got)
		signatures := len(slices.DeleteFunc(slices.Clone(got.Ns), func(rr dns.RR) bool { return rr.Header().Rrtype != dns.TypeRRSIG }))
		if 2*signatures != len(got.Ns) || got.Truncated != (len(got.Ns) < 6) {
			t.Errorf("%d octets: %d records, %d of them signatures, truncated %v", size, len(got.Ns), signatures, got.Truncated)
		}
	}
}
