package service

import (
	"crypto/sha256"
	"fmt"
	"log/slog"
	"os"
	"reflect"

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
	digest  steering.Digest   // see fingerprint
	regions *geo.Map
	tally   *dnsserver.Tally
	prober  *probe.Prober
	stop    func() // ends the prober, and waits for it; nil while it does not run
}

// newPlane reads what a configuration names and reckons the map. It starts nothing.
func newPlane(cfg *config.Config, log *slog.Logger) (*plane, error) {
	p := &plane{config: cfg}
	if len(cfg.Colos) == 0 {
		return p, nil
	}
	p.network = cfg.Network
	database, data, err := openDatabase(cfg.Steering.Geo.Database)
	if err != nil {
		return nil, err
	}
	var nets *geo.Nets
	var text []byte
	if file := cfg.Steering.Geo.Nets; file != "" {
		if text, err = os.ReadFile(file); err != nil {
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
	p.digest = fingerprint(cfg, data, text)
	p.tally = dnsserver.NewTally(p.network)
	p.prober = probe.New(probe.Options{Check: p.network.Check(), Observer: cfg.Node.Name, Hold: cfg.Steering.Hold, Logger: log})
	return p, nil
}

// openDatabase reads a geo database and gives its bytes too; for "" the embedded one, which needs none.
func openDatabase(file string) (database *geo.Database, data []byte, err error) {
	if file == "" {
		database, err = geo.Embedded()
		return database, nil, err
	}
	if data, err = os.ReadFile(file); err != nil {
		return nil, nil, fmt.Errorf("steering.geo.database: %w", err)
	}
	if database, err = geo.Open(data); err != nil {
		return nil, nil, fmt.Errorf("steering.geo.database: %s: %w", file, err)
	}
	return database, data, nil
}

func databaseName(file string) string {
	if file == "" {
		return "the embedded country map"
	}
	return file
}

// probesLike says whether another plane probes in the same way: then what is known of the targets that both have stays
// known.
func (p *plane) probesLike(other *plane) bool {
	return p.prober != nil && other.prober != nil &&
		reflect.DeepEqual(p.network.Check(), other.network.Check()) && p.config.Steering.Hold == other.config.Steering.Hold
}

// fingerprint identifies all of a configuration that must be equal on two nodes for their answers to agree: the network,
// the map, and the rules of steering. data are the geo database's bytes and the nets file's.
func fingerprint(cfg *config.Config, data ...[]byte) steering.Digest {
	h := sha256.New()
	st := cfg.Steering
	fmt.Fprintf(h, "%s %v %v %v %s %s\n", cfg.Network.Digest(), st.TTL, st.Preempt, st.Geo.Default, st.Stale, st.Ramp)
	for _, d := range data {
		sum := sha256.Sum256(d)
		h.Write(sum[:])
	}
	return steering.Digest(h.Sum(nil)[:8])
}

// halt ends the prober, if one runs.
func (p *plane) halt() {
	if p.stop != nil {
		p.stop()
	}
}

// changed pokes when a vote has changed; never without a network.
func (p *plane) changed() <-chan struct{} {
	if p.prober == nil {
		return nil
	}
	return p.prober.Changed()
}
