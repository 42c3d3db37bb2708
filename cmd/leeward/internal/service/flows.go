package service

import (
	"errors"
	"sync"
	"time"

	"github.com/miekg/dns"

	"leeward/cmd/leeward/internal/admin"
	"leeward/dnsserver"
	"leeward/steering"
	"leeward/zones"
)

// clocksApart is how far apart clocks may be: an incident's beginning may be told by another node.
const clocksApart = 2 * time.Second

// How many answers are kept, for as many names, and how long at most: while verdicts stay as they are, what else moves clients moves
// them slowly.
const (
	flowsKept = 16
	flowsLive = 2 * time.Second
)

// flows are the flows as they were asked for: with a large map they take some tenths of a second.
type flows struct {
	mu     sync.Mutex
	view   *dnsserver.View
	before *steering.Verdicts
	at     time.Time
	told   map[flowsOf]admin.Flows
}

// holds says whether what was told of another view holds for this one.
func (f *flows) holds(view *dnsserver.View, before *steering.Verdicts, now time.Time) bool {
	if f.view == view && f.before == before {
		return true
	}
	return f.view != nil && view != nil && f.before == before && now.Sub(f.at) < flowsLive && f.view.Zones == view.Zones &&
		f.view.Network == view.Network && f.view.Map == view.Map && view.Verdicts != nil && f.view.Verdicts.Digest() == view.Verdicts.Digest()
}

type flowsOf struct {
	name  zones.Name
	qtype uint16
}

// Flows is where clients are sent now, and where before. What is compared with is the first that comes true:
//
//	an incident is open    before the newest of them began
//	verdicts have changed  before they last did
//	otherwise              nothing
func (s *Service) Flows(name zones.Name, qtype uint16) (admin.Flows, error) {
	view := s.server.View()
	var before *admin.FlowsBefore
	var verdicts *steering.Verdicts
	if view != nil && view.Network != nil {
		if t, incident, ok := s.calmer(world{view.Network, view.Map}); ok {
			before, verdicts = &admin.FlowsBefore{At: t.at.UTC(), Incident: incident}, t.before
		}
	}
	f := &s.flows
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := time.Now(); !f.holds(view, verdicts, now) || len(f.told) >= flowsKept {
		f.view, f.before, f.at, f.told = view, verdicts, now, map[flowsOf]admin.Flows{}
	}
	of := flowsOf{name.Lower(), qtype}
	if told, ok := f.told[of]; ok {
		return told, nil
	}
	found, err := s.server.Flows(dnsserver.FlowsOf{View: view, Name: name, Type: qtype, Before: verdicts})
	if unsteered, ok := errors.AsType[*dnsserver.NotSteered](err); ok {
		return admin.Flows{}, &admin.Refusal{Reason: unsteered.Error()}
	}
	if err != nil {
		return admin.Flows{}, err
	}
	told := admin.Flows{Before: before, Flows: found}
	f.told[of] = told
	return told, nil
}

// calmer is the time that the present is compared with.
func (s *Service) calmer(w world) (t turn, id string, ok bool) {
	for _, i := range s.Incidents().Incidents {
		if !i.Open {
			continue
		}
		began := i.Start
		if !i.First.IsZero() && i.First.Before(began) {
			began = i.First
		}
		if t, ok = s.past.since(w, began.Add(-clocksApart)); ok {
			return t, i.ID, true
		}
	}
	t, ok = s.past.last(w)
	return t, "", ok
}

// Feed tells what becomes of the node.
func (s *Service) Feed() *admin.Feed { return s.feed }

// counters are what the rates of the feed are made of.
func (s *Service) counters() admin.Counters {
	c := admin.Counters{Rcodes: map[string]uint64{}}
	s.server.Count(dnsserver.Counts{
		Query:    func(_ dnsserver.Transport, _ int, n uint64) { c.Queries += n },
		Response: func(_ dnsserver.Transport, rcode int, n uint64) { c.Rcodes[rcodeWord(rcode)] += n },
		Dropped:  func(_ string, n uint64) { c.Dropped += n },
	})
	if view := s.server.View(); view != nil && view.Tally != nil {
		for colo := range view.Network.Colos() {
			for row := steering.RowHealthy; int(row) <= steering.Rows; row++ {
				c.Steered += view.Tally.Count(steering.ColoIndex(colo), row)
			}
		}
	}
	return c
}

// rcodeWord is the word for an rcode; that of all that are not counted one by one is below 0.
func rcodeWord(rcode int) string {
	switch {
	case rcode == dns.RcodeBadVers:
		return "BADVERS"
	case rcode >= 0:
		return dns.RcodeToString[rcode]
	}
	return "other"
}
