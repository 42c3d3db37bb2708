package probe

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"leeward/steering"
)

func TestBlackholeIsKnownWithinTheBound(t *testing.T) {
	for _, c := range []struct {
		name  string
		check steering.Check
		bound time.Duration
	}{
		{"defaults", steering.Check{}, 2400 * time.Millisecond},
		{"no recheck", steering.Check{Fall: 1}, 1500 * time.Millisecond},
		{"one recheck", steering.Check{Fall: 2}, 2000 * time.Millisecond},
		{"many rechecks", steering.Check{Fall: 20}, 3800 * time.Millisecond},
		{"a timeout longer than the interval",
			steering.Check{Interval: 300 * time.Millisecond, Timeout: time.Second}, 2700 * time.Millisecond},
		{"a timeout much longer", steering.Check{Interval: 200 * time.Millisecond, Timeout: 3 * time.Second}, 6600 * time.Millisecond},
	} {
		interval := withDefaults(c.check).Interval
		var worst time.Duration
		for offset := time.Duration(0); offset < interval; offset += interval / 20 {
			breaks := 30*time.Second + offset + 1
			onStage(t, Options{Check: c.check}, broken(silent, breaks), func(s *stage) {
				s.until(steering.VoteUp)
				worst = max(worst, s.until(steering.VoteDown)-breaks)
			})
		}
		if worst > c.bound {
			t.Errorf("%s: a blackhole was known after %v, the bound is %v", c.name, worst, c.bound)
		}
		if c.name == "defaults" && worst != c.bound-1 {
			t.Errorf("%s: the worst case took %v, want %v", c.name, worst, c.bound-1)
		}
	}
}

func TestRefusalIsKnownByFiveQuickRechecks(t *testing.T) {
	onStage(t, Options{}, broken(refused, 5*time.Second), func(s *stage) {
		s.until(steering.VoteUp)
		if at := s.until(steering.VoteDown); at != 5400*time.Millisecond {
			t.Errorf("refused from 5s on, down at %v, want 5.4s", at)
		}
		if v := s.Votes()[0]; v.Detail != "connection refused" || v.Falls != 0 {
			t.Errorf("the vote is %+v", v)
		}
	})
}

func TestRechecksStartEvery100msWithoutWaiting(t *testing.T) {
	onStage(t, Options{}, broken(silent, 2*time.Second), func(s *stage) {
		s.until(steering.VoteUp)
		s.until(steering.VoteDown)
		time.Sleep(3 * time.Second)
		synctest.Wait()
		const ms = time.Millisecond
		want := []time.Duration{0, 1000 * ms, 2000 * ms, 2500 * ms, 2600 * ms, 2700 * ms, 2800 * ms, 2900 * ms, 3000 * ms,
			4000 * ms, 5000 * ms, 6000 * ms} // fallen at 3.4 s, and from then on at the interval
		if got := s.probes(); !slices.Equal(got, want) {
			t.Errorf("probes started at %v, want %v", got, want)
		}
	})
}

func TestOneLostProbeCostsOneRecheck(t *testing.T) {
	onStage(t, Options{}, broken(silent, 2*time.Second, 2001*time.Millisecond), func(s *stage) {
		time.Sleep(3900 * time.Millisecond)
		synctest.Wait()
		const ms = time.Millisecond
		want := []time.Duration{0, 1000 * ms, 2000 * ms, 2500 * ms, 3000 * ms}
		if got := s.probes(); !slices.Equal(got, want) {
			t.Errorf("probes started at %v, want %v", got, want)
		}
		if v := s.Votes(); v[0].State != steering.VoteUp || v[0].Turning {
			t.Errorf("the vote is %+v", v[0])
		}
	})
}

func TestDownTargetRisesAfterFiveRegularSuccesses(t *testing.T) {
	heals := 10*time.Second + 1
	onStage(t, Options{}, broken(silent, 3*time.Second, heals), func(s *stage) {
		s.until(steering.VoteUp)
		s.until(steering.VoteDown)
		if at, want := s.until(steering.VoteUp), 15*time.Second+20*time.Millisecond; at != want {
			t.Errorf("healed after 10s, up at %v, want %v", at, want)
		}
	})
}

func TestTargetNeverSeenUpFallsWithoutHavingHadAVote(t *testing.T) {
	onStage(t, Options{}, broken(silent, 0), func(s *stage) {
		time.Sleep(1399 * time.Millisecond)
		if v := s.Votes(); len(v) != 0 {
			t.Errorf("before the fall the votes are %+v", v)
		}
		if at := s.until(steering.VoteDown); at != 1400*time.Millisecond {
			t.Errorf("down at %v, want 1.4s", at)
		}
	})
}

