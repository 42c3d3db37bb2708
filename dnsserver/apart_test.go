package dnsserver

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/zones"
	"leeward/zones/tsig"
)

// The keys of the tests. The server knows the first two.
var (
	ours    = testKey("ours.", tsig.HMACSHA256)
	others  = testKey("others.", tsig.HMACSHA512)
	nobodys = testKey("nobodys.", tsig.HMACSHA256)
)

func testKey(name string, a tsig.Algorithm) *tsig.Key {
	parsed, err := zones.ParseName(name)
	if err != nil {
		panic(err)
	}
	return &tsig.Key{Name: parsed, Algorithm: a, Secret: []byte("the secret of " + name)}
}

func secretOf(k *tsig.Key) string { return base64.StdEncoding.EncodeToString(k.Secret) }

func zoneName(t testing.TB, s string) zones.Name {
	t.Helper()
	name, err := zones.ParseName(s)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// guarded is a server of which 192.0.2.0/24 may have example.com with the key ours, and 198.51.100.1 all without; only
// 192.0.2.1 may notify. It serves a hidden zone and one of which it has nothing, too.
func guarded(t testing.TB) *Server {
	view := plainView(t)
	hidden, err := assemble("catalog.example.", "catalog.example. 0 IN SOA invalid. invalid. 7 3600 600 86400 0",
		"catalog.example. 0 IN NS invalid.", "version.catalog.example. 0 IN TXT 2")
	if err != nil {
		t.Fatal(err)
	}
	view.Zones = view.Zones.With(hidden.WithHidden(true)).With(zones.Unready(zoneName(t, "late.example."), "expired at noon"))
	view.Access = &Access{
		Keys: tsig.NewKeys(ours, others),
		Transfer: []Rule{
			{Zones: []zones.Name{zoneName(t, "example.com."), zoneName(t, "late.example.")}, Prefixes: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, Key: ours.Name},
			{Prefixes: []netip.Prefix{netip.MustParsePrefix("198.51.100.1/32")}},
			{Except: []zones.Name{zoneName(t, "catalog.example.")}, Prefixes: []netip.Prefix{netip.MustParsePrefix("198.51.100.2/32")}},
		},
		Notify: []Rule{{Prefixes: []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")}}},
	}
	s := New()
	s.Publish(view)
	return s
}

// assemble makes a zone of records.
func assemble(origin string, records ...string) (*zones.Zone, error) {
	name, err := zones.ParseName(origin)
	if err != nil {
		return nil, err
	}
	assembly := zones.Assemble(name)
	for _, text := range records {
		rr, err := dns.NewRR(text)
		if err != nil {
			return nil, err
		}
		if err := assembly.Add(rr); err != nil {
			return nil, err
		}
	}
	return assembly.Zone(nil)
}

// sign signs a query, and gives what verifies the response.
func sign(query []byte, key *tsig.Key) ([]byte, *tsig.Query) {
	if key == nil {
		return query, nil
	}
	return tsig.Ask(key, query, time.Now())
}

// TestAccess goes through the charts of decide, of hidden zones and of those that have nothing, at zones asked for over UDP.
func TestAccess(t *testing.T) {
	s := guarded(t)
	for _, row := range []struct {
		question, client string
		key              *tsig.Key
		want             string
	}{
		{"mail.example.com. A", "192.0.2.1", nil, "NOERROR"},
		{"mail.example.com. A", "192.0.2.1", ours, "NOERROR signed"},
		{"mail.example.com. A", "192.0.2.1", others, "NOERROR signed"},
		{"mail.example.com. A", "192.0.2.1", nobodys, "NOTAUTH BADKEY"},
		{"id.server. TXT CH", "192.0.2.1", ours, "NOERROR signed"},
		{"example.org. A", "192.0.2.1", ours, "REFUSED signed: no zone served here has the name"},
		{"catalog.example. SOA", "192.0.2.1", nil, "REFUSED: no zone served here has the name"},
		{"catalog.example. SOA", "192.0.2.1", ours, "REFUSED signed: no zone served here has the name"},
		{"catalog.example. SOA", "198.51.100.1", nil, "NOERROR"},
		{"version.catalog.example. TXT", "198.51.100.1", ours, "NOERROR signed"},
		{"catalog.example. SOA", "198.51.100.2", nil, "REFUSED: no zone served here has the name"},
		{"late.example. SOA", "192.0.2.1", nil, "SERVFAIL: expired at noon"},
		{"www.late.example. A", "192.0.2.1", ours, "SERVFAIL signed: expired at noon"},

		{"example.com. NOTIFY", "192.0.2.1", nil, "NOERROR"},
		{"example.com. NOTIFY", "192.0.2.1", ours, "NOERROR signed"},
		{"example.com. NOTIFY", "192.0.2.2", nil, "REFUSED: NOTIFY for this zone is not allowed to this address"},
		{"www.example.com. NOTIFY", "192.0.2.1", nil, "NOTAUTH"},
		{"late.example. NOTIFY", "192.0.2.1", nil, "NOERROR"},
		{"example.com. NOTIFY A", "192.0.2.1", nil, "FORMERR"},
		{"example.com. NOTIFY CH", "192.0.2.1", nil, "REFUSED"},
	} {
		query := request(t, row.question)
		signed, verifier := sign(query, row.key)
		response := s.Answer(signed, netip.MustParseAddr(row.client), UDP, nil)
		if got := outcome(t, response, verifier); got != row.want {
			t.Errorf("%s from %s, key %v: %s, want %s", row.question, row.client, row.key, got, row.want)
		}
	}
}

// request is a query with OPT: "NAME TYPE [CLASS]", or "NAME NOTIFY [TYPE or CLASS]".
func request(t testing.TB, question string) []byte {
	t.Helper()
	words := strings.Fields(question)
	m := new(dns.Msg)
	if words[1] == "NOTIFY" {
		m.SetNotify(words[0])
	} else {
		m.SetQuestion(words[0], dns.StringToType[words[1]])
	}
	if len(words) > 2 {
		if class, ok := dns.StringToClass[words[2]]; ok {
			m.Question[0].Qclass = class
		} else {
			m.Question[0].Qtype = dns.StringToType[words[2]]
		}
	}
	m.SetEdns0(1232, false)
	wire, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return wire
}

// outcome is a response in words: its rcode, whether it is signed, why it is as it is.
func outcome(t testing.TB, response []byte, verifier *tsig.Query) string {
	t.Helper()
	var m dns.Msg
	if err := m.Unpack(response); err != nil {
		t.Fatal(err)
	}
	words := dns.RcodeToString[m.Rcode]
	if rr := m.IsTsig(); rr != nil {
		if rr.Error != 0 {
			return words + " " + dns.RcodeToString[int(rr.Error)]
		}
		if err := verifier.Verify(response, time.Now()); err != nil {
			return words + " " + err.Error()
		}
		words += " signed"
	}
	for _, option := range m.IsEdns0().Option {
		if why, ok := option.(*dns.EDNS0_EDE); ok {
			words += ": " + why.ExtraText
		}
	}
	return words
}

// TestNotices shows what a NOTIFY passes on, and when nothing is.
func TestNotices(t *testing.T) {
	s := guarded(t)
	var got []string
	s.OnNotify = func(n Notice) {
		got = append(got, fmt.Sprintf("%s from %s: %d %t", n.Zone, n.From, n.Serial, n.HasSerial))
	}
	with := new(dns.Msg).SetNotify("EXAMPLE.com.")
	soa, err := dns.NewRR("example.com. 60 IN SOA ns1.example.com. hostmaster.example.com. 4000000000 1 2 3 4")
	if err != nil {
		t.Fatal(err)
	}
	with.Answer = []dns.RR{soa}
	odd := with.Copy()
	odd.Answer[0], _ = dns.NewRR("example.com. 60 IN A 192.0.2.1")
	for _, m := range []*dns.Msg{with, odd, new(dns.Msg).SetNotify("example.com.")} {
		for _, compress := range []bool{false, true} {
			m.Compress = compress
			wire, err := m.Pack()
			if err != nil {
				t.Fatal(err)
			}
			s.Answer(wire, netip.MustParseAddr("192.0.2.1"), TCP, nil)
			s.Answer(wire, netip.MustParseAddr("192.0.2.2"), TCP, nil)
		}
	}
	a, b := "example.com. from 192.0.2.1: 4000000000 true", "example.com. from 192.0.2.1: 0 false"
	if want := []string{a, a, b, b, b, b}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	counted := map[string]uint64{}
	s.Count(Counts{Notice: func(result string, n uint64) { counted[result] = n }})
	if counted["taken"] != 6 || counted["refused"] != 6 {
		t.Errorf("counted %v", counted)
	}
}
