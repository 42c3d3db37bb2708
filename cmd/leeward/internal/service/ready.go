package service

import (
	"context"
	"net"
	"sync/atomic"
	"time"

	"leeward/cluster"
	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/config"
	"leeward/cmd/leeward/internal/handover"
	"leeward/cmd/leeward/internal/sockets"
)

// life is where the process stands: what it began with, and whether it is sent queries.
type life struct {
	given     *sockets.Set                    // open, and not taken yet
	leaving   atomic.Bool                     // it was told to stop
	readiness atomic.Pointer[admin.Readiness] // nil: it does not answer yet
	steady    steady                          // of watchReady
	look      chan struct{}                   // one-slot poke: watchReady is to look
	hooks     *hooks
	counted   *lasting

	former     succession    // of the process whose place this one took
	mine       chan struct{} // closed when that process says that it is the other's no more
	orphaned   chan struct{} // closed when that process has ended
	admin      []net.Listener
	ownsSocket bool // the file of the admin socket is removed at the end
	upgrading  atomic.Bool
	replaced   atomic.Bool         // another process has taken this one's place
	successor  *handover.Successor // that process
	stop       func()              // ends Run
}

// begin makes what a service begins with.
func (l *life) begin(s *Service) {
	l.mine, l.orphaned = make(chan struct{}), make(chan struct{})
	l.counted = &lasting{now: s.registry()}
	l.given, l.look = s.opts.Sockets, make(chan struct{}, 1)
	l.hooks = newHooks(func() config.Hooks { return s.plane.Load().config.Process.Hooks }, s.opts.Config.Node.Name, s.log)
}

// stuckAfter is how long the loop may not have judged before answers count as those of the past.
const stuckAfter = 10 * time.Second

// readyEvery is how often is looked whether the node is ready.
const readyEvery = 500 * time.Millisecond

// watchReady follows whether this node is to be sent queries from when it answers, until the context ends, and tells the other
// nodes and the hooks. A node that ends without having been told to leaves as well.
func (s *Service) watchReady(ctx context.Context) error {
	defer s.life.hooks.end()
	tick := time.NewTicker(readyEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			if s.life.replaced.Load() { // the node goes on
				return nil
			}
			s.life.leaving.Store(true)
			if s.Ready() {
				s.decide(time.Now())
			}
			return nil
		case <-tick.C:
		case <-s.life.look:
		}
		if s.Ready() {
			s.decide(time.Now())
		}
	}
}

// decide looks once whether this node is ready.
func (s *Service) decide(now time.Time) {
	c := s.condition(now)
	r := c.readiness()
	before := s.life.readiness.Load()
	next := admin.Readiness{Ready: s.life.steady.look(r, now), Fit: r.fit, Reason: r.reason, Leaving: c.leaving, Others: c.others, Since: now.UTC().Truncate(time.Second)}
	if before != nil && before.Ready == next.Ready {
		next.Since = before.Since
	}
	s.life.readiness.Store(&next)
	s.node.SetReady(next.Ready && next.Fit)
	switch {
	case before != nil && before.Ready == next.Ready && before.Fit == next.Fit:
		return
	case next.Ready && !next.Fit:
		s.log.Warn("this node would withdraw, and goes on as no other is ready", "reason", next.Reason)
	case next.Ready:
		s.log.Info("this node is to be sent queries")
	case before == nil || before.Ready:
		s.log.Warn("this node is to be sent no queries", "reason", next.Reason, "others_ready", next.Others)
	}
	if before == nil || before.Ready != next.Ready {
		s.life.hooks.tell(next.Ready, next.Reason)
	}
}

// condition is what this node knows of itself and of the others.
func (s *Service) condition(now time.Time) condition {
	c := condition{view: s.Ready(), leaving: s.life.leaving.Load(), gossip: s.opts.Config.Cluster != nil, fault: s.fault(now)}
	for _, m := range s.node.Members() {
		if m.State == cluster.Alive && m.Ready && m.Name != s.opts.Config.Node.Name {
			c.others++
		}
	}
	return c
}

// fault is what is wrong with this node, in the words of the first row that fits; "": nothing. That one zone of several cannot
// be served is none: it may be so on all nodes, and those that withdrew for it would take the other zones with them.
//
//	the loop has not judged for 10 s    it answers by the past
//	the node is blind                   it reaches nothing, and so perhaps nobody it
//	no zone can be served               it has nothing to answer with
func (s *Service) fault(now time.Time) string {
	view := s.server.View()
	switch {
	case now.Sub(time.Unix(0, s.judged.Load())) > stuckAfter:
		return "the judging loop is stuck"
	case view != nil && view.Verdicts != nil && view.Verdicts.Blind:
		return "blind: it reaches no other colo and no witness"
	case s.empty():
		return "no zone can be served"
	}
	return ""
}

// empty says whether there is no zone to answer with.
func (s *Service) empty() bool {
	for _, z := range s.served.Load().set.All() {
		if z.Unready() == "" && !z.Hidden() {
			return false
		}
	}
	return true
}

// Readiness is whether this node is to be sent queries, and why not.
func (s *Service) Readiness() admin.Readiness {
	if r := s.life.readiness.Load(); r != nil {
		now := *r
		now.Leaving = s.life.leaving.Load()
		return now
	}
	r := s.condition(time.Now()).readiness()
	return admin.Readiness{Ready: r.ready && r.fit, Fit: r.fit, Reason: r.reason, Leaving: s.life.leaving.Load(), Since: s.started.UTC().Truncate(time.Second)}
}

// Grace is for how long to go on after Leave: not at all while nobody is answered yet.
func (s *Service) Grace() time.Duration {
	if !s.Ready() {
		return 0
	}
	return s.plane.Load().config.Process.Grace
}

// Leave tells everybody that this node is about to stop: health, the other nodes, hooks, the service manager. It goes on
// answering as long as it is asked to run.
func (s *Service) Leave() {
	s.life.leaving.Store(true)
	s.opts.Manager.Tell("STOPPING=1", "STATUS=leaving: queries are answered for a while")
	s.lookReady()
}

// lookReady has watchReady look at once.
func (s *Service) lookReady() {
	select {
	case s.life.look <- struct{}{}:
	default: // it is about to look
	}
}
