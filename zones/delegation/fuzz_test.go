package delegation

import (
	"testing"

	"github.com/miekg/dns"
)

// FuzzJudge gives servers that answer everything with the same message, whatever is in it.
func FuzzJudge(f *testing.F) {
	signed := healthy()
	sign(signed)
	for _, reply := range signed.Servers[0].Replies {
		octets, err := reply.Msg.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(octets)
	}
	f.Fuzz(func(t *testing.T, octets []byte) {
		m := new(dns.Msg)
		if m.Unpack(octets) != nil {
			return
		}
		facts := healthy()
		for query := range facts.Servers[0].Replies {
			one(query, func(r *Reply) { r.Msg = m })(facts)
		}
		for _, rr := range m.Answer {
			if ds, ok := rr.(*dns.DS); ok {
				facts.Parent.DS = append(facts.Parent.DS, ds)
			}
		}
		report := Judge(facts)
		for _, finding := range report.Findings {
			if finding.Text == "" {
				t.Errorf("%s without a text", finding.Rule)
			}
		}
	})
}
