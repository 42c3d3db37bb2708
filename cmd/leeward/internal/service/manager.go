package service

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"leeward/cluster"
	"leeward/cmd/leeward/internal/systemd"
	"leeward/dnsserver"
	"leeward/steering"
)

// How a start that takes long asks the manager for more time: so often, for so much each time, and no longer than that in
// all. A disk that hangs for ever must not keep the manager from trying anew.
const (
	extendEvery = 5 * time.Second
	extendBy    = 30 * time.Second
	extendFor   = time.Hour
)

// takeTime asks the manager for patience until the function it gives is called.
func (s *Service) takeTime(what string) (done func()) {
	if s.opts.Manager == nil {
		return func() {}
	}
	ctx, cancel := context.WithTimeout(context.Background(), extendFor)
	go func() {
		tick := time.NewTicker(extendEvery)
		defer tick.Stop()
		for ctx.Err() == nil {
			s.opts.Manager.Tell(systemd.Extend(extendBy), systemd.Status("%s", what))
			select {
			case <-ctx.Done():
			case <-tick.C:
			}
		}
	}()
	return cancel
}

// statusEvery is how often the manager is told in words how the service is, if that has changed.
const statusEvery = 5 * time.Second

// tellManager tells the manager how the service is while it serves, and that it lives.
func (s *Service) tellManager(ctx context.Context) error {
	manager := s.opts.Manager
	if manager == nil {
		return nil
	}
	signs, stop := ticks(manager.Watchdog() / 4)
	defer stop()
	status := time.NewTicker(statusEvery)
	defer status.Stop()
	told, before, lives := "", s.pulse(), true
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-status.C:
			if words := s.words(); words != told && s.Ready() {
				manager.Tell(systemd.Status("%s", words))
				told = words
			}
		case <-signs:
			now := s.pulse()
			lived := lives
			if lives = now.since(before); lives {
				manager.Tell("WATCHDOG=1")
			} else if lived && s.Ready() {
				s.log.Error("the service does not do its work: the manager gets no sign of life, and will restart it", "judging", now.judged != before.judged)
			}
			before = now
		}
	}
}

// ticks are those of a ticker; none ever where the time between them is 0.
func ticks(every time.Duration) (<-chan time.Time, func()) {
	if every <= 0 {
		return nil, func() {}
	}
	t := time.NewTicker(every)
	return t.C, t.Stop
}

// pulse is by what the service shows that it works.
type pulse struct {
	judged int64
	turns  []dnsserver.Turns
}

func (s *Service) pulse() pulse {
	p := pulse{judged: s.judged.Load()}
	for _, l := range *s.listening.Load() {
		p.turns = append(p.turns, l.Turns())
	}
	return p
}

// since says whether the service has done its work since an earlier look.
//
//	it has judged    all sockets were looked at    then
//	no               any                           no: the loop is stuck, and answers follow no failure any more
//	yes              no                            no: there are queries that nobody takes
//	yes              yes                           yes
func (p pulse) since(before pulse) bool {
	if p.judged == before.judged || len(p.turns) != len(before.turns) {
		return false
	}
	for i := range p.turns {
		if !p.turns[i].Since(before.turns[i]) {
			return false
		}
	}
	return true
}

// words say in a line how the service is.
func (s *Service) words() string {
	list := []string{fmt.Sprintf("answering from %d zones", len(s.served.Load().set.All()))}
	if view := s.server.View(); view != nil && view.Network != nil {
		down := 0
		for i := range view.Verdicts.Uplinks {
			if view.Verdicts.Uplinks[i].State == steering.Down {
				down++
			}
		}
		list = append(list, fmt.Sprintf("%d of %d uplinks down", down, len(view.Verdicts.Uplinks)))
	}
	if s.opts.Config.Cluster != nil {
		members := s.node.Members()
		living := len(slices.DeleteFunc(slices.Clone(members), func(m cluster.Member) bool { return m.State != cluster.Alive }))
		list = append(list, fmt.Sprintf("%d of %d members alive", living, len(members)))
	}
	return strings.Join(list, ", ")
}
