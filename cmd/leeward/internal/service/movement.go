package service

import (
	"context"
	"time"

	"leeward/dnsserver"
	"leeward/steering"
	"leeward/steering/incident"
)

// How clients that are moved are counted.
const (
	moveSettles = 1500 * time.Millisecond // after the last that went bad
	moveTurns   = 3 * time.Second         // for each node's turn: counting takes a while
	moveMost    = 10 * time.Second        // that counting may take
	moveEach    = 10 * time.Second        // between two counts by a node: what flaps need not be counted each time
	moveTold    = time.Minute             // for which what was counted is offered
	oneChange   = time.Minute             // verdicts that change within that of each other are counted together
	beforeFor   = 10 * time.Minute        // for which a view is kept: it may hold the memory of old zones
)

// movement counts which clients were moved by what went bad: those who are given something else than before it did.
type movement struct {
	last    *dnsserver.View // of the last look
	digest  steering.Digest // of its verdicts
	before  *dnsserver.View // before the verdicts changed; nil: they have not of late
	kept    time.Time       // since when it is kept
	changed time.Time       // when they last did

	trouble map[string]bool // what is bad by the reports; nil: not looked at yet
	on      string          // what went bad first of what is to be counted; "": nothing is
	began   time.Time
	latest  time.Time            // when the last of it did
	did     time.Time            // when this node last counted
	counted chan incident.Report // by the goroutine that counts; nil: none does
	told    incident.Report      // what was counted
	until   time.Time            // it is offered
}

// follow takes note of what went bad, counts once no more does, and gives what was counted as words.
//
//	what                                       then
//	something went bad                         it waits until that has settled
//	it has settled, and another node counted   nothing more
//	it has settled, and it is this one's turn  it counts, beside all else; but not again within ten seconds
func (m *movement) follow(ctx context.Context, s *Service, l look, c circumstances) []word {
	if l.verdicts == nil {
		return nil
	}
	m.remember(l)
	m.notice(l, c)
	select {
	case m.told = <-m.counted:
		m.counted, m.until = nil, l.at.Add(moveTold)
	default:
	}
	if m.on != "" && m.counted == nil {
		m.settle(ctx, s, l, c)
	}
	if l.at.After(m.until) || c.log.Measured(incident.Moved, m.told.On, m.told.At) {
		return nil
	}
	return []word{{report: m.told, once: true, own: true}}
}

// remember keeps the view that was before the verdicts changed. When all only get better, what was before is over: the next
// trouble moves clients from where they are now.
func (m *movement) remember(l look) {
	if digest := l.verdicts.Digest(); digest != m.digest {
		switch {
		case m.last == nil:
		case !worse(m.last.Verdicts, l.verdicts):
			if m.on == "" {
				m.before = nil
			}
		case m.before == nil:
			m.before, m.kept = m.last, l.at
		}
		m.digest, m.changed = digest, l.at
	}
	if l.at.Sub(m.changed) > oneChange || l.at.Sub(m.kept) > beforeFor {
		m.before = nil
	}
	m.last = l.view
}

// worse says whether anything became other than up.
func worse(before, after *steering.Verdicts) bool {
	if before == nil || len(before.Uplinks) != len(after.Uplinks) || len(before.Services) != len(after.Services) {
		return true
	}
	for u := range after.Uplinks {
		if state := after.Uplinks[u].State; state != steering.Up && state != before.Uplinks[u].State {
			return true
		}
	}
	for i := range after.Services {
		if state := after.Services[i].Verdict.State; state != steering.Up && state != before.Services[i].Verdict.State {
			return true
		}
	}
	return false
}

// notice takes note of what the reports say went bad.
func (m *movement) notice(l look, c circumstances) {
	trouble := map[string]bool{}
	for _, kind := range []incident.Kind{incident.Verdict, incident.Override} {
		for _, on := range c.log.Bad(kind) {
			trouble[on] = true
			if m.trouble != nil && !m.trouble[on] {
				if m.latest = l.at; m.on == "" {
					m.on, m.began = on, l.at
				}
			}
		}
	}
	m.trouble = trouble
}

// settle counts if it is time to.
func (m *movement) settle(ctx context.Context, s *Service, l look, c circumstances) {
	switch {
	case c.log.Measured(incident.Moved, "", m.began.Add(c.ahead-moveTurns)), m.before == nil, m.before.Network != l.view.Network:
		m.on = ""
	case !m.did.IsZero() && l.at.Sub(m.did) < moveEach:
	case l.at.Sub(m.latest) >= moveSettles+time.Duration(min(c.turn, 5))*moveTurns:
		on, before, done := m.on, m.before, make(chan incident.Report, 1)
		m.on, m.counted, m.did = "", done, l.at
		go func() {
			begun := time.Now()
			moved := s.server.Moved(before, l.view, func() bool { return ctx.Err() != nil || time.Since(begun) > moveMost })
			done <- incident.Report{At: time.Now().Add(c.ahead).UTC().Truncate(time.Millisecond), Kind: incident.Moved, On: on, To: "moved",
				Share: moved.Share, Names: moved.Names, Total: moved.Total, TTL: time.Duration(moved.TTL) * time.Second, Part: !moved.Complete}
		}()
	}
}
