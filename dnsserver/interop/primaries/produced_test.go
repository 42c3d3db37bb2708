package primaries

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/dnsserver"
	"leeward/dnsserver/internal/peers"
	"leeward/zones"
	"leeward/zones/transfer"
)

// consumers are the servers that take catalog zones: their settings for one that Leeward makes.
var consumers = []peers.Program{
	{Name: "Knot", Path: "knotd", Args: []string{"-c"}},
	{Name: "BIND", Path: "named", Args: []string{"-g", "-n", "1", "-c"}},
}

func knotConsumer(dir string, addr, leeward netip.AddrPort) string {
	return fmt.Sprintf(`server:
    listen: %s@%d
    rundir: "%[3]s"
    pidfile: "%[3]s/knot.pid"
    udp-workers: 1
    tcp-workers: 1
control:
    listen: "%[3]s/knot.sock"
database:
    storage: "%[3]s"
log:
  - target: stderr
    any: info
key:
  - id: sha256.key
    algorithm: hmac-sha256
    secret: %[4]s
remote:
  - id: leeward
    address: %[5]s@%[6]d
    key: sha256.key
acl:
  - id: notify
    key: sha256.key
    action: notify
template:
  - id: default
    storage: "%[3]s"
  - id: member
    storage: "%[3]s"
    master: leeward
    acl: notify
zone:
  - domain: %[7]s
    master: leeward
    acl: notify
    catalog-role: interpret
    catalog-template: member
`, addr.Addr(), addr.Port(), dir, base64Secret, leeward.Addr(), leeward.Port(), catalogOrigin)
}

func bindConsumer(dir string, addr, leeward netip.AddrPort) string {
	return fmt.Sprintf(`key sha256.key { algorithm hmac-sha256; secret "%s"; };
options {
	directory "%s";
	pid-file "%[2]s/named.pid";
	session-keyfile "%[2]s/session.key";
	listen-on port %d { %s; };
	listen-on-v6 { none; };
	recursion no;
	dnssec-validation no;
	empty-zones-enable no;
	allow-notify { key sha256.key; };
	catalog-zones { zone "%[5]s" default-primaries { %[6]s port %[7]d key sha256.key; } min-update-interval 1; };
};
controls { };
zone "%[5]s" { type secondary; file "catalog"; primaries { %[6]s port %[7]d key sha256.key; }; };
`, base64Secret, dir, addr.Port(), addr.Addr(), catalogOrigin, leeward.Addr(), leeward.Port())
}

// TestCatalogOut has other servers follow a catalog that is made here: they take the members that are listed at the
// start, and those that come and go, told by NOTIFY.
func TestCatalogOut(t *testing.T) {
	for i, settings := range []func(dir string, addr, leeward netip.AddrPort) string{knotConsumer, bindConsumer} {
		p := consumers[i]
		t.Run(p.Name, func(t *testing.T) {
			peers.Installed(t, p.Path)
			l := listen(t)
			server := dnsserver.New()
			p.Settings = func(dir string, addr netip.AddrPort) string { return settings(dir, addr, l.Addr()) }
			var members []*zones.Zone
			for i := range 3 {
				members = append(members, small(t, fmt.Sprintf("member%d.test.", i)))
			}
			serve := publisher(t, server)
			serve(members[:2])
			transports := &dnsserver.Transports{Server: server, Listeners: []*dnsserver.Listener{l}, Idle: time.Minute, Connections: 100,
				Logger: slog.New(slog.DiscardHandler)}
			notifier := transfer.NewNotifier(nil)
			ctx, cancel := context.WithCancel(context.Background())
			ended := make(chan error, 2)
			go func() { ended <- transports.Run(ctx) }()
			go func() { ended <- notifier.Run(ctx) }()
			t.Cleanup(func() {
				cancel()
				for range 2 {
					if err := <-ended; err != nil {
						t.Error(err)
					}
				}
			})
			peer := peers.Start(t, p, "member0.test.", "member1.test.")
			notifier.Targets([]transfer.Target{{Addr: peer.Addr, Key: key(t, "sha256")}})
			notifier.Serve(zones.NewSet(serve(members[1:])...), nil)
			if err := peer.Ready(t.Context(), "member2.test."); err != nil {
				t.Fatal(err, peer.Log())
			}
			await(t, "the first member to be gone", func() bool {
				m, err := dns.Exchange(new(dns.Msg).SetQuestion("member0.test.", dns.TypeSOA), peer.Addr.String())
				return err == nil && m.Rcode == dns.RcodeRefused
			}, peer.Log)
		})
	}
}

// publisher publishes zones with their catalog, and gives all that is served.
func publisher(t *testing.T, server *dnsserver.Server) func(members []*zones.Zone) []*zones.Zone {
	var catalog *zones.Zone
	return func(members []*zones.Zone) []*zones.Zone {
		var listed []transfer.Listed
		for _, m := range members {
			listed = append(listed, transfer.Listed{Origin: m.Origin()})
		}
		var err error
		if catalog, err = transfer.Catalog(name(t, catalogOrigin), listed, catalog, uint32(time.Now().Unix()), time.Now()); err != nil {
			t.Fatal(err)
		}
		all := append([]*zones.Zone{catalog}, members...)
		server.Publish(&dnsserver.View{Zones: zones.NewSet(all...), UDPSize: 1232,
			Access: &dnsserver.Access{Keys: known(t), Transfer: []dnsserver.Rule{{Key: key(t, "sha256").Name}}}})
		return all
	}
}

// small is a small zone.
func small(t *testing.T, origin string) *zones.Zone {
	t.Helper()
	a := zones.Assemble(name(t, origin))
	for _, text := range []string{" 60 SOA ns.test. host.test. 1 3600 600 86400 60", " 60 NS ns.test.", " 60 A 192.0.2.1"} {
		if err := a.Add(rr(t, origin+text)); err != nil {
			t.Fatal(err)
		}
	}
	z, err := a.Zone(nil)
	if err != nil {
		t.Fatal(err)
	}
	return z
}
