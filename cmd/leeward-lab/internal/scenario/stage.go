//go:build linux

package scenario

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"leeward/cmd/leeward-lab/internal/lab"
	"leeward/cmd/leeward-lab/internal/plan"
	"leeward/cmd/leeward-lab/internal/timeline"
)

// stage is a laboratory with what a scenario has done to it so far, and what therefore must be seen there.
type stage struct {
	*lab.Lab
	ctx  context.Context
	opts Options
	out  *timeline.Outcome

	began    time.Time   // all was well
	fault    time.Time   // of the last fault, or of its end
	healed   bool        // it was its end
	wrong    plan.States // now
	dead     plan.Set    // uplinks that serve nobody now, or are drained
	cut      plan.Set    // uplinks on which nothing is reached now, the nameserver neither
	was      plan.States // wrong at any time
	ever     plan.Set    // uplinks that were dead at any time
	doubted  map[string]bool
	foreseen *foresight // of the last fault of which the nodes were asked
	windows  []window   // in which clients may fail
	late     []error    // what came after its limit
	loose    bool       // loss: what is at risk may be so or not, and clients may fail
}

// harm is a fault with what it must lead to.
type harm struct {
	fault   plan.Fault
	dead    []plan.Uplink // must be left out of answers
	drained bool          // dead means that they are drained, and live
	risky   []plan.Uplink // must be taken for at risk; if loose, may be
	cut     []plan.Uplink // cannot be asked
	doubt   []string      // colos whose node sees another world, so that its word does not count from now on
}

// killed is the harm of a fault that leaves nothing of some uplinks.
func killed(fault plan.Fault, uplinks []plan.Uplink) harm {
	return harm{fault: fault, dead: uplinks, cut: uplinks}
}

// hit does harm to the network.
func (s *stage) hit(h harm) error {
	at, err := s.Break(h.fault)
	if err != nil {
		return err
	}
	s.begin(at, h)
	return nil
}

// begin notes what is wrong from now on. A colo of which nothing is reached sees another world.
func (s *stage) begin(at time.Time, h harm) {
	s.fault, s.healed = at, false
	s.dead, s.cut, s.wrong = plan.SetOf(h.dead...), plan.SetOf(h.cut...), h.states()
	maps.Copy(s.ever, s.dead)
	maps.Copy(s.was, s.wrong)
	if len(s.dead) > 0 {
		s.excuse(at)
	}
	for _, colo := range h.doubt {
		s.doubted[colo] = true
	}
	for _, colo := range s.World.Names() {
		if !slices.ContainsFunc(s.World.Of(colo), func(u plan.Uplink) bool { return !s.cut[u] }) {
			s.doubted[colo] = true
		}
	}
}

// states are what must be thought of what is hurt.
func (h harm) states() plan.States {
	states := plan.States{}
	for _, u := range h.risky {
		states[u] = plan.AtRisk
	}
	for _, u := range h.dead {
		states[u] = plan.Down
		if h.drained {
			states[u] = plan.Drained
		}
	}
	return states
}

// heal takes all faults away.
func (s *stage) heal() error {
	before := s.fault
	at, err := s.Break(nil)
	if err != nil {
		return err
	}
	s.out.At(timeline.Healed, before, at)
	s.end(at)
	return nil
}

// end notes that nothing is wrong from now on.
func (s *stage) end(at time.Time) {
	s.fault, s.healed = at, true
	s.demand(at)
	s.dead, s.cut, s.wrong = plan.Set{}, plan.Set{}, plan.States{}
}

// expect is what a nameserver must answer now for clients at a colo.
func (s *stage) expect(q lab.Asked) plan.Answer {
	return s.World.Expect(q.Steered, s.World.Client(q.Place), s.Seen(q.Server.Colo, s.wrong))
}

// reachable are the questions that must be answered right now: nameservers that are not cut off, by nodes that see what
// others see. When all is well again that is all of them.
func (s *stage) reachable() []lab.Asked {
	return slices.DeleteFunc(s.Record.Asked(), func(q lab.Asked) bool {
		return s.cut[q.Server] || s.doubted[q.Server.Colo] && !s.healed
	})
}

// judges are the colos whose nodes must come to the right verdicts now.
func (s *stage) judges() []string {
	return slices.DeleteFunc(s.World.Names(), func(colo string) bool { return s.doubted[colo] && !s.healed })
}

// sleep lets time pass.
func (s *stage) sleep(d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
}

// note adds a sentence to the timeline.
func (s *stage) note(format string, args ...any) {
	s.out.Notes = append(s.out.Notes, fmt.Sprintf(format, args...))
}

// healNow notes that what is wrong is taken away now, where that is not done by the network.
func (s *stage) healNow() {
	now := time.Now()
	s.out.At(timeline.Healed, s.fault, now)
	s.end(now)
}
