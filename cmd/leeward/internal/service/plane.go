package service

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"reflect"
	"sync"
	"time"

	"leeward/cluster/probe"
	"leeward/cmd/leeward/internal/config"
	"leeward/dnsserver"
	"leeward/steering"
	"leeward/zones/transfer"
)

// plane is all that one configuration makes of the network. A new configuration is a new plane.
type plane struct {
	config      *config.Config
	secondaries []transfer.Secondary // that it names

	network *steering.Network // nil without colos, and then all that follows too
	digest  steering.Digest   // see fingerprint
	atlas   *atlas
	tally   *dnsserver.Tally
	asked   *dnsserver.Asked  // nil: no colo has a capacity, or a load
	pours   *steering.Regions // likewise
	meter   *loadMeter        // of the node's colo; nil: it has none
	prober  *probe.Prober
	stop    func() // ends the prober, and waits for it; nil while it does not run

	endMeter func() // likewise
}

// newPlane reads what a configuration names and reckons the map, unless the plane before, if there is one, has the same.
// It starts nothing.
func newPlane(cfg *config.Config, before *plane, log *slog.Logger) (*plane, error) {
	p := &plane{config: cfg, secondaries: secondariesOf(cfg, tsigKeys(cfg))}
	if len(cfg.Colos) == 0 {
		return p, nil
	}
	p.network = cfg.Network
	var inService *atlas
	if before != nil {
		inService = before.atlas
	}
	var err error
	if p.atlas, err = newAtlas(cfg, inService, log); err != nil {
		return nil, err
	}
	p.identify()
	p.tally = dnsserver.NewTally(p.network)
	if c, ok := p.network.Colo(cfg.Node.Colo); ok && p.network.Colos()[c].Load != nil {
		p.meter = &loadMeter{}
	}
	p.prober = probe.New(probe.Options{Check: p.network.Check(), Checks: p.network.Checks(), Observer: cfg.Node.Name, Hold: cfg.Steering.Hold, Logger: log})
	return p, nil
}

// probesLike says whether another plane probes in the same way: then what is known of the targets that both have stays
// known.
func (p *plane) probesLike(other *plane) bool {
	return p.prober != nil && other.prober != nil &&
		reflect.DeepEqual(p.network.Check(), other.network.Check()) && reflect.DeepEqual(p.network.Checks(), other.network.Checks()) && p.config.Steering.Hold == other.config.Steering.Hold
}

// fingerprint identifies all of a configuration that must be equal on two nodes for their answers to agree: the network,
// the map, and the rules of steering.
func fingerprint(cfg *config.Config, r *recipe) steering.Digest {
	h := sha256.New()
	st := cfg.Steering
	fmt.Fprintf(h, "%s %v %v %v %s %s\n", cfg.Network.Digest(), st.TTL, st.Preempt, st.Geo.Default, st.Stale, st.Ramp)
	for _, sum := range r.sums {
		h.Write(sum[:])
	}
	return steering.Digest(h.Sum(nil)[:8])
}

// identify makes what follows from network and map together.
func (p *plane) identify() {
	p.digest = fingerprint(p.config, &p.atlas.recipe)
	if p.network.Pours() {
		p.pours = &steering.Regions{Map: p.digest, List: p.atlas.regions.Regions()}
		p.asked = dnsserver.NewAsked(len(p.pours.List))
	}
}

// halt ends the prober, if one runs.
func (p *plane) halt() {
	if p.stop != nil {
		p.stop()
	}
}

// startMeter begins to read the load of the node's colo, if it has one.
func (p *plane) startMeter(ctx context.Context, log *slog.Logger) {
	if p.meter == nil {
		return
	}
	c, _ := p.network.Colo(p.config.Node.Colo)
	source, living := p.network.Colos()[c].Load, time.Duration(p.config.Steering.TTL.Max)*time.Second
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { p.meter.run(ctx, source, living, log) })
	p.endMeter = func() { cancel(); running.Wait() }
}

// keepLoad takes over what was known of the load of the node's colo, so that clients who were moved stay where they are.
func (p *plane) keepLoad(old *plane) {
	if p.meter != nil && old.meter != nil && p.config.Node.Colo == old.config.Node.Colo {
		p.meter.known.Store(old.meter.known.Load())
	}
}

// agreeOnLoad tells the meter what the colo sheds by all of its nodes.
func (p *plane) agreeOnLoad(v *steering.Verdicts) {
	if p.meter != nil {
		c, _ := p.network.Colo(p.config.Node.Colo)
		p.meter.agree(v.Load(c))
	}
}

// stopMeter ends the reading of the load, if it is read.
func (p *plane) stopMeter() {
	if p.endMeter != nil {
		p.endMeter()
	}
}

// load is what is known of the load of the node's colo.
func (p *plane) load() steering.Load {
	if p.meter == nil {
		return steering.Load{}
	}
	return p.meter.now().Load
}

// changed pokes when a vote has changed; never without a network.
func (p *plane) changed() <-chan struct{} {
	if p.prober == nil {
		return nil
	}
	return p.prober.Changed()
}
