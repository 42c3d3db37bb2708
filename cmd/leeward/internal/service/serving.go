package service

import (
	"context"
	"fmt"
	"time"

	"leeward/cmd/leeward/internal/systemd"
	"leeward/dnsserver"
)

// How long the listeners wait for a first exchange with a peer, so that answers begin with what the cluster knows: less
// when verdicts are kept on disk to begin with.
const (
	firstExchange  = 3 * time.Second
	firstWithState = time.Second
)

// awaitView waits for a view to answer from. The first row that comes true:
//
//	a first exchange with a peer happened, or none is to be expected    what the cluster knows
//	a second is over, and verdicts are kept from the last run           these, marked stale
//	three seconds are over                                              all is up, marked unknown
func (s *Service) awaitView(ctx context.Context) {
	patience, with := firstExchange, "all counts as up until it is measured"
	if kept := s.keptSince; !kept.IsZero() {
		patience, with = firstWithState, "starting with the verdicts of the last run, until "+kept.Format(time.DateTime)+" UTC"
	}
	select {
	case <-s.node.Ready():
	case <-time.After(patience):
		s.log.Warn("no peer has answered yet: " + with)
	case <-ctx.Done():
	}
}

// serve answers queries, from when there is a view.
func (s *Service) serve(ctx context.Context, d doors) error {
	if ctx.Err() != nil { // it never got to serve
		for _, l := range d.dns {
			l.Close()
		}
		return nil
	}
	s.order(ctx, s.judge)
	cfg := s.opts.Config
	transports := &dnsserver.Transports{Server: s.server, Listeners: d.dns, Idle: cfg.DNS.TCP.Idle,
		Connections: cfg.DNS.TCP.Connections, Processors: s.procs, Logger: s.log, Linger: s.linger}
	if s.opts.Serving != nil {
		s.opts.Serving()
	}
	s.ready.Store(true)
	s.lookReady()
	go s.takeOver(ctx)
	s.opts.Manager.Tell("READY=1", systemd.Status("%s", s.words()))
	s.log.Info("ready", "node", cfg.Node.Name, "colo", cfg.Node.Colo, "listen", fmt.Sprint(d.addrs()), "zones", len(s.served.Load().set.All()))
	return transports.Run(ctx)
}

// linger is how long TCP connections may go on when this process ends: another one that has its place leaves them to it.
func (s *Service) linger() time.Duration {
	if s.life.replaced.Load() {
		return s.opts.Config.DNS.TCP.Idle
	}
	return 0
}
