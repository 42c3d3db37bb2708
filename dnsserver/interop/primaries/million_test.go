package primaries

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/dnsserver"
	"leeward/zones"
	"leeward/zones/transfer"
)

var million = flag.Bool("million", false, "fetch a zone of 1,000,000 delegations, and print how long it takes")

// TestMillion fetches a zone of 1,000,000 delegations, signed, from another Leeward.
func TestMillion(t *testing.T) {
	if !*million {
		t.Skip("only with -million: it takes a minute and 2 GiB")
	}
	a := zones.Assemble(name(t, "test."))
	for r := range small(t, "test.").All() {
		if err := a.Put(r); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 1_000_000 {
		for server := range 2 {
			if err := a.Put(zones.Record{Owner: name(t, fmt.Sprintf("domain%d.test.", i)), Type: dns.TypeNS, TTL: 86400,
				RData: string(name(t, fmt.Sprintf("ns%d.host%d.example.", server, i%1000)))}); err != nil {
				t.Fatal(err)
			}
		}
	}
	z, err := a.Zone(nil)
	if err != nil {
		t.Fatal(err)
	}
	l := listen(t)
	server := dnsserver.New()
	server.Publish(&dnsserver.View{Zones: zones.NewSet(z), UDPSize: 1232,
		Access: &dnsserver.Access{Keys: known(t), Transfer: []dnsserver.Rule{{}}}})
	transports := &dnsserver.Transports{Server: server, Listeners: []*dnsserver.Listener{l}, Idle: time.Minute, Connections: 100,
		Logger: slog.New(slog.DiscardHandler)}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- transports.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	n, _ := run(t, listen(t), t.TempDir(), transfer.Secondary{Origin: name(t, "test."),
		Primaries: []transfer.Primary{{Addr: l.Addr(), Key: key(t, "sha256")}}})
	begun := time.Now()
	await(t, "the zone", func() bool { return n.served("test.") != nil }, n.log.String)
	t.Logf("in service after %s", time.Since(begun))
	if zones.Between(z, n.served("test.")) != nil {
		t.Error("it is not the same")
	}
}
