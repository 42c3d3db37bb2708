package dnsserver

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/zones"
	"leeward/zones/tsig"
)

// versions are those of example.net from serial 1 on, each with the history of the one before. Version n has the hosts
// named in it, and one record that stays.
func versions(t testing.TB, hosts ...string) (list []*zones.Zone) {
	t.Helper()
	for i, names := range hosts {
		records := []string{fmt.Sprintf("example.net. 60 IN SOA ns1.example.net. hostmaster.example.net. %d 3600 600 86400 60", i+1),
			"example.net. 60 IN NS ns1.example.net.", "ns1.example.net. 60 IN A 192.0.2.53"}
		for name := range strings.FieldsSeq(names) {
			records = append(records, name+".Example.net. 60 IN A 192.0.2.1")
		}
		z, err := assemble("example.net.", records...)
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			z = z.After(list[i-1], time.Unix(int64(i), 0))
		}
		list = append(list, z)
	}
	return list
}

// open is a server of the zones that lets everybody transfer.
func open(zonesServed ...*zones.Zone) *Server {
	s := New()
	s.Publish(&View{Zones: zones.NewSet(zonesServed...), UDPSize: 1232, Access: &Access{Keys: tsig.NewKeys(ours, others), Transfer: []Rule{{}}}})
	return s
}

// transferQuery asks for "NAME AXFR" or "NAME IXFR SERIAL".
func transferQuery(t testing.TB, question string) []byte {
	t.Helper()
	words := strings.Fields(question)
	m := new(dns.Msg).SetQuestion(words[0], dns.StringToType[words[1]])
	if len(words) > 2 {
		m.SetIxfr(words[0], uint32(number(t, words[2])), ".", ".")
	}
	m.SetEdns0(1232, false)
	wire, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return wire
}

