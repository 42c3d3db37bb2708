package service

import (
	"context"
	"slices"
	"time"

	"leeward/cluster"
	"leeward/steering"
)

// kept is what is on disk already.
type kept struct {
	verdicts  []steering.Remembered
	overrides []steering.Override
	notes     []cluster.Note
	failing   bool // the last write failed
	retry     time.Time
}

// makeState makes the state directory where there is something to keep: verdicts and overrides are those of colos, and
// who serves plain zones needs none.
func (s *Service) makeState(p *plane) error {
	if p.network == nil {
		return nil
	}
	return s.state.Make()
}

// recall begins with the verdicts of the last run.
func (s *Service) recall(p *plane) {
	s.kept.overrides, s.kept.notes = s.node.Overrides(), s.node.AllNotes()
	if p.network == nil {
		return
	}
	list, err := s.state.Verdicts()
	if err != nil {
		s.log.Warn("the verdicts of the last run are not known", "error", err)
	}
	if s.succeeds() {
		list = s.life.former.Verdicts
	}
	if len(list) > 0 {
		services, _ := steering.Services(s.store.Set().Services())
		s.verdicts, s.kept.verdicts = steering.Recall(p.network, services, list), list
		s.keptSince = slices.MaxFunc(list, func(a, b steering.Remembered) int { return a.Seen.Compare(b.Seen) }).Seen
	}
}

// remembered is what is to be kept of the present verdicts. The loop calls it, or who holds it.
func (s *Service) remembered() []steering.Remembered {
	if s.verdicts == nil {
		return nil
	}
	return s.verdicts.Remember()
}

// snapshot is what is to be kept at one moment.
type snapshot struct {
	verdicts  []steering.Remembered
	overrides []steering.Override
	notes     []cluster.Note
}

// remember hands what is to be kept to keepAll, and does not wait: a slow disk must not hold up a judgement. Without colos
// there are no verdicts, and those of the last run stay.
func (s *Service) remember(verdicts *steering.Verdicts) {
	shot := snapshot{overrides: s.node.Overrides(), notes: s.node.AllNotes()}
	if verdicts != nil {
		shot.verdicts = verdicts.Remember()
	}
	select {
	case <-s.unsaved: // older
	default:
	}
	s.unsaved <- shot
}

// keepRetry is how long a disk that does not take the state is left alone.
const keepRetry = 10 * time.Second

// keepAll writes what has changed to the state directory, until the context ends, and then once more.
func (s *Service) keepAll(ctx context.Context) error {
	for {
		select {
		case shot := <-s.unsaved:
			s.keep(shot)
		case done := <-s.flush:
			s.keepNow()
			close(done)
		case <-ctx.Done():
			s.keepNow()
			return nil
		}
	}
}

// keepNow writes what waits to be written, also after a failure just now.
func (s *Service) keepNow() {
	select {
	case shot := <-s.unsaved:
		s.kept.retry = time.Time{}
		s.keep(shot)
	default:
	}
}

// flushed waits until what has been judged is kept, for at most a time: an operator's order should be on the disk when
// it is acknowledged, but a hung disk must not keep it from being given.
func (s *Service) flushed() {
	patience := time.NewTimer(2 * time.Second)
	defer patience.Stop()
	done := make(chan struct{})
	select {
	case s.flush <- done:
	case <-patience.C:
		return
	case <-s.running.Done():
		return
	}
	select {
	case <-done:
	case <-patience.C:
	}
}

// keep writes what has changed. A disk that does not take it is no reason to stop: it is told about, and tried again.
func (s *Service) keep(shot snapshot) {
	now := time.Now()
	if now.Before(s.kept.retry) {
		return
	}
	var err error
	if !slices.Equal(shot.overrides, s.kept.overrides) { // first: an operator's word is worth more
		if err = s.state.KeepOverrides(shot.overrides); err == nil {
			s.kept.overrides = slices.Clone(shot.overrides)
		}
	}
	if !slices.EqualFunc(shot.notes, s.kept.notes, sameNote) && err == nil {
		if err = s.state.KeepNotes(shot.notes); err == nil {
			s.kept.notes = shot.notes
		}
	}
	if shot.verdicts != nil && !slices.Equal(shot.verdicts, s.kept.verdicts) && err == nil {
		if err = s.state.KeepVerdicts(shot.verdicts); err == nil {
			s.kept.verdicts = shot.verdicts
		}
	}
	switch {
	case err != nil:
		s.unkept.Store(err.Error())
		s.kept.retry = now.Add(keepRetry)
		if !s.kept.failing {
			s.log.Error("the state cannot be kept: a restart would not know verdicts, overrides, challenges and incidents", "directory", s.state, "error", err)
		}
	case s.kept.failing:
		s.unkept.Store("")
		s.log.Info("the state is kept again", "directory", s.state)
	}
	s.kept.failing = err != nil
}

// sameNote says whether two notes are the same: no two that differ have the same version and issuer.
func sameNote(a, b cluster.Note) bool {
	return a.Topic == b.Topic && a.Key == b.Key && a.Version == b.Version && a.Issuer == b.Issuer
}
