//go:build linux

package scenario

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"leeward/cmd/leeward-lab/internal/plan"
)

// rampTime is how long clients take to return, where that is tried.
const rampTime = 20 * time.Second

// recovery is how clients come back.
func recovery() []Scenario {
	return []Scenario{
		{Name: "ramp",
			About:    "iad is cut off and comes back: its clients return over 20 s, the same ones by every nameserver",
			settings: everywhere(plan.Settings{Ramp: rampTime}),
			play:     ramp},
	}
}

func ramp(s *stage) error {
	iad := s.World.Of("iad")
	if err := s.foreseeAndHit(killed(plan.Cut(iad...), iad)); err != nil {
		return err
	}
	if err := s.moved(); err != nil {
		return err
	}
	if err := s.fulfilled(); err != nil {
		return err
	}
	if err := s.heal(); err != nil {
		return err
	}
	c := crowd{stage: s, back: map[string]map[netip.Prefix]time.Time{}}
	err := s.Await(s.ctx, rampTime+patience, "the crowd to return by every nameserver", func() string {
		if err := c.look(); err != nil {
			c.broken = append(c.broken, err)
		}
		return c.away()
	})
	return errors.Join(errors.Join(c.broken...), err, c.alike(), s.back())
}

// crowd is when the clients of iad came back, by nameserver.
type crowd struct {
	*stage
	back   map[string]map[netip.Prefix]time.Time
	broken []error
}

// look asks every nameserver for every client. Who is back must stay.
func (c *crowd) look() error {
	at := time.Now()
	home := plan.AnswerOf(c.World.Web(c.World.Of("iad")[0]))
	for _, colo := range c.World.Names() {
		if c.doubted[colo] {
			continue
		}
		if c.back[colo] == nil {
			c.back[colo] = map[netip.Prefix]time.Time{}
		}
		for _, client := range plan.Crowd() {
			got, err := c.Ask(c.ctx, c.World.Eyes[0].Name, c.World.Server(c.World.Of(colo)[0]), client)
			if err != nil {
				return err
			}
			since, was := c.back[colo][client]
			switch {
			case got == home && !was:
				c.back[colo][client] = at
			case got != home && was:
				return fmt.Errorf("the nameserver in %s sent %s away %s after it had brought it back", colo, client, at.Sub(since).Round(time.Millisecond))
			}
		}
	}
	return nil
}

// away says whom a nameserver has not brought back yet, "" for nobody.
func (c *crowd) away() string {
	for colo, back := range c.back {
		if n := len(plan.Crowd()) - len(back); n > 0 {
			return fmt.Sprintf("%d clients are not back by the nameserver in %s", n, colo)
		}
	}
	return ""
}

// alike holds the nameservers to bring the same clients back at about the same time, and not all at once.
func (c *crowd) alike() error {
	const apart = 2 * time.Second // a judgement, and a look at the crowd, take their time
	var first, last time.Time
	for _, client := range plan.Crowd() {
		var early, late time.Time
		for _, back := range c.back {
			at, ok := back[client]
			if !ok {
				continue
			}
			if early.IsZero() || at.Before(early) {
				early = at
			}
			if at.After(late) {
				late = at
			}
		}
		if late.Sub(early) > apart {
			return fmt.Errorf("nameservers brought %s back %s apart", client, late.Sub(early).Round(time.Millisecond))
		}
		if first.IsZero() || early.Before(first) {
			first = early
		}
		if late.After(last) {
			last = late
		}
	}
	c.note("the crowd returned within %s", last.Sub(first).Round(time.Millisecond))
	if took := last.Sub(first); took < rampTime/2 {
		return fmt.Errorf("all clients returned within %s, and the ramp is %s", took.Round(time.Millisecond), rampTime)
	}
	return nil
}
