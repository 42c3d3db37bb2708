//go:build linux

package scenario

import (
	"errors"

	"leeward/cmd/leeward-lab/internal/plan"
)

// All are the scenarios, in the order in which they are run.
func All() []Scenario {
	var list []Scenario
	for _, some := range [][]Scenario{outages(), partial(), recovery(), blindness(), nodes(), small()} {
		list = append(list, some...)
	}
	return list
}

// Of are the scenarios that some names stand for: their own, "all" and "smoke".
func Of(names []string) (list []Scenario, unknown string) {
	for _, name := range names {
		n := len(list)
		for _, s := range All() {
			if s.Name == name || name == "all" && !s.Alone || name == "smoke" && s.Smoke {
				list = append(list, s)
			}
		}
		if len(list) == n {
			return nil, name
		}
	}
	return list, ""
}

// outages are faults that leave nothing of some uplinks.
func outages() []Scenario {
	return []Scenario{
		{Name: "upstream", Smoke: true,
			About: "northway swallows everything: lhr and iad are cut off, ams keeps eastlink",
			play:  dieTold(northwayDead, "upstream", "northway")},
		{Name: "upstream-reject",
			About: "northway refuses everything",
			play: dieTold(func(w plan.World) harm { return killed(plan.Reject("northway"), w.Through("northway")) },
				"upstream", "northway")},
		{Name: "upstream-unroute",
			About: "northway says of everything that it knows no way there",
			play: dieTold(func(w plan.World) harm { return killed(plan.Unroute("northway"), w.Through("northway")) },
				"upstream", "northway")},
		{Name: "two-upstreams",
			About: "northway and eastlink swallow everything: all that is left is transpac",
			play: die(func(w plan.World) harm {
				return killed(plan.Blackhole("northway", "eastlink"), w.Through("northway", "eastlink"))
			})},
		{Name: "uplink",
			About: "iad, which has one uplink, is cut off",
			play:  dieTold(iadCut, "colo", "iad")},
		{Name: "uplink-of-two",
			About: "ams loses northway, through which it probes and gossips, and keeps eastlink",
			play: die(func(w plan.World) harm {
				uplink := plan.Uplink{Colo: "ams", Upstream: "northway"}
				return killed(plan.Cut(uplink), []plan.Uplink{uplink})
			})},
		{Name: "oneway-in",
			About: "packets to iad are lost, those from it are not",
			play:  die(func(w plan.World) harm { return killed(plan.CutInto(w.Of("iad")...), w.Of("iad")) })},
		{Name: "oneway-out",
			About: "packets from iad are lost, those to it are not",
			play:  die(func(w plan.World) harm { return killed(plan.CutOutOf(w.Of("iad")...), w.Of("iad")) })},
	}
}

func northwayDead(w plan.World) harm {
	return killed(plan.Blackhole("northway"), w.Through("northway"))
}

func iadCut(w plan.World) harm { return killed(plan.Cut(w.Of("iad")...), w.Of("iad")) }

// small are networks in which few can be asked.
func small() []Scenario {
	return []Scenario{
		{Name: "two-colos", About: "of two colos one is cut off", world: plan.Two, play: die(iadCut)},
		{Name: "three-colos", About: "of three colos one is cut off", world: plan.Three, play: die(iadCut)},
	}
}

// away waits until everybody has left what died, and sees that they stay away, as the nodes foresaw it.
func (s *stage) away() error {
	if err := s.moved(); err != nil {
		return err
	}
	return errors.Join(s.still(settle, nil), s.fulfilled())
}

// die plays a harm to the end: everybody leaves, stays away, and comes back when it is taken away.
func die(of func(plan.World) harm) func(*stage) error { return dieTold(of, "", "") }

// dieTold does the same, and holds the nodes to the incident that they must tell of it.
func dieTold(of func(plan.World) harm, kind, name string) func(*stage) error {
	return func(s *stage) error {
		if err := s.foreseeAndHit(of(s.World)); err != nil {
			return err
		}
		if err := s.away(); err != nil {
			return err
		}
		if kind != "" {
			if err := s.told(kind, name, true); err != nil {
				return err
			}
		}
		if err := s.heal(); err != nil {
			return err
		}
		if err := s.back(); err != nil || kind == "" {
			return err
		}
		return s.over(kind, name)
	}
}
