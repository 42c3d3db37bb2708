//go:build linux

package scenario

import (
	"errors"
	"fmt"
	"time"

	"leeward/cmd/leeward-lab/internal/lab"
	"leeward/cmd/leeward-lab/internal/plan"
)

// settle is how long is looked whether what has come stays so.
const settle = 2 * time.Second

// partial are faults that leave something.
func partial() []Scenario {
	return []Scenario{
		{Name: "servers", Smoke: true,
			About: "the web server of iad refuses, its network and its nameserver live",
			play: func(s *stage) error {
				return s.webs("iad", (*lab.Web).Stop, (*lab.Web).Start)
			}},
		{Name: "slow",
			About: "the web server of iad answers after two seconds",
			play: func(s *stage) error {
				return s.webs("iad",
					func(w *lab.Web) error { w.Delay(2 * time.Second); return nil },
					func(w *lab.Web) error { w.Delay(0); return nil })
			}},
		{Name: "sluggish",
			About:    "the web server of iad answers after 300 ms, and 200 ms are the bound: it is at risk, and nobody removes it",
			settings: everywhere(plan.Settings{Slow: 200 * time.Millisecond}),
			play:     sluggish},
		{Name: "all-down",
			About: "the web servers of all colos refuse: answers are as if all were up, and never empty",
			play:  allDown},
		{Name: "loss",
			About: "iad loses a fifth of all packets each way: nobody removes it",
			play: func(s *stage) error {
				s.loose = true
				return s.harmless(harm{fault: plan.Lose(20, s.World.Of("iad")...), risky: s.World.Of("iad")}, 45*time.Second, nil)
			}},
		{Name: "dns-cut",
			About: "the nameserver of ams is not reached, its web server is: nothing moves",
			play: func(s *stage) error {
				return s.harmless(harm{fault: plan.CutDNS(s.World.Of("ams")...), cut: s.World.Of("ams")}, 8*time.Second, nil)
			}},
		{Name: "flap-3s",
			About: "iad is cut off for 3 s and back for 3 s, for a minute",
			play:  func(s *stage) error { return s.flap(iadCut, 10, 3*time.Second, 3*time.Second) }},
		{Name: "flap-20s",
			About: "iad is back for 20 s and cut off for 10 s, for two minutes",
			play:  func(s *stage) error { return s.flap(iadCut, 4, 10*time.Second, 20*time.Second) }},
		{Name: "flap-upstream-3s",
			About: "northway swallows everything for 3 s and is back for 3 s, for a minute",
			play:  func(s *stage) error { return s.flap(northwayDead, 10, 3*time.Second, 3*time.Second) }},
		{Name: "flap-upstream-20s",
			About: "northway is back for 20 s and swallows everything for 10 s, for two minutes",
			play:  func(s *stage) error { return s.flap(northwayDead, 4, 10*time.Second, 20*time.Second) }},
	}
}

// webs does something to the web servers of a colo, and takes it back.
func (s *stage) webs(colo string, hit, mend func(*lab.Web) error) error {
	uplinks := s.World.Of(colo)
	h := harm{dead: uplinks}
	if err := s.foresee(h); err != nil {
		return err
	}
	s.begin(time.Now(), h)
	for _, u := range uplinks {
		if err := hit(s.Web(u)); err != nil {
			return err
		}
	}
	if err := errors.Join(s.away(), s.told("colo", colo, true)); err != nil {
		return err
	}
	s.healNow()
	for _, u := range uplinks {
		if err := mend(s.Web(u)); err != nil {
			return err
		}
	}
	return errors.Join(s.back(), s.over("colo", colo))
}

// everywhere are settings of the nodes in all colos.
func everywhere(set plan.Settings) map[string]plan.Settings {
	all := map[string]plan.Settings{}
	for _, colo := range plan.Six().Names() {
		all[colo] = set
	}
	return all
}

