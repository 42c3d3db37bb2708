package service

import (
	"context"
	"sync"
	"sync/atomic"

	"leeward/cmd/leeward/internal/config"
	"leeward/cmd/leeward/internal/dnstap"
	"leeward/cmd/leeward/internal/querylog"
	"leeward/dnsserver"
)

// watchers are who looks at queries and responses: nobody, unless the configuration says so.
type watchers struct {
	dnstap  atomic.Pointer[dnstap.Output] // nil: off
	mu      sync.Mutex                    // held while they change
	queries *querylog.Log                 // nil: off
	tapped  config.Dnstap                 // that dnstap was made of
	logged  config.LogQueries             // that queries was made of

	endTap, endLog func() // each waits until what was taken is told; nil: off
}

// watch has those look that the configuration names, and no others. Those that it names as before go on; a file of dnstap that
// was moved is begun anew.
func (s *Service) watch(cfg *config.Config) {
	w := &s.watchers
	w.mu.Lock()
	defer w.mu.Unlock()
	if o := w.dnstap.Load(); o != nil && w.tapped == cfg.Dnstap {
		o.Reopen()
	}
	var ended []func()
	if w.tapped != cfg.Dnstap {
		ended, w.endTap = append(ended, w.endTap), s.startTap(cfg.Dnstap)
	}
	if w.logged != cfg.Log.Queries {
		ended, w.endLog = append(ended, w.endLog), s.startLog(cfg.Log.Queries)
	}
	w.tapped, w.logged = cfg.Dnstap, cfg.Log.Queries
	s.server.Tap(w.tap())
	for _, end := range ended {
		if end != nil {
			end()
		}
	}
}

// startTap makes the output of dnstap, and gives its end.
func (s *Service) startTap(c config.Dnstap) (end func()) {
	if c.To.Network == "" {
		s.watchers.dnstap.Store(nil)
		return nil
	}
	o := dnstap.New(dnstap.Options{Network: c.To.Network, Address: c.To.Address, Queries: c.Queries, Responses: c.Responses, Sample: c.Sample,
		Identity: c.Identity, Version: c.Version, Buffer: c.Buffer, Logger: s.log})
	s.watchers.dnstap.Store(o)
	return s.start(o.Run)
}

// startLog makes the log of queries, and gives its end.
func (s *Service) startLog(c config.LogQueries) (end func()) {
	s.watchers.queries = nil
	if c.Sample == 0 {
		return nil
	}
	l := querylog.New(querylog.Options{Sample: c.Sample, Most: c.Most, Whole: c.Client == "whole", Logger: s.log})
	s.watchers.queries = l
	return s.start(l.Run)
}

// start runs something until its end is called, which waits for it. It does not end with the service by itself: what the
// last queries leave is to be told too.
func (s *Service) start(run func(context.Context) error) (end func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(s.running))
	var running sync.WaitGroup
	running.Go(func() {
		if err := run(ctx); err != nil {
			s.log.Warn("what was seen of queries is not told to the end", "error", err)
		}
	})
	return func() { cancel(); running.Wait() }
}

// tap is what the server shows exchanges to; nil: nobody looks.
func (w *watchers) tap() dnsserver.Tap {
	output, log := w.dnstap.Load(), w.queries
	switch {
	case output == nil && log == nil:
		return nil
	case log == nil:
		return output.Offer
	case output == nil:
		return log.Offer
	}
	return func(batch []dnsserver.Exchange) {
		output.Offer(batch)
		log.Offer(batch)
	}
}
