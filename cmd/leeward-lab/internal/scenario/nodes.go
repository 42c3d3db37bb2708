//go:build linux

package scenario

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"leeward/cmd/leeward-lab/internal/lab"
	"leeward/cmd/leeward-lab/internal/plan"
)

// nodes are what happens to nodes, and what operators do.
func nodes() []Scenario {
	return []Scenario{
		{Name: "pause",
			About: "the node in sin is stopped for 10 s and goes on: it removes nobody, and nobody removes sin",
			play:  pause},
		{Name: "restart",
			About: "northway dies, and then every node is restarted: answers stay right",
			play:  restart},
		{Name: "stale-configuration",
			About:    "the node in nrt does not know iad: the others give iad, and leave it when it dies",
			settings: map[string]plan.Settings{"nrt": {Lacks: "iad"}},
			play:     die(iadCut)},
		{Name: "drain", Smoke: true,
			About: "iad is drained by mistake, on the node in sin, and undrained on the one in lhr",
			play:  drain},
		{Name: "hour", Alone: true,
			About:    "for an hour, every link loses a twentieth of all packets and every minute a node is stopped for 10 s: nobody is removed",
			interval: time.Second,
			play:     hour},
	}
}

// pauseTime is how long a node is stopped.
const pauseTime = 10 * time.Second

func pause(s *stage) error {
	s.begin(time.Now(), harm{})
	err := s.still(pauseTime+8*time.Second, func() error {
		if err := s.Nodes["sin"].Pause(); err != nil {
			return err
		}
		err := s.sleep(pauseTime)
		for _, q := range s.Record.Asked() {
			for _, span := range s.Record.Spans(q) {
				if q.Server.Colo == "sin" && span.Until.After(s.fault.Add(time.Second)) {
					err = errors.Join(err, fmt.Errorf("the node in sin answers, and should be stopped"))
				}
			}
		}
		return errors.Join(err, s.Nodes["sin"].Resume())
	})
	if err != nil {
		return err
	}
	s.healNow()
	return errors.Join(s.back(), s.together())
}

func restart(s *stage) error {
	if err := s.foreseeAndHit(northwayDead(s.World)); err != nil {
		return err
	}
	if err := s.moved(); err != nil {
		return err
	}
	began := time.Now()
	s.excuse(began) // while no nameserver runs
	err := s.still(15*time.Second, func() error {
		failures := make(chan error, len(s.Nodes))
		var all sync.WaitGroup
		for _, n := range s.Nodes {
			all.Go(func() { failures <- errors.Join(n.Stop(), n.Start()) })
		}
		all.Wait()
		close(failures)
		var errs []error
		for err := range failures {
			errs = append(errs, err)
		}
		s.note("every node was restarted within %s", time.Since(began).Round(time.Millisecond))
		return errors.Join(errs...)
	})
	if err != nil {
		return err
	}
	s.demand(time.Now())
	if _, why := s.serversChanged(); why != "" {
		return fmt.Errorf("15 s after the restart: %s", why)
	}
	if err := s.fulfilled(); err != nil {
		return err
	}
	if err := s.heal(); err != nil {
		return err
	}
	return s.back()
}

func drain(s *stage) error {
	h := harm{dead: s.World.Of("iad"), drained: true}
	if err := s.foresee(h); err != nil {
		return err
	}
	s.begin(time.Now(), h)
	if _, err := s.Nodes["sin"].Command("drain", "colo:iad", "--reason", "by mistake"); err != nil {
		return err
	}
	if err := errors.Join(s.away(), s.told("operator", "colo:iad", false)); err != nil {
		return err
	}
	s.healNow()
	if _, err := s.Nodes["lhr"].Command("undrain", "colo:iad"); err != nil {
		return err
	}
	return errors.Join(s.back(), s.over("operator", "colo:iad"))
}

// hour is loss and pauses without an outage.
func hour(s *stage) error {
	s.loose = true
	if err := s.hit(harm{fault: s.World.LoseEverywhere(5), risky: s.World.Uplinks()}); err != nil {
		return err
	}
	from := time.Now()
	names := s.World.Names()
	for minute := 0; time.Since(from) < s.opts.For; minute++ {
		next := from.Add(time.Duration(minute+1) * time.Minute)
		n := s.Nodes[names[minute%len(names)]]
		if err := s.sleep(20 * time.Second); err != nil {
			return err
		}
		if err := n.Pause(); err != nil {
			return err
		}
		if err := errors.Join(s.sleep(pauseTime), n.Resume(), s.sleep(time.Until(next))); err != nil {
			return err
		}
	}
	down := s.Record.Events(func(e lab.Event) bool { return e.Vote && e.To == "down" })
	doubt := s.Record.Events(func(e lab.Event) bool { return !e.Vote && e.To == "at-risk" })
	s.note("%s: %d votes fell, %d verdicts were at risk", time.Since(from).Round(time.Second), len(down), len(doubt))
	if err := s.heal(); err != nil {
		return err
	}
	return s.back()
}
