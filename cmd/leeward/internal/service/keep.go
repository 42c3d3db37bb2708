package service

import (
	"slices"
	"time"

	"leeward/steering"
)

// kept is what is on disk already.
type kept struct {
	verdicts  []steering.Remembered
	overrides []steering.Override
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
	s.kept.overrides = s.node.Overrides()
	if p.network == nil {
		return
	}
	list, err := s.state.Verdicts()
	if err != nil {
		s.log.Warn("the verdicts of the last run are not known", "error", err)
	}
	if len(list) > 0 {
		s.verdicts, s.kept.verdicts = steering.Recall(p.network, list), list
	}
}

// keepRetry is how long a disk that does not take the state is left alone.
const keepRetry = 10 * time.Second

// keep writes what has changed to the state directory. A disk that does not take it is no reason to stop: it is told
// about once, and tried again.
func (s *Service) keep(verdicts *steering.Verdicts, overrides []steering.Override) {
	now := time.Now()
	if now.Before(s.kept.retry) {
		return
	}
	var err error
	if list := verdicts.Remember(); !slices.Equal(list, s.kept.verdicts) {
		if err = s.state.KeepVerdicts(list); err == nil {
			s.kept.verdicts = list
		}
	}
	if !slices.Equal(overrides, s.kept.overrides) && err == nil {
		if err = s.state.KeepOverrides(overrides); err == nil {
			s.kept.overrides = slices.Clone(overrides)
		}
	}
	switch {
	case err != nil:
		s.unkept.Store(err.Error())
		s.kept.retry = now.Add(keepRetry)
		if !s.kept.failing {
			s.log.Error("the state cannot be kept: a restart would not know verdicts and overrides", "directory", s.state, "error", err)
		}
	case s.kept.failing:
		s.unkept.Store("")
		s.log.Info("the state is kept again", "directory", s.state)
	}
	s.kept.failing = err != nil
}
