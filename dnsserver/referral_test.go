package dnsserver

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"leeward/zones"
)

// What is ready for a referral is what is written name by name: random cuts, with name servers at, below and beside them,
// asked for in random letter case, with and without DO, in little room and in much.
func TestReferralIsAsWrittenByName(t *testing.T) {
	ready, outgrown := 0, 0
	for seed := range uint64(200) {
		draw := rand.New(rand.NewPCG(seed, 1))
		text := delegations(draw)
		view := &View{Zones: zones.NewSet(parsed(t, text)), UDPSize: uint16(512 + draw.IntN(800))}
		for _, qname := range []string{"a.example.", "www.B.Example.", "x.y.c.example.", "d.EXAMPLE.", "w.e.d.example."} {
			query := new(dns.Msg).SetQuestion(qname, dns.TypeA)
			if draw.IntN(4) > 0 {
				query.SetEdns0(uint16(512+draw.IntN(800)), draw.IntN(2) == 0)
			}
			packet, err := query.Pack()
			if err != nil {
				t.Fatal(err)
			}
			at, asWritten := referred(t, view, packet), referred(t, view, packet)
			if at.found.Kind != zones.Referral {
				t.Fatalf("%s is not delegated in\n%s", qname, text)
			}
			if at.refer() {
				ready++
			} else {
				outgrown++
				at.authority()
				at.additional()
			}
			asWritten.authority()
			asWritten.additional()
			got, want := at.close(rcodeNoError), asWritten.close(rcodeNoError)
			if !slices.Equal(got, want) {
				t.Fatalf("%s in\n%s\nready:\n%v\nby name:\n%v", qname, text, unpacked(got), unpacked(want))
			}
		}
	}
	if ready < 100 || outgrown < 20 {
		t.Errorf("%d referrals were ready, %d were not: too few of one kind", ready, outgrown)
	}
}

// referred is the work on a query whose answer section is done.
func referred(t *testing.T, view *View, packet []byte) *answering {
	t.Helper()
	a := &answering{view: view}
	if rcode, _ := a.query.parse(packet); rcode != rcodeNoError {
		t.Fatal(rcode)
	}
	a.open(rcodeNoError, UDP, make([]byte, 0, maxMessage), 0)
	a.answers()
	return a
}

func unpacked(msg []byte) any {
	var m dns.Msg
	if err := m.Unpack(msg); err != nil {
		return err
	}
	return &m
}

// delegations is a zone of four cuts.
func delegations(draw *rand.Rand) string {
	var b strings.Builder
	b.WriteString("@ 300 IN SOA ns1 hostmaster 1 3600 600 604800 300\n@ 300 IN NS ns1\nns1 300 IN A 192.0.2.1\nns1 300 IN AAAA 2001:db8::1\n")
	for _, cut := range []string{"a", "B", "c", "d"} {
		targets := []string{cut, "ns." + cut, "NS2." + cut, "x.y." + cut, "ns.a", "ns.b", "NS1", "ns." + strings.Repeat("l", 60) + "." + cut,
			"ns.example.net.", "Ns2.Example.NET.", "net."}
		draw.Shuffle(len(targets), func(i, j int) { targets[i], targets[j] = targets[j], targets[i] })
		for _, target := range targets[:1+draw.IntN(len(targets))] {
			fmt.Fprintf(&b, "%s %d IN NS %s\n", cut, 600, target)
			if strings.HasSuffix(strings.ToLower(target), strings.ToLower(cut)) {
				for range 1 + draw.IntN(3) {
					fmt.Fprintf(&b, "%s 900 IN A 203.0.113.%d\n%s 900 IN AAAA 2001:db8::%x\n", target, draw.IntN(256), target, draw.IntN(65536))
				}
			}
		}
		if draw.IntN(8) == 0 { // against RFC 4035 section 2.2, and given all the same
			fmt.Fprintf(&b, "%s 600 IN RRSIG NS 13 2 600 20360101000000 20260101000000 1 example. AAAA\n", cut)
		}
		if draw.IntN(2) == 0 {
			fmt.Fprintf(&b, "%s 600 IN DS 1 13 2 %064d\n", cut, 1)
		}
	}
	return b.String()
}

func parsed(t *testing.T, text string) *zones.Zone {
	t.Helper()
	origin, err := zones.ParseName("example.")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "example.zone")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	zone, _, err := zones.Parse(zones.Source{Origin: origin, File: file})
	if err != nil {
		t.Fatal(err)
	}
	return zone
}
