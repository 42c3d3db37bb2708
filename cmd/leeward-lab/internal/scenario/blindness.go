//go:build linux

package scenario

import (
	"errors"
	"fmt"
	"time"

	"leeward/cmd/leeward-lab/internal/plan"
)

// blindness are faults of those who look, not of what is looked at.
func blindness() []Scenario {
	return []Scenario{
		{Name: "observer", Smoke: true,
			About: "probes of iad get lost, its gossip does not: its votes convict nobody",
			play: func(s *stage) error {
				return s.harmless(harm{fault: plan.CutProbes(s.World.Of("iad")...)}, 8*time.Second,
					func() error { return s.fell("iad") })
			}},
		{Name: "peering",
			About: "northway and transpac do not reach each other: half of the nodes do not see half of the others, and nobody is removed",
			play: func(s *stage) error {
				return s.harmless(harm{fault: plan.Part("northway", "transpac")}, 12*time.Second,
					func() error { return errors.Join(s.fell("lhr"), s.fell("sin")) })
			}},
		{Name: "gossip-split",
			About: "ams, lhr and iad cannot gossip with the others, all else lives: nobody is removed, and it heals by itself",
			play: func(s *stage) error {
				if err := s.harmless(harm{fault: s.World.SplitGossip("ams", "lhr", "iad")}, 20*time.Second, s.apart); err != nil {
					return err
				}
				return s.together()
			}},
		{Name: "gossip-split-upstream",
			About: "eastlink dies while ams, lhr and iad cannot gossip with the others: both sides conclude it by themselves",
			play:  splitAndDie},
		{Name: "gossip-first-address",
			About: "the first address of ams takes no gossip: it is heard by its second",
			play: func(s *stage) error {
				first := s.World.Of("ams")[0]
				if err := s.harmless(harm{fault: plan.CutGossip(first)}, 20*time.Second, s.together); err != nil {
					return err
				}
				return s.together()
			}},
		{Name: "isolated", Smoke: true,
			About: "the nameserver of lhr reaches nobody, its web server lives: nobody removes anybody, and within lhr it answers lhr",
			play:  isolated},
	}
}

// together waits until every node takes every other for alive.
func (s *stage) together() error {
	return s.Await(s.ctx, patience, "all nodes to hear each other", func() string {
		for colo, n := range s.Nodes {
			status, err := n.Status(s.ctx)
			if err != nil {
				return err.Error()
			}
			if alive := status.Alive(); alive != len(s.Nodes) {
				return fmt.Sprintf("the node in %s takes %d of %d for alive", colo, alive, len(s.Nodes))
			}
		}
		return ""
	})
}

// apart holds a split to be one: nobody may hear all others.
func (s *stage) apart() error {
	for colo, n := range s.Nodes {
		status, err := n.Status(s.ctx)
		if err != nil {
			return err
		}
		if status.Alive() == len(s.Nodes) {
			return fmt.Errorf("the node in %s takes all others for alive, and should not hear half of them", colo)
		}
	}
	return nil
}

// splitAndDie splits gossip, and then kills an upstream.
func splitAndDie(s *stage) error {
	split := s.World.SplitGossip("ams", "lhr", "iad")
	if err := s.hit(harm{fault: split}); err != nil {
		return err
	}
	if err := s.still(5*time.Second, nil); err != nil {
		return err
	}
	if err := s.foreseeAndHit(killed(plan.Join(split, plan.Blackhole("eastlink")), s.World.Through("eastlink"))); err != nil {
		return err
	}
	if err := s.away(); err != nil {
		return err
	}
	if err := s.heal(); err != nil {
		return err
	}
	return errors.Join(s.back(), s.together())
}

// isolated cuts a node off from everything but its own colo.
func isolated(s *stage) error {
	uplinks := s.World.Of("lhr")
	return s.harmless(harm{fault: plan.Isolate(uplinks...), cut: uplinks, doubt: []string{"lhr"}}, 8*time.Second, func() error {
		errs := []error{s.fell("lhr")}
		for _, place := range s.World.Names() {
			got, err := s.Ask(s.ctx, "lhr", s.World.Server(uplinks[0]), s.World.Place(place))
			if own := plan.AnswerOf(s.World.Web(uplinks[0])); err == nil && got != own {
				err = fmt.Errorf("the nameserver of lhr, which nobody but lhr can ask, gives clients near %s %q, not %q", place, got, own)
			}
			errs = append(errs, err)
		}
		return errors.Join(errs...)
	})
}
