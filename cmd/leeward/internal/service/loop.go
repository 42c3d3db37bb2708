package service

import (
	"context"
	"slices"
	"time"

	"leeward/dnsserver"
	"leeward/steering"
)

// regularly is how often is judged without a change: votes go stale and overrides end without a word.
const regularly = 250 * time.Millisecond

// loop judges whenever something changed, and carries out orders in between. It alone touches what is the loop's own.
func (s *Service) loop(ctx context.Context) error {
	defer func() { s.plane.Load().halt() }()
	tick := time.NewTicker(regularly)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case order := <-s.orders:
			order()
			continue
		case <-s.node.Changed():
		case <-s.plane.Load().changed():
		case <-tick.C:
		}
		s.judge()
	}
}

// order has the loop do something, and waits for it.
func (s *Service) order(ctx context.Context, do func()) {
	done := make(chan struct{})
	select {
	case s.orders <- func() { do(); close(done) }:
		<-done
	case <-ctx.Done():
	}
}

// poke has the loop judge, and publish what is new in the store.
func (s *Service) poke() { s.order(s.running, s.judge) }

// judge concludes from all that is known here, and publishes the view that follows.
func (s *Service) judge() {
	p := s.plane.Load()
	cfg := p.config
	view := &dnsserver.View{Zones: s.store.Set(), NSID: cfg.DNS.NSID, Version: cfg.DNS.Version, UDPSize: cfg.DNS.UDPSize}
	if p.network != nil {
		s.observe(p)
		overrides := s.node.Overrides()
		verdicts := steering.Judge(p.network, steering.Facts{Sheets: s.node.Sheets(), Overrides: overrides,
			Before: s.verdicts, Stale: cfg.Steering.Stale, Now: time.Now().UTC()})
		s.node.SetDigests(p.digest, verdicts.Digest())
		s.tell(p.network, s.verdicts, verdicts)
		s.verdicts = verdicts
		s.remember(verdicts, overrides)
		view.Network, view.Map, view.Verdicts, view.Tally = p.network, p.regions, verdicts, p.tally
		view.TTL, view.Preempt = cfg.Steering.TTL, cfg.Steering.Preempt
	}
	s.server.Publish(view)
	s.judged.Store(time.Now().UnixNano())
}

// observe publishes the votes of this node, and has it probe what is its to probe.
func (s *Service) observe(p *plane) {
	s.node.Publish(p.prober.Votes())
	if alive := s.node.Alive(); !slices.Equal(alive, s.alive) {
		s.alive = alive
		s.assign(p)
	}
}

func (s *Service) assign(p *plane) {
	self := steering.Member{Name: s.opts.Config.Node.Name, Colo: s.opts.Config.Node.Colo}
	p.prober.Assign(p.network.Assign(self, s.alive))
}

// install puts a plane to work: its prober is started, unless it is the one that runs already. Any other must be stopped.
func (s *Service) install(ctx context.Context, p *plane) {
	s.plane.Store(p)
	if p.prober == nil {
		return
	}
	s.alive = s.node.Alive()
	s.assign(p)
	if p.stop != nil {
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := p.prober.Run(ctx); err != nil {
			s.log.Error("this node does not probe", "error", err)
		}
	}()
	p.stop = func() { cancel(); <-ended }
}

// tell logs what changed between two judgements. That a node that has only just started knows nothing is no change.
func (s *Service) tell(n *steering.Network, before, after *steering.Verdicts) {
	for _, c := range after.Changes(before) {
		if before == nil && c.To == steering.Unknown.String() {
			continue
		}
		level := s.log.Info
		if c.Worse {
			level = s.log.Warn
		}
		level("verdict changed", "on", c.On, "from", c.From, "to", c.To, "reason", c.Reason)
	}
}
