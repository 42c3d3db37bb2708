package survey

import (
	"testing"

	"github.com/miekg/dns"

	"leeward/zones/delegation"
)

// FuzzAnswer gives the survey messages as they may come from anybody: what is taken answers the query, and no
// delegation is read without its parts.
func FuzzAnswer(f *testing.F) {
	query := plain("example.com.", dns.TypeNS, false)
	query.Id = 1
	answer := new(dns.Msg).SetReply(query)
	for _, text := range []string{"example.com. NS ns1.example.com.", "ns1.example.com. A 192.0.2.1"} {
		rr, err := dns.NewRR(text)
		if err != nil {
			f.Fatal(err)
		}
		answer.Ns, answer.Extra = append(answer.Ns, rr), append(answer.Extra, rr)
	}
	octets, err := answer.Pack()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(octets)
	f.Fuzz(func(t *testing.T, octets []byte) {
		m := answerTo(query, octets)
		if m == nil {
			return
		}
		if m.Id != query.Id || !m.Response {
			t.Errorf("no answer: %v", m)
		}
		var p delegation.Parent
		(&Survey{Zone: "example.com."}).read(&p, m)
		if len(p.NS) > 0 && p.Glue == nil {
			t.Errorf("half a delegation: %+v", p)
		}
	})
}
