//go:build linux

package scenario

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"leeward/cmd/leeward-lab/internal/lab"
	"leeward/cmd/leeward-lab/internal/plan"
)

// foresight is what nodes said before a fault that they would answer after it.
type foresight struct {
	mu      sync.Mutex
	answers map[lab.Asked]foreseen
}

// foreseen is an answer before a fault, and the one that was foreseen for the time after it.
type foreseen struct{ now, then plan.Answer }

// foresee asks every node, for clients at every colo, what it would answer if what the harm hits were down, or drained.
// fulfilled holds it against the answers.
func (s *stage) foresee(h harm) error {
	s.foreseen = &foresight{answers: map[lab.Asked]foreseen{}}
	places := s.World.Places(h.dead)
	failures := make(chan error, len(s.Nodes)*len(s.World.Colos))
	var all sync.WaitGroup
	for colo, node := range s.Nodes {
		if slices.ContainsFunc(h.dead, func(u plan.Uplink) bool { return u.Colo == s.Lacks(colo) }) {
			continue // it cannot be asked about what it does not know
		}
		all.Go(func() {
			for _, place := range s.World.Names() {
				forecast, err := node.WhatIf(places, h.drained, s.World.Place(place))
				failures <- errors.Join(err, s.foreseen.add(forecast, s.answers(colo, place)))
			}
		})
	}
	all.Wait()
	close(failures)
	var errs []error
	for err := range failures {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// foreseeAndHit does harm of which the nodes are asked before.
func (s *stage) foreseeAndHit(h harm) error {
	if err := s.foresee(h); err != nil {
		return err
	}
	return s.hit(h)
}

// answers are what a colo's nameserver answers clients at a place now.
func (s *stage) answers(colo, place string) map[lab.Asked]plan.Answer {
	now := map[lab.Asked]plan.Answer{}
	for _, q := range s.Record.Asked() {
		if q.Server.Colo == colo && q.Place == place {
			spans := s.Record.Spans(q)
			now[q] = spans[len(spans)-1].Answer
		}
	}
	return now
}

// add takes a forecast in. Answers that it does not speak of stay as they are; what it says of those now must be true.
func (f *foresight) add(forecast lab.Forecast, now map[lab.Asked]plan.Answer) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var errs []error
	for q, answer := range now {
		f.answers[q] = foreseen{answer, answer}
		if change, ok := forecast[q.Name]; ok {
			f.answers[q] = foreseen{answer, change.After}
			if change.Before != answer {
				errs = append(errs, fmt.Errorf("%s %q, and its forecast says that it gives %q", q, answer, change.Before))
			}
		}
	}
	return errors.Join(errs...)
}

// fulfilled holds what was foreseen against the last answer of every nameserver that is reachable.
func (s *stage) fulfilled() error {
	now := map[lab.Asked]plan.Answer{}
	for _, q := range s.reachable() {
		spans := s.Record.Spans(q)
		now[q] = spans[len(spans)-1].Answer
	}
	compared, changed, err := s.foreseen.against(now)
	s.note("%d answers held against what was foreseen: %d were to change", compared, changed)
	return err
}

// against says how many answers were foreseen, how many of them to change, and which are others. A fault that was foreseen to
// change nothing tried nothing.
func (f *foresight) against(now map[lab.Asked]plan.Answer) (compared, changed int, err error) {
	var errs []error
	for q, got := range now {
		foreseen, ok := f.answers[q]
		if !ok {
			continue
		}
		compared++
		if foreseen.then != foreseen.now {
			changed++
		}
		if got != foreseen.then {
			errs = append(errs, fmt.Errorf("%s %q, and foreseen was %q", q, got, foreseen.then))
		}
	}
	if changed == 0 {
		errs = append(errs, errors.New("no answer was foreseen to change"))
	}
	return compared, changed, errors.Join(errs...)
}
