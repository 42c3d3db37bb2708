package secondaries

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/dnsserver"
	"leeward/dnsserver/internal/peers"
	"leeward/zones"
	"leeward/zones/transfer"
	"leeward/zones/tsig"
)

const origin = "example.net."

// primary is a Leeward server of one zone that may be edited, with a notifier.
type primary struct {
	*dnsserver.Server
	addr     netip.AddrPort
	notifier *transfer.Notifier
	access   *dnsserver.Access

	zone *zones.Zone
}

// newPrimary serves a zone to whoever has the key, or to all of this host if that is nil. It ends with the test.
func newPrimary(t testing.TB, z *zones.Zone, key *tsig.Key) *primary {
	t.Helper()
	l, err := dnsserver.Listen(netip.MustParseAddrPort("127.0.0.1:0"), dnsserver.Sockets{})
	if err != nil {
		t.Fatal(err)
	}
	rule := dnsserver.Rule{Prefixes: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}
	p := &primary{Server: dnsserver.New(), addr: l.Addr(), notifier: transfer.NewNotifier(nil), access: &dnsserver.Access{}}
	if key != nil {
		rule.Key = key.Name
		p.access.Keys = tsig.NewKeys(key)
	}
	p.access.Transfer = []dnsserver.Rule{rule}
	p.serve(z)
	transports := &dnsserver.Transports{Server: p.Server, Listeners: []*dnsserver.Listener{l}, Idle: 10 * time.Second, Connections: 100,
		Logger: slog.New(slog.NewTextHandler(t.Output(), nil))}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := transports.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	running.Go(func() { _ = p.notifier.Run(ctx) }) // gives nil only
	t.Cleanup(func() { cancel(); running.Wait() })
	return p
}

// serve puts a version of the zone in service, and tells of it.
func (p *primary) serve(z *zones.Zone) {
	p.zone = z
	p.Publish(&dnsserver.View{Zones: zones.NewSet(z), UDPSize: 1232, Access: p.access})
	p.notifier.Serve(zones.NewSet(z), nil)
}

// given is how many transfers of a kind were given.
func (p *primary) given(kind string) (given uint64) {
	p.Count(dnsserver.Counts{Transfer: func(k, result string, n uint64) {
		if k == kind && result == "done" {
			given = n
		}
	}})
	return given
}

// edited is the next version of the zone: a host comes, the tenth before it goes, and one has a new address.
func edited(t testing.TB, z *zones.Zone, n int) *zones.Zone {
	t.Helper()
	soa := func(serial uint32) string {
		return fmt.Sprintf("%s 60 IN SOA ns1.%[1]s hostmaster.%[1]s %d 3600 600 86400 60", origin, serial)
	}
	host := func(n int) string { return fmt.Sprintf("host%d.%s 60 IN A 192.0.2.1", n, origin) }
	turn := func(n int) string { return fmt.Sprintf("turn.%s 60 IN A 10.0.%d.%d", origin, n>>8, n&255) }
	removed, added := []string{soa(z.Serial()), turn(n - 1)}, []string{soa(z.Serial() + 1), turn(n), host(n)}
	if n > 10 {
		removed = append(removed, host(n-10))
	}
	c, err := zones.NewChange(z.Origin(), parse(t, removed), parse(t, added))
	if err != nil {
		t.Fatal(err)
	}
	next, err := z.Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func parse(t testing.TB, texts []string) (rrs []dns.RR) {
	t.Helper()
	for _, text := range texts {
		rr, err := dns.NewRR(text)
		if err != nil {
			t.Fatal(err)
		}
		rrs = append(rrs, rr)
	}
	return rrs
}

// first is the first version of the zone, with a few records beside those that change.
func first(t testing.TB) *zones.Zone {
	t.Helper()
	texts := []string{
		origin + " 60 IN SOA ns1.example.net. hostmaster.example.net. 1 3600 600 86400 60", origin + " 60 IN NS ns1.example.net.",
		"ns1.example.net. 60 IN A 192.0.2.53", "turn.example.net. 60 IN A 10.0.0.0", `\000\255.Odd\.label.example.net. 60 IN TXT "\000\255" ""`,
		"sub.example.net. 60 IN NS ns.sub.example.net.", "ns.sub.example.net. 60 IN AAAA 2001:db8::1", "below.sub.example.net. 60 IN A 192.0.2.9",
		"*.example.net. 60 IN MX 10 Mail.Example.NET.", "example.net. 60 IN TYPE65280 \\# 3 010203", "www.example.net. 60 IN HTTPS 1 . alpn=h2,h3 ipv4hint=192.0.2.1",
	}
	for i := range 300 {
		texts = append(texts, fmt.Sprintf("stays%d.example.net. 60 IN TXT %d", i, i))
	}
	return assemble(t, origin, parse(t, texts))
}

func assemble(t testing.TB, origin string, rrs []dns.RR) *zones.Zone {
	t.Helper()
	name, err := zones.ParseName(origin)
	if err != nil {
		t.Fatal(err)
	}
	assembly := zones.Assemble(name)
	for _, rr := range rrs {
		if err := assembly.Add(rr); err != nil {
			t.Fatal(err)
		}
	}
	z, err := assembly.Zone(nil)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// taken is the zone that a server gives by AXFR.
func taken(t testing.TB, origin string, from netip.AddrPort) *zones.Zone {
	t.Helper()
	client := &dns.Transfer{ReadTimeout: peers.Patience, DialTimeout: peers.Patience}
	parts, err := client.In(new(dns.Msg).SetAxfr(origin), from.String())
	if err != nil {
		t.Fatal(err)
	}
	var rrs []dns.RR
	for part := range parts {
		if part.Error != nil {
			t.Fatal(part.Error)
		}
		rrs = append(rrs, part.RR...)
	}
	return assemble(t, origin, rrs)
}

// sameContent wants two zones to have the same records. Letter case is not compared: NSD and Knot do not keep it.
func sameContent(t testing.TB, got, want *zones.Zone) {
	t.Helper()
	there, here := content(got), content(want)
	if maps.Equal(there, here) {
		return
	}
	missing := maps.Collect(maps.All(here))
	maps.DeleteFunc(missing, func(r zones.Record, _ bool) bool { return there[r] })
	maps.DeleteFunc(there, func(r zones.Record, _ bool) bool { return here[r] })
	t.Errorf("the secondary has serial %d for %d, lacks %.500v, and has %.500v", got.Serial(), want.Serial(), missing, there)
}

func content(z *zones.Zone) map[zones.Record]bool {
	records := map[zones.Record]bool{}
	for r := range z.All() {
		r.Owner, r.RData = r.Owner.Lower(), string(bytes.ToLower([]byte(r.RData)))
		records[r] = true
	}
	return records
}

func testKey(t testing.TB, a tsig.Algorithm) *tsig.Key {
	t.Helper()
	name, err := zones.ParseName("ours.")
	if err != nil {
		t.Fatal(err)
	}
	return &tsig.Key{Name: name, Algorithm: a, Secret: bytes.Repeat([]byte("secret"), 8)}
}

func secretOf(k *tsig.Key) string { return base64.StdEncoding.EncodeToString(k.Secret) }
