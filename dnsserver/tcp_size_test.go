package dnsserver

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"leeward/zones"
)

// TestLargestQuery: a message of 65535 octets over TCP, most of them an EDNS option that nobody knows.
func TestLargestQuery(t *testing.T) {
	m := new(dns.Msg)
	m.SetQuestion("mail.example.com.", dns.TypeA)
	option := &dns.EDNS0_LOCAL{Code: 65001}
	m.Extra = []dns.RR{&dns.OPT{Hdr: dns.RR_Header{Name: ".", Rrtype: dns.TypeOPT, Class: 1232}, Option: []dns.EDNS0{option}}}
	option.Data = make([]byte, maxMessage-m.Len())
	query, err := m.Pack()
	if err != nil || len(query) != maxMessage {
		t.Fatal(len(query), err)
	}
	conn := start(t, &Transports{}, "127.0.0.1:0").dial(t, "tcp")
	write(t, conn, framed(query), framed(query))
	wantReply(t, readTCP(t, conn), m.Id)
	wantReply(t, readTCP(t, conn), m.Id)
	exchangeTCP(t, conn, 3)
}

// TestLargestReplies over TCP: what does not fit into 64 KiB is left out by whole RRsets, with TC where it was asked for.
func TestLargestReplies(t *testing.T) {
	s := start(t, &Transports{}, "127.0.0.1:0")
	view := *s.Server.View()
	view.Zones = zones.NewSet(largeZone(t))
	s.Server.Publish(&view)
	conn := s.dial(t, "tcp")
	for _, row := range []struct {
		name, qtype         string
		answers, additional int
		truncated           bool
	}{
		{"all.large.", "A", largest, 0, false},
		{"long.large.", "A", 5, 0, true}, // five CNAMEs leave no room for the addresses
		{"mail.large.", "MX", 20, 16, false},
		{"all.large.", "A", largest, 0, false},
	} {
		query := pack(t, 5, row.name, row.qtype)
		write(t, conn, framed(query))
		packet := readTCP(t, conn)
		checkReply(t, query, packet, TCP)
		var reply dns.Msg
		if err := reply.Unpack(packet); err != nil {
			t.Fatal(err)
		}
		sets := map[string]int{}
		for _, rr := range reply.Extra {
			sets[rr.Header().Name]++
		}
		if len(reply.Answer) != row.answers || len(sets) != row.additional || len(reply.Extra) != row.additional*largest/16 || reply.Truncated != row.truncated {
			t.Errorf("%s: %d answers, %d RRsets of %d records beside them, TC %v", row.name, len(reply.Answer), len(sets), len(reply.Extra), reply.Truncated)
		}
	}
}

// largest is how many A records an RRset can have.
const largest = 4048

// largeZone has the largest RRset at all, a chain of long names to it at long, and at mail 20 hosts with a sixteenth of
// as many addresses each.
func largeZone(t *testing.T) *zones.Zone {
	text := []byte("@ 60 IN SOA ns hostmaster 1 3600 600 604800 60\n@ 60 IN NS ns.example.\n")
	owner := "long"
	for _, letter := range []string{"a", "b", "c", "d"} {
		label := strings.Repeat(letter, 60)
		next := label + "." + label + "." + label
		text = fmt.Appendf(text, "%s 60 IN CNAME %s\n", owner, next)
		owner = next
	}
	text = fmt.Appendf(text, "%s 60 IN CNAME all\n", owner)
	text = appendAddresses(text, "all", largest)
	for i := range 20 {
		text = fmt.Appendf(text, "mail 60 IN MX 0 host%d\n", i)
		text = appendAddresses(text, fmt.Sprint("host", i), largest/16)
	}
	file := filepath.Join(t.TempDir(), "large.zone")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	origin, err := zones.ParseName("large.")
	if err != nil {
		t.Fatal(err)
	}
	zone, _, err := zones.Parse(zones.Source{Origin: origin, File: file})
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func appendAddresses(text []byte, owner string, n int) []byte {
	for i := range n {
		text = fmt.Appendf(text, "%s 60 IN A 10.0.%d.%d\n", owner, i>>8, i&255)
	}
	return text
}
