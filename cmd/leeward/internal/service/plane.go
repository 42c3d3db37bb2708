package service

import (
	"fmt"
	"log/slog"
	"os"

	"leeward/cluster/probe"
	"leeward/cmd/leeward/internal/config"
	"leeward/dnsserver"
	"leeward/steering"
	"leeward/steering/geo"
)

// plane is all that one configuration makes of the network. A new configuration is a new plane.
type plane struct {
	config  *config.Config
	network *steering.Network // nil without colos, and then all that follows too
	regions *geo.Map
	tally   *dnsserver.Tally
	prober  *probe.Prober
	stop    func() // ends the prober, and waits for it
}

// newPlane reads what a configuration names and reckons the map. It starts nothing.
func newPlane(cfg *config.Config, log *slog.Logger) (*plane, error) {
	p := &plane{config: cfg, stop: func() {}}
	if len(cfg.Colos) == 0 {
		return p, nil
	}
	p.network = cfg.Network
	database, err := openDatabase(cfg.Steering.Geo.Database)
	if err != nil {
		return nil, err
	}
	var nets *geo.Nets
	if file := cfg.Steering.Geo.Nets; file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("steering.geo.nets: %w", err)
		}
		if nets, err = geo.ParseNets(string(text), file, p.network); err != nil {
			return nil, err
		}
	}
	p.regions, err = geo.Compile(geo.Options{Database: database, Network: p.network, Fallback: cfg.Steering.Geo.Default, Nets: nets})
	if err != nil {
		return nil, fmt.Errorf("steering.geo.database: %s: %w", databaseName(cfg.Steering.Geo.Database), err)
	}
	p.tally = dnsserver.NewTally(p.network)
	p.prober = probe.New(probe.Options{Check: p.network.Check(), Observer: cfg.Node.Name, Hold: cfg.Steering.Hold, Logger: log})
	return p, nil
}

// openDatabase reads a geo database, or the embedded one for "".
func openDatabase(file string) (*geo.Database, error) {
	if file == "" {
		return geo.Embedded()
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("steering.geo.database: %w", err)
	}
	database, err := geo.Open(data)
	if err != nil {
		return nil, fmt.Errorf("steering.geo.database: %s: %w", file, err)
	}
	return database, nil
}

func databaseName(file string) string {
	if file == "" {
		return "the embedded country map"
	}
	return file
}

// probesLike says whether another plane probes the same targets in the same way: then what is known of them stays known.
func (p *plane) probesLike(other *plane) bool {
	return p.network != nil && other.network != nil && p.digest() == other.digest() &&
		p.config.Steering.Hold == other.config.Steering.Hold
}

// takeOver carries on with the network, the prober and the counters of a plane that probes alike.
func (p *plane) takeOver(old *plane) {
	p.network, p.tally, p.prober, p.stop = old.network, old.tally, old.prober, old.stop
}

// digest is the network's, or zero without one.
func (p *plane) digest() steering.Digest {
	if p.network == nil {
		return steering.Digest{}
	}
	return p.network.Digest()
}

// changed pokes when a vote has changed; never without a network.
func (p *plane) changed() <-chan struct{} {
	if p.prober == nil {
		return nil
	}
	return p.prober.Changed()
}
