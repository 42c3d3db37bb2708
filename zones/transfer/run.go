package transfer

import (
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"sync"
	"time"
)

// writeEvery is how often the clocks are written at the most while they change.
const writeEvery = 30 * time.Second

// Run keeps all zones fresh until the context ends, and then returns nil, when all fetches have ended. It calls changed,
// from its own goroutine, after what is served has changed.
func (s *Secondaries) Run(ctx context.Context, changed func()) error {
	var fetches sync.WaitGroup
	timer := time.NewTimer(0)
	defer timer.Stop()
	var written time.Time
	for {
		select {
		case <-ctx.Done():
			fetches.Wait()
			s.write()
			return nil
		case <-timer.C:
		case <-s.wake:
		}
		s.mu.Lock()
		s.notice()
		s.pass(ctx, &fetches, time.Now())
		next := s.wait(time.Now())
		tell, write := s.changed, s.unwritten
		s.changed = false
		s.mu.Unlock()
		if tell {
			changed()
		}
		if write {
			if due := time.Until(written.Add(writeEvery)); due > 0 {
				next = min(next, due)
			} else {
				s.write()
				written = time.Now()
			}
		}
		timer.Reset(next)
	}
}

// pass does what is due: zones expire, and as many are fetched as may be at once. The lock is held.
func (s *Secondaries) pass(ctx context.Context, fetches *sync.WaitGroup, now time.Time) {
	expired := false
	for z := s.agenda.first(); z != nil && !z.at.After(now); z = s.agenda.first() {
		if z.kept != nil && !z.expired && !z.expires.After(now) {
			z.serve(now)
			expired = true
			s.config.Log.Error(fmt.Sprintf("zone %s: %s", z.want.Origin.Bare(), z.served.Unready()), "serial", z.kept.Serial())
		}
		if !z.fetching && !z.queued && !z.due.After(now) {
			z.queued = true
			s.queue = append(s.queue, z)
		}
		s.agenda.set(z, z.next())
	}
	if expired {
		s.publish()
	}
	for s.fetching < s.config.Transfers && len(s.queue) > 0 {
		z := s.queue[0]
		s.queue = s.queue[1:]
		s.start(ctx, fetches, z)
	}
}

// wait is how long there is nothing to do. The lock is held.
func (s *Secondaries) wait(now time.Time) time.Duration {
	const longest = time.Hour
	if z := s.agenda.first(); z != nil {
		return min(max(z.at.Sub(now), 0), longest)
	}
	return longest
}

// start begins a fetch. The lock is held.
func (s *Secondaries) start(ctx context.Context, fetches *sync.WaitGroup, z *secondary) {
	z.queued, z.fetching = false, true
	s.fetching++
	s.agenda.set(z, z.next())
	ctx, z.cancel = context.WithCancel(ctx)
	f := &fetch{
		origin: z.want.Origin, have: z.kept, before: z.kept, hidden: z.want.Hidden, primaries: z.order(),
		network: s.network, limits: s.config.Limits, log: s.config.Log, verify: s.config.Verify,
	}
	if z.anew {
		f.have = nil
	}
	fetches.Go(func() {
		result := s.fetch(ctx, f)
		var keeping error
		if result.zone != nil && s.config.Keeper != nil {
			keeping = s.config.Keeper.Save(result.zone)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.fetching--
		stopped := ctx.Err() != nil
		z.cancel()
		z.fetching = false
		s.finish(z, f, result, keeping, stopped)
		s.poke()
	})
}

// finish takes in what came of a fetch.
//
//	the zone is    the context has ended    then
//	leaving        any                      dropped, and wanted anew if it is so by now
//	staying        yes                      as before: the server stops
//	staying        no                       taken in
//
// The lock is held.
func (s *Secondaries) finish(z *secondary, f *fetch, result fetched, keeping error, stopped bool) {
	switch {
	case z.leaving:
		s.end(z)
		s.settle()
		s.publish()
		return
	case stopped && result.zone == nil:
		return
	}
	if result.zone != nil && f.network != s.network {
		result.zone = result.zone.Resteer(s.network)
	}
	served, failing := z.served, z.err != nil
	z.take(result, time.Now())
	s.report(z, failing)
	s.agenda.set(z, z.next())
	s.unwritten = s.unwritten || result.good
	if result.zone != nil {
		s.kept(z, keeping)
		if z.want.Catalog {
			s.readMembers(z)
			s.settle()
			s.publish()
		}
	}
	if z.served != served {
		s.publish()
	}
}

// report logs a change of state once.
func (s *Secondaries) report(z *secondary, failing bool) {
	switch {
	case z.err != nil && !failing:
		s.config.Log.Warn(fmt.Sprintf("zone %s: not refreshed", z.want.Origin.Bare()), "error", z.err, "again", z.due.UTC().Format(time.RFC3339))
	case z.err == nil && failing:
		s.config.Log.Info(fmt.Sprintf("zone %s: refreshed again", z.want.Origin.Bare()), "serial", z.kept.Serial(), "primary", z.primary.Addr)
	}
}

// kept notes whether a version is on disk. The lock is held.
func (s *Secondaries) kept(z *secondary, err error) {
	if err != nil && z.keeping == nil {
		s.config.Log.Error(fmt.Sprintf("zone %s: served, but not kept for the next start", z.want.Origin.Bare()), "error", err)
	}
	z.keeping = err
}

// write writes the clocks.
func (s *Secondaries) write() {
	s.mu.Lock()
	if s.config.Clocks == "" || !s.read || !s.unwritten {
		s.mu.Unlock()
		return
	}
	s.unwritten = false
	clocks := maps.Clone(s.clocks)
	for origin, z := range s.zones {
		if z.kept == nil || z.leaving || z.anew {
			continue
		}
		c := clock{Checked: z.checked.UTC(), Expires: z.expires.UTC(), Label: hex.EncodeToString([]byte(z.want.label)),
			Node: z.want.Node}
		if z.want.catalog != "" {
			c.Catalog = z.want.catalog.String()
		}
		clocks[origin] = c
	}
	s.mu.Unlock()
	if err := writeClocks(s.config.Clocks, clocks); err != nil {
		s.config.Log.Error("the times of the last refreshes are not on disk: after a restart zones may expire too soon", "error", err)
		s.mu.Lock()
		s.unwritten = true
		s.mu.Unlock()
	}
}
