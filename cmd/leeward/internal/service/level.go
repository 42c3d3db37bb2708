package service

import (
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"leeward/cmd/leeward/internal/admin"
)

// How long another level than the configured one is in force.
const (
	levelUsually = 10 * time.Minute
	levelAtMost  = 24 * time.Hour
)

// logLevel is what is logged.
type logLevel struct {
	mu         sync.Mutex
	inForce    *slog.LevelVar // of the logger; nil: it cannot be changed
	configured slog.Level
	until      time.Time   // when the configured one comes back; zero: it is in force
	timer      *time.Timer // that brings it back
}

// configuredLevel puts the level of a configuration in force, and ends another that was set.
func (s *Service) configuredLevel(to slog.Level) {
	l := &s.level
	l.mu.Lock()
	defer l.mu.Unlock()
	l.configured = to
	l.back()
}

// back puts the configured level in force. mu must be held.
func (l *logLevel) back() {
	if l.timer != nil {
		l.timer.Stop()
	}
	l.until, l.timer = time.Time{}, nil
	if l.inForce != nil {
		l.inForce.Set(l.configured)
	}
}

// Level is what is logged.
func (s *Service) Level() admin.Level {
	s.level.mu.Lock()
	defer s.level.mu.Unlock()
	return s.level.now()
}

// now is Level while mu is held.
func (l *logLevel) now() admin.Level {
	words := admin.Level{Level: levelWord(l.configured), Configured: levelWord(l.configured)}
	if !l.until.IsZero() {
		until := l.until
		words.Level, words.Until = levelWord(l.inForce.Level()), &until
	}
	return words
}

func levelWord(l slog.Level) string { return strings.ToLower(l.String()) }

// SetLevel puts another level in force for a while.
func (s *Service) SetLevel(r admin.LevelRequest) (admin.Level, error) {
	var to slog.Level
	if err := to.UnmarshalText([]byte(r.Level)); err != nil || levelWord(to) != strings.ToLower(r.Level) || strings.ContainsAny(r.Level, "+-") {
		return admin.Level{}, fmt.Errorf("%q is no level: there are debug, info, warn and error", r.Level)
	}
	wanted := levelUsually
	if r.For != "" {
		var err error
		if wanted, err = time.ParseDuration(r.For); err != nil || wanted <= 0 || wanted > levelAtMost {
			return admin.Level{}, fmt.Errorf("for %q: a time of at most %s is wanted, such as 10m or 1h30m", r.For, levelAtMost)
		}
	}
	l := &s.level
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.inForce == nil {
		return admin.Level{}, &admin.Refusal{Reason: "what this node logs cannot be changed while it runs"}
	}
	l.back()
	if to != l.configured {
		l.until = time.Now().Add(wanted).UTC()
		l.inForce.Set(to)
		end := l.until
		l.timer = time.AfterFunc(wanted, func() { s.endLevel(end) })
	}
	s.log.Log(s.running, max(to, l.configured, slog.LevelInfo), "the log level is set", "level", levelWord(to), "for", wanted.String())
	return l.now(), nil
}

// endLevel puts the configured level in force, unless another order came meanwhile.
func (s *Service) endLevel(until time.Time) {
	l := &s.level
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.until.Equal(until) {
		l.back()
		s.log.Info("the log level is as configured again", "level", levelWord(l.configured))
	}
}
