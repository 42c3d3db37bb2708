package query

import (
	"net/netip"
	"testing"

	"github.com/miekg/dns"
)

func TestQueriesCanBeRead(t *testing.T) {
	var s Set
	opts := Options{Size: 1232, DO: true, Subnet: func() netip.Prefix { return netip.MustParsePrefix("192.0.2.0/24") }}
	if err := s.Add("www.bench.test", dns.TypeA, dns.RcodeSuccess, 1, opts); err != nil {
		t.Fatal(err)
	}
	var m dns.Msg
	if err := m.Unpack(s[0].Wire); err != nil {
		t.Fatal(err)
	}
	opt := m.IsEdns0()
	if opt == nil || !opt.Do() || opt.UDPSize() != 1232 || opt.Option[0].String() != "192.0.2.0/24/0" || m.RecursionDesired {
		t.Errorf("asked:\n%v", &m)
	}
}

func TestRight(t *testing.T) {
	q := Query{Rcode: dns.RcodeSuccess, Answers: 1}
	for _, row := range []struct {
		what     string
		response []byte
		right    bool
	}{
		{"NOERROR with 1 answers", []byte{0, 7, 0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0}, true},
		{"NOERROR with 0 answers, truncated", []byte{0, 7, 0x86, 0, 0, 1, 0, 0, 0, 0, 0, 0}, false},
		{"NOERROR with 2 answers", []byte{0, 7, 0x84, 0, 0, 1, 0, 2, 0, 0, 0, 0}, false},
		{"REFUSED with 0 answers", []byte{0, 7, 0x80, 5, 0, 1, 0, 0, 0, 0, 0, 0}, false},
		{"NOERROR with 1 answers", []byte{0, 7, 0x04, 0, 0, 1, 0, 1, 0, 0, 0, 0}, false}, // a query
	} {
		if q := (Query{Rcode: dns.RcodeSuccess, Answers: 1, Least: 1}); q.Right(row.response) { // all are without authority
			t.Errorf("%s: right without its authority section", row.what)
		}
		if q.Right(row.response) != row.right || Describe(row.response) != row.what {
			t.Errorf("%s: %v, described as %q", row.what, !row.right, Describe(row.response))
		}
	}
}
