//go:build linux

package scenario

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"leeward/cmd/leeward-lab/internal/lab"
	"leeward/cmd/leeward-lab/internal/plan"
)

// still lets time pass in which nothing may change, while something is done or not, and says what did.
func (s *stage) still(d time.Duration, meanwhile func() error) error {
	from := time.Now()
	if meanwhile != nil {
		if err := meanwhile(); err != nil {
			return err
		}
	}
	if err := s.sleep(d - time.Since(from)); err != nil {
		return err
	}
	var errs []error
	for _, q := range s.reachable() {
		want := s.expect(q)
		right := map[plan.Answer]bool{want: true}
		if s.loose {
			right = s.World.Allowed(q.Steered, s.World.Client(q.Place), s.Seen(q.Server.Colo, s.wrong))
		}
		for _, span := range s.Record.Spans(q) {
			if span.Until.After(from) && !right[span.Answer] {
				errs = append(errs, fmt.Errorf("%s %q for %s, not %q, while nothing changed",
					q, span.Answer, span.Until.Sub(span.From).Round(time.Millisecond), want))
			}
		}
	}
	return errors.Join(append(errs, s.silent(from))...)
}

// silent says which nameserver was heard that is cut off: then it is not.
func (s *stage) silent(from time.Time) error {
	for _, q := range s.Record.Asked() {
		for _, span := range s.Record.Spans(q) {
			if s.cut[q.Server] && span.Until.After(from.Add(time.Second)) {
				return fmt.Errorf("the nameserver at %s answers, and should be cut off", q.Server)
			}
		}
	}
	return nil
}

// fell holds a scenario to its fault: the observer in a colo must have seen others fail.
func (s *stage) fell(observer string) error {
	votes := s.Record.Events(func(e lab.Event) bool {
		return e.Vote && e.To == "down" && e.Colo == observer && e.Uplink.Colo != observer && !e.At.Before(s.fault)
	})
	if len(votes) == 0 {
		return fmt.Errorf("the node in %s has seen nobody fail, and should have", observer)
	}
	return nil
}

// audit looks through all that was seen in a run for what must never be:
//
//	an answer that would be right in no world, from anybody: without an address, but for a name that wants that
//	an answer that no part of what was wrong explains, from a node that sees what others see
//	a verdict "down" on what never was dead, by such a node
//	a client that is not served while nothing is wrong
//	a node that ends by itself
//	an incident that nothing that was wrong explains, and nodes that tell other ones than others
func (s *stage) audit() error {
	return errors.Join(errors.Join(s.late...), s.Died(), s.auditVerdicts(), s.auditAnswers(), s.auditClients(), s.auditIncidents())
}

func (s *stage) auditAnswers() error {
	anything := plan.States{}
	for _, u := range s.World.Uplinks() {
		anything[u] = plan.Down
	}
	possible, explained := s.answersIn(anything), s.answersIn(s.was)
	var errs []error
	for _, q := range s.Record.Asked() {
		right := explained(q)
		if s.doubted[q.Server.Colo] {
			right = possible(q)
		}
		for _, span := range s.Record.Spans(q) {
			if !right[span.Answer] {
				errs = append(errs, fmt.Errorf("%s: %s %q: nothing that was wrong explains it", s.when(span.From), q, span.Answer))
			}
		}
	}
	return errors.Join(errs...)
}

// answersIn are the right answers to a question while any of some uplinks are in their states, worked out once for all
// nameservers that see the same.
func (s *stage) answersIn(states plan.States) func(lab.Asked) map[plan.Answer]bool {
	type asked struct{ lacks, name, place string }
	known := map[asked]map[plan.Answer]bool{}
	return func(q lab.Asked) map[plan.Answer]bool {
		key := asked{s.Lacks(q.Server.Colo), q.Name, q.Place}
		if known[key] == nil {
			known[key] = s.World.Allowed(q.Steered, s.World.Client(q.Place), s.Seen(q.Server.Colo, states))
		}
		return known[key]
	}
}

func (s *stage) auditVerdicts() error {
	var errs []error
	for _, e := range s.Record.Events(func(e lab.Event) bool {
		return !e.Vote && e.To == "down" && !s.ever[e.Uplink] && !s.doubted[e.Colo]
	}) {
		errs = append(errs, fmt.Errorf("%s: the node in %s took %s for down: %s", s.when(e.At), e.Colo, e.Uplink, e.Why))
	}
	return errors.Join(errs...)
}

// inFlight is how long before a fault a client may have begun what the fault spoils.
const inFlight = lab.TryTime

func (s *stage) auditClients() error {
	if s.loose {
		return nil
	}
	var errs []error
	for _, name := range s.Record.Clients() {
		for _, t := range s.Record.Ticks(name, s.began) {
			if t.Done && !t.Fetched && !s.excused(t.Start) {
				errs = append(errs, fmt.Errorf("%s: a client in %s was not served, while nothing was wrong: %s", s.when(t.Start), name, t.Why))
			}
		}
	}
	return errors.Join(errs...)
}

// window is a time in which clients may fail; one without an end lasts.
type window struct{ from, to time.Time }

// excuse notes that clients may fail from now on, and those that have just begun.
func (s *stage) excuse(from time.Time) {
	s.windows = append(s.windows, window{from: from.Add(-inFlight)})
}

// demand ends the time in which clients may fail.
func (s *stage) demand(from time.Time) {
	if n := len(s.windows); n > 0 && s.windows[n-1].to.IsZero() {
		s.windows[n-1].to = from
	}
}

func (s *stage) excused(at time.Time) bool {
	return slices.ContainsFunc(s.windows, func(w window) bool { return at.After(w.from) && (w.to.IsZero() || at.Before(w.to)) })
}

// when is a time as it stands in the timeline.
func (s *stage) when(at time.Time) string {
	return fmt.Sprintf("%.3f s after the start", at.Sub(s.began).Seconds())
}
