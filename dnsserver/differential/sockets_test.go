package differential

import (
	"context"
	"log/slog"
	"net/netip"
	"testing"

	"leeward/dnsserver"
)

// TestSockets shows that the answers compared are those that leave the sockets: the peers are asked there, Leeward is not.
func TestSockets(t *testing.T) {
	files := zoneFiles(t, "testdata/zones")
	server := leeward(t, files)
	addr := serve(t, server)
	g := newGenerator(*seed, namesOf(t, files))
	for range 100 {
		var any, regular []query
		for range batch {
			any = append(any, g.any())
			regular = append(regular, g.plain("large", g.name(), g.qtype()))
		}
		sameOver(t, server, addr, dnsserver.UDP, any)
		sameOver(t, server, addr, dnsserver.TCP, regular)
	}
}

// sameOver compares what Answer gives with what comes from the sockets, but for the message ID.
func sameOver(t *testing.T, server *dnsserver.Server, addr netip.AddrPort, transport dnsserver.Transport, queries []query) {
	t.Helper()
	got, err := exchange(addr, transport, queries)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range answers(server, transport, queries) {
		// The ID decides how an RRset of addresses is rotated: what is compared does not depend on it.
		if read(got[i]) != read(want) || len(got[i]) != len(want) {
			t.Errorf("%s over %s:\n%s\nover the socket:\n%s", queries[i], transport, read(want), read(got[i]))
		}
	}
}

// serve puts a server behind sockets, for as long as the test runs.
func serve(t *testing.T, server *dnsserver.Server) netip.AddrPort {
	t.Helper()
	l, err := dnsserver.Listen(netip.MustParseAddrPort("127.0.0.1:0"), dnsserver.Sockets{})
	if err != nil {
		t.Fatal(err)
	}
	transports := &dnsserver.Transports{Server: server, Listeners: []*dnsserver.Listener{l}, Idle: patience, Connections: 100,
		Logger: slog.New(slog.DiscardHandler)}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- transports.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return l.Addr()
}