// messages are those of the response over TCP, without sockets, verified with the key if there is one.
func messages(t testing.TB, s *Server, query []byte, client string, key *tsig.Key) (list []*dns.Msg) {
	t.Helper()
	signed, verifier := sign(query, key)
	err := s.stream(signed, netip.MustParseAddr(client), TCP, nil, sink{
		more: func() bool { return true },
		send: func(msg []byte) error {
			if verifier != nil {
				if err := verifier.Verify(msg, time.Now()); err != nil {
					t.Error(err)
				}
			}
			m := new(dns.Msg)
			list = append(list, m)
			return m.Unpack(msg)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// brief is a response in a word for each record: the serial of an SOA, the first label of others, what was removed and
// added told apart by the SOAs.
func brief(list []*dns.Msg) string {
	words := []string{dns.RcodeToString[list[0].Rcode]}
	for _, m := range list {
		for _, rr := range m.Answer {
			if soa, ok := rr.(*dns.SOA); ok {
				words = append(words, fmt.Sprint(soa.Serial))
				continue
			}
			label, _, _ := strings.Cut(rr.Header().Name, ".")
			words = append(words, label)
		}
		if opt := m.IsEdns0(); opt != nil {
			for _, option := range opt.Option {
				words = append(words, fmt.Sprint("(", option.(*dns.EDNS0_EDE).ExtraText, ")"))
			}
		}
	}
	return strings.Join(words, " ")
}

// large is a zone of so many delegations, two name servers each, with a few RRsets that fill messages otherwise.
func large(t testing.TB, delegations int) *zones.Zone {
	t.Helper()
	records := []string{"example. 60 IN SOA ns1.example. hostmaster.example. 1 3600 600 86400 60", "example. 60 IN NS ns1.example.",
		"ns1.example. 60 IN A 192.0.2.53"}
	for i := range delegations {
		name := fmt.Sprintf("Domain%d.example.", i)
		records = append(records, name+" 60 IN NS ns1."+name, name+" 60 IN NS ns2.Domain0.example.", "ns1."+name+" 60 IN A 192.0.2.1")
	}
	for i := range 40 {
		records = append(records, fmt.Sprintf("long%d.example. 60 IN TXT %s", i, strings.Repeat(`"`+strings.Repeat("x", 250)+`" `, i*6)+fmt.Sprint(i)))
	}
	z, err := assemble("example.", records...)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// all are the records of a zone.
func all(z *zones.Zone) map[zones.Record]bool {
	return maps.Collect(func(yield func(zones.Record, bool) bool) {
		for r := range z.All() {
			if !yield(r, true) {
				return
			}
		}
	})
}

// TestWholeZones shows that what a transfer gives is the zone, to the letter case, and how its messages are: full, the
// first alone with question and OPT, all with the ID and AA, all signed.
func TestWholeZones(t *testing.T) {
	world := newWorld(t)
	served := append(world.view.Zones.All(), large(t, 3000))
	s := open(served...)
	for _, z := range served {
		for _, key := range []*tsig.Key{nil, ours, others} {
			got := messages(t, s, transferQuery(t, z.Origin().String()+" AXFR"), "192.0.2.1", key)
			assembly := zones.Assemble(z.Origin())
			for i, m := range got {
				wantPart(t, m, got[0].Id, i == 0, i == len(got)-1)
				for _, rr := range m.Answer {
					if err := assembly.Add(rr); err != nil {
						t.Fatal(err)
					}
				}
			}
			copied, err := assembly.Zone(nil)
			if err != nil {
				t.Fatal(z.Origin(), err)
			}
			if !maps.Equal(all(copied), all(z)) {
				t.Errorf("%s: what was transferred is not the zone", z.Origin())
			}
			first, last := got[0].Answer[0], got[len(got)-1].Answer
			if !dns.IsDuplicate(first, last[len(last)-1]) || first.Header().Rrtype != dns.TypeSOA {
				t.Errorf("%s begins with %v and ends with %v", z.Origin(), first, last[len(last)-1])
			}
		}
	}
}

func wantPart(t *testing.T, m *dns.Msg, id uint16, first, last bool) {
	t.Helper()
	size := len(m.Answer)
	switch {
	case m.Id != id || !m.Authoritative || !m.Response || m.Rcode != 0 || m.Truncated:
		t.Errorf("header %+v", m.MsgHdr)
	case (len(m.Question) > 0) != first || (m.IsEdns0() != nil) != first:
		t.Errorf("question %v, OPT %v, first %t", m.Question, m.IsEdns0(), first)
	case size == 0:
		t.Error("a message without a record")
	}
}

// A message is as large as names can be pointed to, nearly, unless one record is larger.
func TestFullMessages(t *testing.T) {
	s := open(large(t, 3000))
	var sizes []int
	records := 0
	err := s.stream(transferQuery(t, "example. AXFR"), netip.MustParseAddr("192.0.2.1"), TCP, nil, sink{
		more: func() bool { return true },
		send: func(msg []byte) error {
			sizes = append(sizes, len(msg))
			records += int(get16(msg, int(answerSection)))
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, size := range sizes {
		total += size
	}
	if len(sizes) > total/(12<<10) {
		t.Errorf("%d octets in %d messages: %v", total, len(sizes), sizes)
	}
	if plain := slices.Max(sizes); plain > fullMessage+1<<16 {
		t.Errorf("a message of %d octets", plain)
	}
	if perRecord := float64(total-40*20*6*251) / float64(records); perRecord > 30 {
		t.Errorf("%.1f octets a record: names are not compressed", perRecord)
	}
}

// Where there is no room for a transfer of several messages, those of one are given all the same.
func TestNoRoom(t *testing.T) {
	s := open(append(versions(t, "a", "a b"), large(t, 1000))...)
	for question, want := range map[string]string{
		"example. AXFR":     "SERVFAIL (too many transfers at once)",
		"example.net. AXFR": "NOERROR 2 example ns1 a b 2",
		"example. IXFR 1":   "NOERROR 1",
	} {
		var got []*dns.Msg
		signed, verifier := sign(transferQuery(t, question), ours)
		err := s.stream(signed, netip.MustParseAddr("192.0.2.1"), TCP, nil, sink{
			more: func() bool { return false },
			send: func(msg []byte) error {
				got = append(got, new(dns.Msg))
				if err := verifier.Verify(msg, time.Now()); err != nil {
					return err
				}
				return got[len(got)-1].Unpack(msg)
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		if brief(got) != want {
			t.Errorf("%s: %s, want %s", question, brief(got), want)
		}
	}
}
