package service

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"leeward/cluster"
	"leeward/cluster/probe"
	"leeward/dnsserver"
	"leeward/steering"
)

// regularly is how often is judged without a change: votes go stale and overrides end without a word.
const regularly = 250 * time.Millisecond

// loop judges whenever something changed, and carries out orders in between. It alone touches what is the loop's own.
func (s *Service) loop(ctx context.Context) error {
	defer func() { s.plane.Load().halt(); s.plane.Load().stopMeter() }()
	if s.succeeds() { // what the others say has to be heard before it is judged: nothing has happened to them
		s.awaitView(ctx)
	}
	tick := time.NewTicker(regularly)
	defer tick.Stop()
	for ctx.Err() == nil {
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
	return nil
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

// poke has the loop judge.
func (s *Service) poke() { s.order(s.running, s.judge) }

// zonesChanged has the loop take up what is new among the zones.
func (s *Service) zonesChanged() {
	s.order(s.running, func() {
		s.gather()
		s.judge()
	})
}

// judge concludes from all that is known here, and publishes the view that follows.
func (s *Service) judge() {
	p := s.plane.Load()
	cfg := p.config
	s.follow()
	view := &dnsserver.View{Zones: s.withChallenges(), NSID: cfg.DNS.NSID, Version: cfg.DNS.Version, UDPSize: cfg.DNS.UDPSize,
		KeepAlive: cfg.DNS.TCP.Idle, Access: s.access(p), Cookies: s.cookies(), Proxy: cfg.DNS.Proxy}
	if p.network != nil {
		services := s.served.Load().services
		s.observe(p, services)
		overrides := s.node.Overrides()
		now := time.Now()
		verdicts := steering.Judge(p.network, steering.Facts{Self: s.self(), Sheets: s.node.Sheets(), Preempt: cfg.Steering.Preempt, Regions: p.pours, Services: services, Overrides: overrides,
			Before: s.verdicts, Stale: cfg.Steering.Stale, Ramp: cfg.Steering.Ramp, Now: now.UTC()})
		s.node.SetDigests(p.digest, verdicts.Digest())
		s.tell(p.network, s.verdicts, verdicts)
		s.agree(p, verdicts, now)
		s.past.note(world{p.network, p.atlas.regions}, s.verdicts, verdicts, now)
		s.verdicts = verdicts
		p.agreeOnLoad(verdicts)
		view.Network, view.Map, view.Verdicts, view.Tally, view.Asked = p.network, p.atlas.regions, verdicts, p.tally, p.asked
		view.TTL, view.Preempt = cfg.Steering.TTL, cfg.Steering.Preempt
	} else {
		s.node.SetDigests(p.digest, steering.Digest{}) // the last colo may be gone
	}
	s.server.Publish(view)
	s.remember(view.Verdicts)
	s.history.show(look{at: time.Now(), plane: p, verdicts: view.Verdicts, served: s.served.Load(), view: view})
	s.announce()
	s.judged.Store(time.Now().UnixNano())
}

// observe publishes the votes of this node, and has it probe what is its to probe.
func (s *Service) observe(p *plane, services []steering.Service) {
	s.node.Publish(p.prober.Votes(), s.demand.look(p, time.Now()), p.load())
	if observers := s.observers(p); !slices.Equal(observers, s.observing) || !slices.Equal(services, s.probed) {
		s.observing, s.probed = observers, services
		s.assign(p)
	}
}

// assign has the prober probe what is this node's to probe. A target that is down by what is known already has to rise:
// one success in the middle of an outage makes it no better.
func (s *Service) assign(p *plane) {
	p.prober.Assign(probe.Assignment{
		Targets:   p.network.Assign(s.self(), s.observing, s.probed),
		Witnesses: p.network.Witnesses(),
		Down:      func(id steering.TargetID) bool { return s.verdicts.IsDown(p.network, id) },
		Blind:     func(votes []steering.Vote) bool { return p.network.Blind(s.self().Colo, votes) },
	})
}

// self is this node as a member.
func (s *Service) self() steering.Member {
	return steering.Member{Name: s.opts.Config.Node.Name, Colo: s.opts.Config.Node.Colo}
}

// observers are the living members that share out the targets with this node: those with the same network. One with
// another may not know a target, and would leave it to nobody. One that was not heard yet counts.
func (s *Service) observers(p *plane) []steering.Member {
	var list []steering.Member
	for _, m := range s.node.Members() {
		if m.State != cluster.Dead && m.State != cluster.Left &&
			(m.NetworkDigest == p.digest || m.NetworkDigest == steering.Digest{} || m.Name == s.opts.Config.Node.Name) {
			list = append(list, steering.Member{Name: m.Name, Colo: m.Colo})
		}
	}
	return list
}

// agree follows how long all members take to judge alike.
func (s *Service) agree(p *plane, verdicts *steering.Verdicts, now time.Time) {
	s.agreeing = s.agreeing.follow(p, s.verdicts, verdicts, s.node.Members(), now)
	if a := s.agreeing; a != nil && a.Agreed > 0 {
		s.agreed.Store(a)
		s.agreements.Observe(a.Agreed.Seconds())
		s.agreeing = nil
		s.log.Info("all members judge alike", "on", strings.Join(a.On, ", "), "first_failure", a.First.UTC().Format(time.RFC3339Nano),
			"judged_here_after", a.Judged.Round(time.Millisecond).String(), "agreed_after", a.Agreed.Round(time.Millisecond).String())
	}
}

// install puts a plane to work: its prober is started, unless it is the one that runs already. Any other must be stopped.
func (s *Service) install(ctx context.Context, p *plane) {
	s.plane.Store(p)
	if p.prober == nil {
		return
	}
	p.startMeter(ctx, s.log)
	s.observing, s.probed = s.observers(p), s.served.Load().services
	s.assign(p)
	if p.stop != nil {
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() {
		if err := p.prober.Run(ctx); err != nil {
			s.log.Error("this node does not probe", "error", err)
		}
	})
	p.stop = func() { cancel(); running.Wait() }
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
