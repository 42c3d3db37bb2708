package querylog

import (
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/dnsserver"
	"leeward/zones"
)

// view is a zone without steering.
func view(t testing.TB) *dnsserver.View {
	t.Helper()
	origin, err := zones.ParseName("example.org.")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "example.org.zone")
	if err := os.WriteFile(file, []byte(`$TTL 300
@ IN SOA ns h 1 3600 600 604800 60
@ IN NS ns
ns IN A 192.0.2.53
*.w IN CNAME ns
d IN DNAME w
`), 0o600); err != nil {
		t.Fatal(err)
	}
	zone, _, err := zones.Parse(zones.Source{Origin: origin, File: file})
	if err != nil {
		t.Fatal(err)
	}
	return &dnsserver.View{Zones: zones.NewSet(zone), UDPSize: 1232}
}

// Each row is how much of an address is logged.
func TestCut(t *testing.T) {
	for _, row := range []struct {
		client string
		scope  int
		want   string
	}{
		{"192.0.2.77/32", 0, "0.0.0.0/0"},
		{"192.0.2.77/32", 18, "192.0.0.0/18"},
		{"192.0.2.77/32", 32, "192.0.2.0/24"},
		{"192.0.0.0/16", 24, "192.0.0.0/16"}, // no more than is known
		{"2001:db8:1:2::3/128", 128, "2001:db8:1::/56"},
		{"2001:db8:1:2::3/128", 32, "2001:db8::/32"},
	} {
		if got := cut(netip.MustParsePrefix(row.client), row.scope); got.String() != row.want {
			t.Errorf("%s, scope %d: %s, want %s", row.client, row.scope, got, row.want)
		}
	}
}

// What cannot be explained is logged all the same, and says why.
func TestNotExplained(t *testing.T) {
	question := func(change func(*dns.Msg)) dnsserver.Exchange {
		m := new(dns.Msg)
		m.SetQuestion("ns.example.org.", dns.TypeA)
		change(m)
		packet, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		return dnsserver.Exchange{Query: packet, Client: netip.MustParseAddrPort("192.0.2.1:99"), View: view(t)}
	}
	gone := question(func(*dns.Msg) {})
	gone.View = nil
	for _, row := range []struct {
		name     string
		exchange dnsserver.Exchange
		want     string
	}{
		{"another view", gone, "rcode=none transport=udp client=0.0.0.0/0 by=resolver reason=\"the view changed just then"},
		{"a transfer", question(func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeAXFR }), "not explained"},
		{"an update", question(func(m *dns.Msg) { m.Opcode = dns.OpcodeUpdate }), "not explained"},
		{"another class", question(func(m *dns.Msg) { m.Question[0].Qclass = dns.ClassCHAOS }), "not explained"},
		{"no question", question(func(m *dns.Msg) { m.Question = nil }), "not explained"},
		{"a good one", question(func(*dns.Msg) {}), "answered as written"},
	} {
		var text strings.Builder
		l := New(Options{Sample: 1, Most: 1, Logger: slog.New(slog.NewTextHandler(&text, nil))})
		l.logSafely(t.Context(), &row.exchange)
		if !strings.Contains(text.String(), row.want) || strings.Count(text.String(), "\n") != 1 {
			t.Errorf("%s: %s", row.name, text.String())
		}
	}
}

// FuzzLog logs whatever comes: a line, or none for what is no query, and never meets a defect.
func FuzzLog(f *testing.F) {
	world := view(f)
	for _, name := range []string{"ns.example.org.", "a.w.example.org.", "a.d.example.org.", "."} {
		m := new(dns.Msg)
		m.SetQuestion(name, dns.TypeA)
		m.SetEdns0(1232, true)
		packet, err := m.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(packet)
	}
	f.Fuzz(func(t *testing.T, query []byte) {
		var text strings.Builder
		l := New(Options{Sample: 1, Most: 1, Logger: slog.New(slog.NewTextHandler(&text, nil))})
		x := dnsserver.Exchange{Query: query, Client: netip.MustParseAddrPort("[2001:db8::1]:99"), View: world, Taken: time.Unix(1, 0), Answered: time.Unix(2, 0)}
		l.logSafely(t.Context(), &x)
		if strings.Contains(text.String(), "defect") || strings.Count(text.String(), "\n") > 1 {
			t.Error(text.String())
		}
	})
}