// sluggish has a web server answer late, but not too late.
func sluggish(s *stage) error {
	iad := s.World.Of("iad")[0]
	s.begin(time.Now(), harm{risky: []plan.Uplink{iad}})
	s.Web(iad).Delay(300 * time.Millisecond)
	err := s.Await(s.ctx, patience, "every node to take iad for at risk", func() string {
		for _, colo := range s.World.Names() {
			if v := s.verdict(colo, iad); v != "at-risk" {
				return fmt.Sprintf("the node in %s takes it for %s", colo, v)
			}
		}
		return ""
	})
	if err != nil {
		return err
	}
	s.note("at risk after %s", time.Since(s.fault).Round(time.Millisecond))
	if err := s.still(settle, nil); err != nil {
		return err
	}
	s.healNow()
	s.Web(iad).Delay(0)
	return s.back()
}

// allDown stops all web servers.
func allDown(s *stage) error {
	h := harm{dead: s.World.Uplinks()}
	if err := s.foresee(h); err != nil {
		return err
	}
	s.begin(time.Now(), h)
	for _, u := range s.World.Uplinks() {
		if err := s.Web(u).Stop(); err != nil {
			return err
		}
	}
	err := s.Await(s.ctx, patience, "all nodes to take all for down", func() string {
		for _, colo := range s.World.Names() {
			for _, u := range s.World.Uplinks() {
				if s.verdict(colo, u) != "down" {
					return fmt.Sprintf("the node in %s takes %s for %s", colo, u, s.verdict(colo, u))
				}
			}
		}
		return ""
	})
	if err != nil {
		return err
	}
	if err := errors.Join(s.still(settle, nil), s.fulfilled()); err != nil {
		return err
	}
	s.healNow()
	for _, u := range s.World.Uplinks() {
		if err := s.Web(u).Start(); err != nil {
			return err
		}
	}
	return s.back()
}

// verdict is the last that a node came to on an uplink; up, if it never said.
func (s *stage) verdict(colo string, u plan.Uplink) string {
	list := s.Record.Events(func(e lab.Event) bool { return !e.Vote && e.Colo == colo && e.Uplink == u })
	if len(list) == 0 {
		return "up"
	}
	return list[len(list)-1].To
}

// harmless does harm that must move nobody, for a time, and takes it away.
func (s *stage) harmless(h harm, d time.Duration, look func() error) error {
	if err := s.hit(h); err != nil {
		return err
	}
	err := s.still(d, nil)
	if look != nil {
		err = errors.Join(err, look())
	}
	if err != nil {
		return err
	}
	if err := s.heal(); err != nil {
		return err
	}
	return s.back()
}

// Bounds of damping.
const changesAMinute = 8 // of one verdict, as one node sees it

// flap does harm and heals it, again and again, and counts what changes.
func (s *stage) flap(of func(plan.World) harm, times int, down, up time.Duration) error {
	began := time.Now()
	for range times {
		if err := s.hit(of(s.World)); err != nil {
			return err
		}
		if err := s.sleep(down); err != nil {
			return err
		}
		at, err := s.Break(nil)
		if err != nil {
			return err
		}
		s.end(at)
		if err := s.sleep(up); err != nil {
			return err
		}
	}
	return errors.Join(s.damped(began), s.back(), s.one())
}

// damped counts how often verdicts and answers changed since a time.
func (s *stage) damped(began time.Time) error {
	took := time.Since(began)
	var errs []error
	verdicts, answers := 0, 0
	for _, colo := range s.World.Names() {
		if s.doubted[colo] {
			continue
		}
		for u := range s.ever {
			n := len(s.Record.Events(func(e lab.Event) bool {
				return !e.Vote && e.Colo == colo && e.Uplink == u && e.At.After(began)
			}))
			verdicts = max(verdicts, n)
			if most := int(changesAMinute * took.Minutes()); n > most {
				errs = append(errs, fmt.Errorf("the node in %s changed its verdict on %s %d times in %s, and %d are allowed",
					colo, u, n, took.Round(time.Second), most))
			}
		}
	}
	for _, q := range s.Record.Asked() {
		if n := len(s.Record.Spans(q)) - 1; !s.doubted[q.Server.Colo] {
			answers = max(answers, n)
		}
	}
	s.note("changes in %s: at most %d of a verdict at one node, %d of an answer of one nameserver", took.Round(time.Second), verdicts, answers)
	return errors.Join(errs...)
}
