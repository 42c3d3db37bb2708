package dnsserver

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// TestFarAlias: a chain ends, as one that is too long does, at a name that no pointer reaches (RFC 1035 4.1.4): here behind
// 20,000 octets of signatures.
func TestFarAlias(t *testing.T) {
	records := []string{"far.test. 60 IN SOA ns.far.test. host.far.test. 1 3600 600 604800 60", "far.test. 60 IN NS ns.far.test.",
		"first.far.test. 60 IN CNAME second.far.test.", "second.far.test. 60 IN CNAME x.dname.far.test.",
		"dname.far.test. 60 IN DNAME wild.far.test.", "*.wild.far.test. 60 IN A 192.0.2.2", "wilder.far.test. 60 IN CNAME third.far.test.",
		"third.far.test. 60 IN CNAME x.wild.far.test."}
	for tag := range 40 {
		for _, owner := range []string{"first", "wilder"} {
			records = append(records, fmt.Sprintf("%s.far.test. 60 IN RRSIG CNAME 8 3 60 20300101000000 20200101000000 %d far.test. %s",
				owner, tag, strings.Repeat("AAAA", 170)))
		}
	}
	z, err := assemble("far.test.", records...)
	if err != nil {
		t.Fatal(err)
	}
	s := open(z)
	for qname, want := range map[string][]string{
		"first.far.test.":  {"first.far.test.", "second.far.test."},
		"wilder.far.test.": {"wilder.far.test.", "third.far.test."},
	} {
		for _, id := range []uint16{0, 0xC000} { // read as a name, the ID is the root, or a pointer to itself
			m := new(dns.Msg).SetQuestion(qname, dns.TypeA).SetEdns0(1232, true)
			m.Id = id
			query, err := m.Pack()
			if err != nil {
				t.Fatal(err)
			}
			var reply dns.Msg
			if err := reply.Unpack(s.Answer(query, netip.MustParseAddr("192.0.2.1"), TCP, nil)); err != nil {
				t.Fatal(qname, err)
			}
			var owners []string
			for _, rr := range reply.Answer {
				if rr.Header().Rrtype != dns.TypeRRSIG {
					owners = append(owners, rr.Header().Name)
				}
			}
			if !slices.Equal(owners, want) {
				t.Errorf("%s with ID %d: the records of %v, want those of %v", qname, id, owners, want)
			}
		}
	}
}