func TestEachFallWithinHoldDoublesTheRecovery(t *testing.T) {
	var mu sync.Mutex
	fails := false
	set := func(f bool) {
		mu.Lock()
		defer mu.Unlock()
		fails = f
	}
	w := func(time.Duration) (time.Duration, error) {
		mu.Lock()
		defer mu.Unlock()
		if fails {
			return refused()
		}
		return 0, nil
	}
	for _, c := range []struct {
		hold time.Duration
		want []int // intervals from healing to rising
	}{
		{10 * time.Minute, []int{5, 10, 20, 40}},
		{0, []int{5, 5, 5, 5}},
	} {
		onStage(t, Options{Hold: c.hold}, w, func(s *stage) {
			s.until(steering.VoteUp)
			for i, want := range c.want {
				set(true)
				fell := s.until(steering.VoteDown)
				set(false)
				if took := s.until(steering.VoteUp) - fell; took.Truncate(time.Second) != time.Duration(want-1)*time.Second {
					t.Errorf("hold %v: after fall %d it rose in %v, want %d successes a second apart", c.hold, i+1, took, want)
				}
				if falls := s.Votes()[0].Falls; c.hold > 0 && int(falls) != i+1 {
					t.Errorf("after fall %d the vote carries %d", i+1, falls)
				}
			}
		})
	}
}

func TestProbesInFlightAreBounded(t *testing.T) {
	for _, check := range []steering.Check{
		{}, {Fall: 1}, {Fall: 2}, {Interval: 50 * time.Millisecond, Timeout: 3 * time.Second}, {Fall: 30, Timeout: time.Second},
	} {
		random := rand.New(rand.NewPCG(3, 4))
		var mu sync.Mutex
		w := func(time.Duration) (time.Duration, error) {
			mu.Lock()
			defer mu.Unlock()
			switch latency := time.Duration(random.IntN(700)) * time.Millisecond; random.IntN(3) {
			case 0:
				return latency, nil
			case 1:
				return latency, syscall.ECONNREFUSED
			}
			return never, nil
		}
		onStage(t, Options{Check: check}, w, func(s *stage) {
			time.Sleep(5 * time.Minute)
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.highest > s.checks[""].Fall {
				t.Errorf("%d probes were in flight with fall %d", s.highest, s.checks[""].Fall)
			}
		})
	}
}

func TestLossyTargetIsKnown(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	var mu sync.Mutex
	w := func(at time.Duration) (time.Duration, error) {
		mu.Lock()
		defer mu.Unlock()
		if at < 10*time.Minute && random.IntN(100) < 40 {
			return never, nil
		}
		return time.Millisecond, nil
	}
	onStage(t, Options{}, w, func(s *stage) {
		s.until(steering.VoteLossy)
		time.Sleep(11*time.Minute - s.now())
		if v := s.Votes()[0]; v.State != steering.VoteUp || v.Detail != "" {
			t.Errorf("a minute after the last loss the vote is %+v", v)
		}
	})
}

func TestPhasesSpreadEvenly(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	target := steering.TargetID(random.Uint64())
	var targets, observers [10]int
	for i := range 10000 {
		targets[phase(steering.TargetID(random.Uint64()), 0, time.Second)/(100*time.Millisecond)]++
		observers[phase(target, seedOf(fmt.Sprintf("ns%d", i)), time.Second)/(100*time.Millisecond)]++
	}
	for i := range targets {
		if targets[i] < 850 || targets[i] > 1150 || observers[i] < 850 || observers[i] > 1150 {
			t.Errorf("tenth %d of the interval: %d of 10000 targets, %d of 10000 observers", i, targets[i], observers[i])
		}
	}
	if p := phase(1<<64-1, 0, time.Second); p >= time.Second {
		t.Errorf("the last phase is %v", p)
	}
}

func TestRegularStartsKeepTheirBeat(t *testing.T) {
	for _, c := range []struct{ late, want time.Duration }{
		{0, time.Second},
		{10 * time.Millisecond, time.Second},
		{999 * time.Millisecond, time.Second},
		{time.Second, 2 * time.Second},
		{time.Hour + time.Millisecond, time.Hour + time.Second},
		{-time.Second, time.Second},
	} {
		if got := following(epoch, epoch.Add(c.late), time.Second).Sub(epoch); got != c.want {
			t.Errorf("a start %v late is followed by one %v after it was due, want %v", c.late, got, c.want)
		}
	}
}
