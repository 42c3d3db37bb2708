package probe

import (
	"sync/atomic"
	"testing"
	"time"

	"leeward/steering"
)

// clockThatLeaps gives a prober one target, and a clock that is ahead by a time: as it is found after a pause.
func clockThatLeaps(ahead *atomic.Int64) func(*Prober) {
	return func(p *Prober) {
		p.pulse.now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		p.Assign(Assignment{Targets: targets(0)})
	}
}

// Six probes would fail in a row, five of them in flight while this node is away: it was away, the target was not.
func TestProbesInFlightOverAPauseSayNothing(t *testing.T) {
	for _, c := range []struct {
		away time.Duration
		want steering.VoteState
	}{
		{0, steering.VoteDown},
		{time.Second, steering.VoteDown},
		{1200 * time.Millisecond, steering.VoteUp},
		{10 * time.Second, steering.VoteUp},
	} {
		var away atomic.Int64
		onStageWith(t, Options{}, broken(silent, 4900*time.Millisecond, 5950*time.Millisecond), clockThatLeaps(&away), func(s *stage) {
			time.Sleep(5960 * time.Millisecond)
			away.Store(int64(c.away))
			time.Sleep(900 * time.Millisecond)
			if v := s.Votes(); v[0].State != c.want {
				t.Errorf("away for %v, the vote is %v, want %v", c.away, v[0].State, c.want)
			}
		})
	}
}

// A target that fails goes on failing after a pause, and is found out then.
func TestFailuresAfterAPauseCount(t *testing.T) {
	var away atomic.Int64
	onStageWith(t, Options{}, broken(silent, 4900*time.Millisecond), clockThatLeaps(&away), func(s *stage) {
		time.Sleep(5960 * time.Millisecond)
		away.Store(int64(time.Minute))
		if at := s.until(steering.VoteDown); at > 8400*time.Millisecond {
			t.Errorf("down at %v, want it within 2.4s of the pause", at)
		}
	})
}

func TestPulseCountsPauses(t *testing.T) {
	now := epoch
	p := &pulse{now: func() time.Time { return now }}
	for _, c := range []struct {
		after time.Duration
		want  int
	}{
		{time.Hour, 0}, // nobody looks yet
		{-1, 0},        // from here on somebody does
		{100 * time.Millisecond, 0},
		{1100 * time.Millisecond, 0},
		{1101 * time.Millisecond, 1},
		{0, 1},
		{100 * time.Millisecond, 1},
		{time.Hour, 2},
	} {
		if c.after < 0 {
			p.set(now)
			continue
		}
		now = now.Add(c.after)
		if got := p.count(); got != c.want {
			t.Errorf("%v after the last look there are %d pauses, want %d", c.after, got, c.want)
		}
	}
}
