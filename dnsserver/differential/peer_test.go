package differential

import (
	"context"
	"net/netip"
	"testing"

	"leeward/dnsserver/internal/peers"
)

// patience is how long something may take that must come.
const patience = peers.Patience

// peer is another name server at work.
type peer struct {
	product
	*peers.Peer
	addr  netip.AddrPort
	ended <-chan struct{} // closed when it has
}

// installed says where the programs of all products are; without one of them there is nothing to compare.
func installed(t *testing.T) {
	for _, p := range products {
		peers.Installed(t, p.program)
	}
}

// on is the product with its settings for the zones.
func (p product) on(zones []zoneFile) peers.Program {
	return peers.Program{Name: p.name, Path: p.program, Args: p.args, Settings: func(dir string, addr netip.AddrPort) string {
		return p.settings(dir, addr, zones)
	}}
}

// start starts a product with the zones, and returns when it serves them all. It ends with the test.
func start(t *testing.T, p product, zones []zoneFile) *peer {
	running := peers.Start(t, p.on(zones), originsOf(zones)...)
	return &peer{p, running, running.Addr, running.Ended}
}

// launch starts a product with the zones. It ends with the test.
func launch(t *testing.T, p product, zones []zoneFile) (*peer, error) {
	running, err := peers.Launch(t, p.on(zones))
	if err != nil {
		return nil, err
	}
	return &peer{p, running, running.Addr, running.Ended}, nil
}

// ready returns when the peer answers with authority for every zone.
func (p *peer) ready(ctx context.Context, zones []zoneFile) error {
	return p.Ready(ctx, originsOf(zones)...)
}

func originsOf(zones []zoneFile) (origins []string) {
	for _, z := range zones {
		origins = append(origins, z.origin)
	}
	return origins
}
