package probe

import (
	"math/rand/v2"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"leeward/steering"
)

// losing loses a share of the probes, in two manners that take turns at random.
func losing(percent int) world {
	random := rand.New(rand.NewPCG(9, uint64(percent)))
	var mu sync.Mutex
	return func(time.Duration) (time.Duration, error) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case random.IntN(100) >= percent:
			return 20 * time.Millisecond, nil
		case random.IntN(2) == 0:
			return 20 * time.Millisecond, syscall.ECONNREFUSED
		}
		return never, nil
	}
}

// What goes on as it was makes no new sheet with each probe: a target that loses a steady share of its probes changes its
// vote when it seems about to turn, and no more.
func TestSteadyLossDoesNotMakeASheetAProbe(t *testing.T) {
	const minutes = 20
	for _, c := range []struct{ percent, most int }{ // changes in all; probes are 1200 or more
		{0, 0}, {5, 10}, {20, 60}, {40, 80}, {90, 20}, {100, 20},
	} {
		onStage(t, Options{Hold: 10 * time.Minute}, losing(c.percent), func(s *stage) {
			time.Sleep(time.Minute)
			changes := 0
			before := s.Votes()
			for range minutes * 60_000 / 50 {
				time.Sleep(50 * time.Millisecond)
				synctest.Wait()
				if after := s.Votes(); after[0] != before[0] {
					changes++
					before = after
				}
			}
			if changes > c.most {
				t.Errorf("%d %% loss made %d changes in %d minutes, want %d at most", c.percent, changes, minutes, c.most)
			}
		})
	}
}

func TestSlowTargetIsLossyAndStaysSo(t *testing.T) {
	slowly := func(time.Duration) (time.Duration, error) { return 340 * time.Millisecond, nil }
	onStage(t, Options{Check: steering.Check{Slow: 200 * time.Millisecond}}, slowly, func(s *stage) {
		if at := s.until(steering.VoteLossy); at != 29*time.Second+340*time.Millisecond {
			t.Errorf("slow from the start, lossy at %v, want after the thirtieth answer", at)
		}
		before := s.Votes()[0]
		if before.Detail != "slow: over 200ms" || before.Turning {
			t.Errorf("the vote is %+v", before)
		}
		if n := len(s.probes()); n != 30 {
			t.Errorf("%d probes made it lossy, want 30: a slow answer is no doubt", n)
		}
		time.Sleep(5 * time.Minute)
		if after := s.Votes()[0]; after != before {
			t.Errorf("the vote became %+v", after)
		}
	})
}

// A healthy target that is presumed down is voted up after rise successes, at the interval; one that is down falls as
// fast as any, without a vote before.
func TestPresumedDown(t *testing.T) {
	presumed := func(p *Prober) {
		p.Assign(Assignment{Targets: targets(0), Down: func(id steering.TargetID) bool { return id == 0 }})
	}
	onStageWith(t, Options{}, broken(refused), presumed, func(s *stage) {
		if at := s.until(steering.VoteUp); at != 4020*time.Millisecond {
			t.Errorf("healthy, and up at %v, want 4.02s", at)
		}
		if v := s.Votes()[0]; !v.Rose {
			t.Errorf("it is up after it was down: %+v", v)
		}
	})
	onStageWith(t, Options{}, broken(silent, 0), presumed, func(s *stage) {
		if at := s.until(steering.VoteDown); at != 1400*time.Millisecond {
			t.Errorf("down at %v, want 1.4s", at)
		}
	})
	onStageWith(t, Options{}, broken(silent, 1500*time.Millisecond), presumed, func(s *stage) {
		<-s.Changed()
		if v := s.Votes()[0]; v.State != steering.VoteDown {
			t.Errorf("two successes and then none made the vote %+v", v)
		}
	})
}
