package dnsserver

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"leeward/steering"
)

// What is said to people takes only the room that is left: it truncates nothing (RFC 8914 3).
func TestExtendedErrorGivesWay(t *testing.T) {
	w := newWorld(t)
	w.view.NSID = strings.Repeat("n", 245)
	w.publish(steering.Facts{})
	for _, row := range []struct {
		label int // octets of a label in the qname
		said  bool
	}{{10, true}, {63, false}} {
		label := strings.Repeat("a", row.label)
		m := new(dns.Msg).SetQuestion(strings.Repeat(label+".", 3)+"example.org.", dns.TypeA)
		m.Extra = []dns.RR{&dns.OPT{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeOPT, Class: 512},
			Option: []dns.EDNS0{&dns.EDNS0_NSID{Code: dns.EDNS0NSID}}}}
		packet, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		response := w.server.Answer(packet, netip.MustParseAddr("192.0.2.1"), UDP, nil)
		checkReply(t, packet, response, UDP)
		var got dns.Msg
		if err := got.Unpack(response); err != nil {
			t.Fatal(err)
		}
		said := false
		for _, option := range got.IsEdns0().Option {
			said = said || option.Option() == dns.EDNS0EDE
		}
		if said != row.said || got.Truncated {
			t.Errorf("labels of %d octets: said %v, truncated %v, %d octets", row.label, said, got.Truncated, len(response))
		}
	}
}

// Before the first view there is nothing to answer from, and the client is told.
func TestNotReady(t *testing.T) {
	m := new(dns.Msg).SetQuestion("example.com.", dns.TypeA)
	m.SetEdns0(1232, false)
	packet, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	got := block(t, m, New().Answer(packet, netip.MustParseAddr("192.0.2.1"), UDP, nil))
	if got != "SERVFAIL rd edns=512 option15=14 (Not Ready): (the server is starting)\n" {
		t.Error(got)
	}
}
