//go:build linux

package scenario

import (
	"fmt"
	"slices"
	"time"

	"leeward/cmd/leeward-lab/internal/lab"
	"leeward/cmd/leeward-lab/internal/plan"
	"leeward/cmd/leeward-lab/internal/timeline"
)

// patience is how long what must come is waited for, so that it is measured also where it comes too late.
const patience = 45 * time.Second

// enough is how many tries of a client must go well, one after the other, until it counts as moved.
const enough = 5

// moved waits until everybody has drawn the conclusion from the fault, and notes when.
func (s *stage) moved() error {
	var servers, clients time.Time
	err := s.Await(s.ctx, patience, "everybody to leave what is dead", func() (why string) {
		if servers, why = s.serversChanged(); why == "" {
			clients, why = s.clientsMoved()
		}
		return why
	})
	if err == nil {
		s.demand(time.Now())
	}
	if vote, ok := s.firstVote(); ok {
		s.out.At(timeline.FirstVote, s.fault, vote)
	}
	if first, last, ok := s.verdicts("down", "drained"); ok {
		s.out.At(timeline.FirstVerdict, s.fault, first)
		s.out.At(timeline.LastVerdict, s.fault, last)
	}
	s.within(timeline.LastNameserver, servers, s.opts.Limit)
	s.within(timeline.LastClient, clients, s.opts.Limit+time.Duration(s.opts.TTL)*time.Second)
	return err
}

// back waits until all is as before, and notes when.
func (s *stage) back() error {
	var servers, clients time.Time
	err := s.Await(s.ctx, 2*patience, "all to be as before", func() (why string) {
		if servers, why = s.serversChanged(); why == "" {
			clients, why = s.clientsMoved()
		}
		if why == "" {
			why = s.notUp()
		}
		return why
	})
	if _, last, ok := s.verdicts("up"); ok {
		s.out.At(timeline.BackVerdict, s.fault, last)
	}
	s.within(timeline.BackNameserver, servers, 0)
	s.within(timeline.BackClient, clients, 0)
	return err
}

// within notes a step, and holds it to a limit; 0 is none. The zero time is no step. What comes too late fails the run,
// which goes on.
func (s *stage) within(step string, at time.Time, limit time.Duration) {
	if at.IsZero() {
		return
	}
	s.out.At(step, s.fault, at)
	if took := at.Sub(s.fault); limit > 0 && took > limit {
		s.late = append(s.late, fmt.Errorf("%s: %.3f s after the fault, and the limit is %s", step, took.Seconds(), limit))
	}
}

// notUp says which node takes for dead what no longer is, "" for none.
func (s *stage) notUp() string {
	for _, colo := range s.World.Names() {
		for u := range s.ever {
			if v := s.verdict(colo, u); v == "down" || v == "drained" {
				return fmt.Sprintf("the node in %s takes %s for %s", colo, u, v)
			}
		}
	}
	return ""
}

// firstVote is when an observer first said that something dead is down.
func (s *stage) firstVote() (time.Time, bool) {
	votes := s.Record.Events(func(e lab.Event) bool {
		return e.Vote && e.To == "down" && s.dead[e.Uplink] && !e.At.Before(s.fault)
	})
	if len(votes) == 0 {
		return time.Time{}, false
	}
	return slices.MinFunc(votes, func(a, b lab.Event) int { return a.At.Compare(b.At) }).At, true
}

// verdicts is when the first and the last node came to some verdict on what was dead. Nodes that are cut off do not
// count.
func (s *stage) verdicts(to ...string) (first, last time.Time, ok bool) {
	about := s.dead
	if s.healed {
		about = s.ever
	}
	judges := s.judges()
	list := s.Record.Events(func(e lab.Event) bool {
		return !e.Vote && about[e.Uplink] && slices.Contains(to, e.To) && slices.Contains(judges, e.Colo) && !e.At.Before(s.fault)
	})
	if len(list) == 0 {
		return first, last, false
	}
	byTime := func(a, b lab.Event) int { return a.At.Compare(b.At) }
	return slices.MinFunc(list, byTime).At, slices.MaxFunc(list, byTime).At, true
}

// serversChanged is when the last reachable nameserver began to answer for plan.Name as it must, or who does not, for any name.
// The zero time says that none had to change.
func (s *stage) serversChanged() (changed time.Time, why string) {
	for _, q := range s.reachable() {
		spans := s.Record.Spans(q)
		if len(spans) == 0 {
			return changed, fmt.Sprintf("the nameserver at %s has never answered for %s", q.Server, q.Name)
		}
		now, want := spans[len(spans)-1], s.expect(q)
		if now.Answer != want || now.Until.Before(s.fault) {
			return changed, fmt.Sprintf("%s %q, not %q", q, now.Answer, want)
		}
		if q.Name == plan.Name && now.From.After(s.fault) && now.From.After(changed) {
			changed = now.From
		}
	}
	return changed, ""
}

// clientsMoved is when the last client got pages and no dead address any more, or who does not. When all is well, it is
// when the last got its nearest colo. The zero time says that none had to change.
func (s *stage) clientsMoved() (moved time.Time, why string) {
	for i, name := range s.Record.Clients() {
		eye := s.World.Eyes[i/2]
		good := func(t lab.Tick) bool { return t.Fetched && !s.World.Holds(t.Answer, s.dead) }
		if s.healed {
			want := s.World.Expect(s.Names[0], plan.Client{Location: eye.Location}, nil)
			good = func(t lab.Tick) bool { return t.Fetched && t.Answer == want }
		}
		ticks := s.Record.Ticks(name, s.fault)
		from := 0 // the first after the last bad one
		for k, t := range ticks {
			if !t.Done || !good(t) {
				from = k + 1
			}
		}
		if len(ticks)-from < enough {
			return moved, fmt.Sprintf("a client in %s is not served: %s", name, told(ticks))
		}
		if from > 0 && ticks[from].Start.After(moved) {
			moved = ticks[from].Start
		}
	}
	return moved, ""
}

// told is the last try of a client that came to an end, in words.
func told(ticks []lab.Tick) string {
	for _, t := range slices.Backward(ticks) {
		if t.Done {
			return fmt.Sprintf("answer %q, %s", t.Answer, orWell(t.Why))
		}
	}
	return "nothing came back yet"
}

func orWell(why string) string {
	if why == "" {
		return "page fetched"
	}
	return why
}
