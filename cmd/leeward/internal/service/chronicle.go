package service

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"leeward/cluster"
	"leeward/dnsserver"
	"leeward/steering"
	"leeward/steering/incident"
)

// chronicle follows what the nodes report, and reports what this one concludes. It works beside the loop, so that it never
// holds up a judgement.
type chronicle struct {
	log   atomic.Pointer[incident.Log]
	looks chan look // the newest; one slot

	listening sync.Mutex
	listeners map[chan struct{}]struct{}

	// What follows belongs to the goroutine of Service.chronicle alone, but for what is atomic.
	pages    map[string]page // by key, as they were read
	reporter reporter
	desk     desk
	moved    movement
	agreed   *agreement    // the last that was told of
	retry    time.Time     // when reports are put again after one was not taken
	refused  atomic.Uint64 // reports that were not taken
	zones    zoneMemory
}

// look is what the loop has concluded at one moment.
type look struct {
	at       time.Time
	plane    *plane
	verdicts *steering.Verdicts // nil: no colos are configured
	served   *served
	view     *dnsserver.View
}

// digest is that of the verdicts.
func (l *look) digest() (d steering.Digest) {
	if l.verdicts != nil {
		d = l.verdicts.Digest()
	}
	return d
}

// page is a note of reports.
type page struct {
	version uint64
	issuer  string
	reports []incident.Report
}

func newChronicle(node string) *chronicle {
	c := &chronicle{looks: make(chan look, 1), listeners: map[chan struct{}]struct{}{}, pages: map[string]page{},
		reporter: newReporter(node), desk: desk{node: node}}
	c.log.Store(incident.Fold(nil))
	return c
}

// show hands over what was concluded, and does not wait.
func (c *chronicle) show(l look) {
	select {
	case <-c.looks: // older
	default:
	}
	c.looks <- l
}

// chronicle tells and reports until the context ends.
func (s *Service) chronicle(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case l := <-s.history.looks:
			s.history.read(s.node.Notes(cluster.TopicReport), s)
			s.report(ctx, l)
		}
	}
}

// read takes in the notes, and tells those who listen if anything is new.
func (c *chronicle) read(notes []cluster.Note, s *Service) {
	changed := len(notes) != len(c.pages)
	for _, n := range notes {
		known, ok := c.pages[n.Key]
		if ok && known.version == n.Version && known.issuer == n.Issuer {
			continue
		}
		changed = true
		reports, err := incident.Read(n.Issuer, n.Value)
		if err != nil {
			s.log.Debug("a report is not understood", "error", err)
		}
		c.pages[n.Key] = page{n.Version, n.Issuer, reports}
	}
	if !changed {
		return
	}
	present := make(map[string]bool, len(notes))
	for _, n := range notes {
		present[n.Key] = true
	}
	maps.DeleteFunc(c.pages, func(key string, _ page) bool { return !present[key] })
	var all []incident.Report
	for _, p := range c.pages {
		all = append(all, p.reports...)
	}
	before, after := c.log.Load(), incident.Fold(all)
	c.log.Store(after)
	s.announceIncidents(before, after)
	c.poke()
}

// announceIncidents logs what has opened and ended.
func (s *Service) announceIncidents(before, after *incident.Log) {
	for _, i := range slices.Backward(after.Incidents) {
		was := before.Find(i.ID)
		switch {
		case i.Open && (was == nil || !was.Open || was.Title != i.Title): // its cause may have sharpened
			s.log.Warn("incident", "id", i.ID, "cause", i.Cause.Kind, "title", i.Title)
		case !i.Open && was != nil && was.Open:
			s.log.Info("incident ended", "id", i.ID, "cause", i.Cause.Kind, "title", i.Title)
		}
	}
}

// poke tells all who listen.
func (c *chronicle) poke() {
	c.listening.Lock()
	defer c.listening.Unlock()
	for l := range c.listeners {
		select {
		case l <- struct{}{}:
		default:
		}
	}
}

// Incidents is what all nodes tell of what happened, as far as it is known here.
func (s *Service) Incidents() *incident.Log { return s.history.log.Load() }

// WatchIncidents gives a poke whenever Incidents has changed, until stop is called. Several changes may make one poke.
func (s *Service) WatchIncidents() (changed <-chan struct{}, stop func()) {
	c, l := s.history, make(chan struct{}, 1)
	c.listening.Lock()
	defer c.listening.Unlock()
	c.listeners[l] = struct{}{}
	return l, func() {
		c.listening.Lock()
		defer c.listening.Unlock()
		delete(c.listeners, l)
	}
}
