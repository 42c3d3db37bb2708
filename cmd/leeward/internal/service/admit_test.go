package service

import (
	"log/slog"
	"net/netip"
	"testing"

	"leeward/cmd/leeward/internal/config"
)

// Who shows nothing may look on loopback alone, whatever a new configuration says of an address that only a start opens.
func TestAdmittedBeyondLoopback(t *testing.T) {
	for listen, want := range map[string]bool{"127.0.0.1:1": true, "[::1]:1": true, "0.0.0.0:1": false, "192.0.2.1:1": false} {
		c := config.Admin{Listen: netip.MustParseAddrPort("127.0.0.1:1"), Anonymous: config.AnonymousRead}
		a, err := admitted(c, netip.MustParseAddrPort(listen), slog.New(slog.DiscardHandler))
		if err != nil || a.Anonymous != want {
			t.Errorf("listening on %s: may look: %v, %v", listen, a.Anonymous, err)
		}
	}
}
