package primaries

import (
	"context"
	"io"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"leeward/dnsserver"
	"leeward/zones"
	"leeward/zones/journal"
	"leeward/zones/transfer"
	"leeward/zones/tsig"
)

// patience is how long something may take that must come.
const patience = 120 * time.Second

// node is a Leeward that fetches zones, at sockets of its own.
type node struct {
	*transfer.Secondaries
	addr netip.AddrPort
	log  *safe
}

// safe is a log that is read while it is written.
type safe struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *safe) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *safe) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// listen opens the sockets of a node.
func listen(t *testing.T) *dnsserver.Listener {
	t.Helper()
	l, err := dnsserver.Listen(netip.MustParseAddrPort("127.0.0.1:0"), dnsserver.Sockets{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// run runs a node on its sockets, with its state in a directory, until the test ends or it is stopped.
func run(t *testing.T, l *dnsserver.Listener, state string, list ...transfer.Secondary) (n *node, stop func()) {
	t.Helper()
	n = &node{addr: l.Addr(), log: &safe{}}
	log := slog.New(slog.NewTextHandler(io.Writer(n.log), nil))
	n.Secondaries = transfer.New(transfer.Config{Keeper: journal.Directory(state + "/zones"), Clocks: state + "/clocks.json", Log: log,
		Limits: transfer.Limits{Stall: 10 * time.Second}})
	n.Configure(list, nil)
	server := dnsserver.New()
	publish := func() {
		server.Publish(&dnsserver.View{Zones: zones.NewSet(n.Zones()...), UDPSize: 1232,
			Access: &dnsserver.Access{Keys: known(t), Notify: []dnsserver.Rule{{}}, Transfer: []dnsserver.Rule{{}}}})
	}
	publish()
	server.OnNotify = func(m dnsserver.Notice) { n.Notify(m.Zone, m.From, m.Serial, m.HasSerial) }
	transports := &dnsserver.Transports{Server: server, Listeners: []*dnsserver.Listener{l}, Idle: time.Minute, Connections: 100, Logger: log}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, part := range []func() error{
		func() error { return transports.Run(ctx) },
		func() error { return n.Run(ctx, publish) },
	} {
		running.Go(func() {
			if err := part(); err != nil {
				t.Error(err)
			}
		})
	}
	stop = sync.OnceFunc(func() {
		cancel()
		running.Wait()
	})
	t.Cleanup(stop)
	return n, stop
}

// status is what the node knows of a zone.
func (n *node) status(origin string) transfer.Status {
	for _, s := range n.Status() {
		if s.Origin.String() == origin {
			return s
		}
	}
	return transfer.Status{}
}

// served is the version of a zone that is in service, nil if none is.
func (n *node) served(origin string) *zones.Zone {
	for _, z := range n.Zones() {
		if z.Origin().String() == origin && z.Unready() == "" {
			return z
		}
	}
	return nil
}

// await returns when something holds, and fails the test when it does not come to.
func await(t *testing.T, what string, holds func() bool, log ...func() string) {
	t.Helper()
	next := time.NewTicker(10 * time.Millisecond)
	defer next.Stop()
	for deadline := time.Now().Add(patience); !holds(); <-next.C {
		if time.Now().After(deadline) {
			for _, l := range log {
				t.Log(l())
			}
			t.Fatalf("waited in vain for: %s", what)
		}
	}
}

func name(t testing.TB, s string) zones.Name {
	t.Helper()
	n, err := zones.ParseName(s)
	if err != nil {
		t.Fatal(err)
	}
	return n.Lower()
}

// key is the key of an algorithm: "sha256" for hmac-sha256; nil for "none".
func key(t testing.TB, algorithm string) *tsig.Key {
	t.Helper()
	if algorithm == "none" {
		return nil
	}
	a, err := tsig.ParseAlgorithm("hmac-" + algorithm)
	if err != nil {
		t.Fatal(err)
	}
	return &tsig.Key{Name: name(t, algorithm+".key"), Algorithm: a, Secret: []byte(secret)}
}

// secret is that of all keys.
const secret = "0123456789abcdef0123456789abcdef"

// algorithms are those of the zones of every primary.
var algorithms = []string{"none", "sha256", "sha384", "sha512"}

// known are all keys.
func known(t testing.TB) tsig.Keys {
	var all []*tsig.Key
	for _, a := range algorithms[1:] {
		all = append(all, key(t, a))
	}
	return tsig.NewKeys(all...)
}
