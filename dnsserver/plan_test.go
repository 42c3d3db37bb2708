package dnsserver

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/miekg/dns"

	"leeward/zones"
	"leeward/zones/tsig"
)

// Rows follow the chart of plan.
func TestPlan(t *testing.T) {
	list := versions(t, "a b", "a b c", "a b c d", "a c d e")
	present := list[len(list)-1]
	s := open(present, zones.Unready(zoneName(t, "late.example."), "never transferred yet"))
	for _, row := range []struct {
		question  string
		transport Transport
		want      string
	}{
		{"www.example.net. AXFR", TCP, "NOTAUTH"},
		{"example.org. IXFR 1", TCP, "NOTAUTH"},
		{"late.example. AXFR", TCP, "SERVFAIL (never transferred yet)"},
		{"example.net. AXFR", UDP, "FORMERR"},
		{"example.net. AXFR", TCP, "NOERROR 4 example ns1 a c d e 4"},
		{"EXAMPLE.net. AXFR", TCP, "NOERROR 4 example ns1 a c d e 4"},
		{"example.net. IXFR", TCP, "FORMERR"},
		{"example.net. IXFR 4", TCP, "NOERROR 4"},
		{"example.net. IXFR 5", TCP, "NOERROR 4"},
		{"example.net. IXFR 2147483651", TCP, "NOERROR 4"},
		{"example.net. IXFR 2147483652", TCP, "NOERROR 4 example ns1 a c d e 4"},
		{"example.net. IXFR 3", TCP, "NOERROR 4 3 b 4 e 4"},
		{"example.net. IXFR 3", UDP, "NOERROR 4 3 b 4 e 4"},
		{"example.net. IXFR 1", TCP, "NOERROR 4 1 b 4 c d e 4"},
		{"example.net. IXFR 0", TCP, "NOERROR 4 example ns1 a c d e 4"},
		{"example.net. IXFR 0", UDP, "NOERROR 4"},
	} {
		query := transferQuery(t, row.question)
		var got []*dns.Msg
		if row.transport == TCP {
			got = messages(t, s, query, "192.0.2.1", nil)
		} else {
			var m dns.Msg
			if err := m.Unpack(s.Answer(query, netip.MustParseAddr("192.0.2.1"), UDP, nil)); err != nil {
				t.Fatal(err)
			}
			got = append(got, &m)
		}
		if brief(got) != row.want {
			t.Errorf("%s over %s: %s, want %s", row.question, row.transport, brief(got), row.want)
		}
	}
}

// Most of a zone changed is told as the whole zone, and over UDP what does not fit as the SOA alone.
func TestPlanBySize(t *testing.T) {
	names := func(from, to int) (s string) {
		for i := from; i < to; i++ {
			s += fmt.Sprint(" host", i)
		}
		return s
	}
	for _, row := range []struct {
		before, after string
		transport     Transport
		records       int // in the answer
	}{
		{names(0, 200), names(1, 201), TCP, 4 + 2},
		{names(0, 200), names(1, 201), UDP, 4 + 2},
		{names(0, 200), names(60, 260), TCP, 4 + 120},
		{names(0, 200), names(60, 260), UDP, 1},
		{names(0, 200), names(190, 390), TCP, 204},
	} {
		list := versions(t, row.before, row.after)
		s := open(list[1])
		answer := new(dns.Msg)
		if err := answer.Unpack(s.Answer(transferQuery(t, "example.net. IXFR 1"), netip.MustParseAddr("192.0.2.1"), row.transport, nil)); err != nil {
			t.Fatal(err)
		}
		if len(answer.Answer) != row.records {
			t.Errorf("%d records over %s, want %d", len(answer.Answer), row.transport, row.records)
		}
	}
}

// Who may transfer is decided before all else.
func TestTransferAccess(t *testing.T) {
	s := guarded(t)
	for _, row := range []struct {
		question, client string
		key              *tsig.Key
		want             string
	}{
		{"example.com. AXFR", "203.0.113.1", nil, "REFUSED (transfer of this zone is not allowed to this address)"},
		{"example.com. AXFR", "203.0.113.1", ours, "REFUSED (transfer of this zone is not allowed to this address)"},
		{"example.com. AXFR", "192.0.2.1", nil, "REFUSED (transfer of this zone wants a signature (TSIG))"},
		{"example.com. IXFR 1", "192.0.2.1", others, "REFUSED (transfer of this zone is not allowed with this key)"},
		{"catalog.example. AXFR", "192.0.2.1", ours, "REFUSED (transfer of this zone is not allowed to this address)"},
		{"late.example. AXFR", "192.0.2.1", ours, "SERVFAIL (expired at noon)"},
		{"catalog.example. AXFR", "198.51.100.1", nil, "NOERROR 7 catalog version 7"},
	} {
		if got := brief(messages(t, s, transferQuery(t, row.question), row.client, row.key)); got != row.want {
			t.Errorf("%s from %s with %v: %s, want %s", row.question, row.client, row.key, got, row.want)
		}
	}
	nobody := New()
	nobody.Publish(plainView(t))
	if got := brief(messages(t, nobody, transferQuery(t, "example.com. AXFR"), "192.0.2.1", nil)); got != "REFUSED (transfer of this zone is allowed to nobody)" {
		t.Error(got)
	}
}
