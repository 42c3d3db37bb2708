package probe

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"leeward/steering"
)

// never is the latency of a probe that nothing answers.
const never = time.Duration(-1)

// world says how a probe fares that starts at a time since the beginning.
type world func(at time.Duration) (latency time.Duration, err error)

// ask is a check of the world that began at a time.
func (w world) ask(began time.Time) ask {
	return func(ctx context.Context, _ netip.Addr) error {
		latency, err := w(time.Since(began))
		if latency == never {
			<-ctx.Done()
			return ctx.Err()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(latency):
			return err
		}
	}
}

// stage is a prober in virtual time, with a world to probe.
type stage struct {
	*Prober
	began time.Time

	mu      sync.Mutex
	starts  []time.Duration // of probes
	flying  int
	highest int // probes in flight at once
}

func (s *stage) now() time.Duration { return time.Since(s.began) }

func (s *stage) probes() []time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.starts)
}

// onStage runs a prober with one target of phase 0 while act goes on. A goroutine that Run leaves behind fails the test.
func onStage(t *testing.T, o Options, w world, act func(s *stage)) {
	t.Helper()
	onStageWith(t, o, w, func(p *Prober) { p.Assign(Assignment{Targets: targets(0)}) }, act)
}

// onStageWith is the same after the prober was set up.
func onStageWith(t *testing.T, o Options, w world, setUp func(*Prober), act func(s *stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &stage{Prober: New(o), began: time.Now()}
		s.ask = func(ctx context.Context, addr netip.Addr) error {
			s.mu.Lock()
			at := time.Since(s.began)
			s.starts = append(s.starts, at)
			s.flying++
			s.highest = max(s.highest, s.flying)
			s.mu.Unlock()
			defer func() {
				s.mu.Lock()
				s.flying--
				s.mu.Unlock()
			}()
			return w.ask(s.began)(ctx, addr)
		}
		setUp(s.Prober)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Run(ctx) }()
		act(s)
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run ended with %v", err)
		}
	})
}

// until waits for a state and returns when it came.
func (s *stage) until(want steering.VoteState) time.Duration {
	for {
		if v := s.Votes(); len(v) == 1 && v[0].State == want {
			return s.now()
		}
		<-s.Changed()
	}
}

// broken answers in 20 ms, but for the times from each even to each odd bound, when the other happens.
func broken(then func() (time.Duration, error), bounds ...time.Duration) world {
	return func(at time.Duration) (time.Duration, error) {
		for i := 0; i < len(bounds); i += 2 {
			if at >= bounds[i] && (i+1 == len(bounds) || at < bounds[i+1]) {
				return then()
			}
		}
		return 20 * time.Millisecond, nil
	}
}

func silent() (time.Duration, error)  { return never, nil }
func refused() (time.Duration, error) { return 0, syscall.ECONNREFUSED }
