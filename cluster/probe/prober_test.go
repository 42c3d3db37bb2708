package probe

import (
	"context"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"leeward/steering"
)

// targets have the ids given and addresses that end in them.
func targets(ids ...steering.TargetID) []steering.Target {
	var ts []steering.Target
	for _, id := range ids {
		ts = append(ts, steering.Target{ID: id, Addr: netip.AddrFrom4([4]byte{192, 0, 2, byte(id)})})
	}
	return ts
}

// ids are the targets of votes, in their order.
func ids(votes []steering.Vote) []steering.TargetID {
	var ts []steering.TargetID
	for _, v := range votes {
		ts = append(ts, v.Target)
	}
	return ts
}

// running runs a prober in a bubble until act returns.
func running(t *testing.T, p *Prober, act func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	act()
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run ended with %v", err)
	}
}

func passes(context.Context, netip.Addr) error { return nil }

func TestVotesAreSortedByTarget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{})
		p.ask = passes
		p.Assign(Assignment{Targets: targets(9, 3, 7, 200, 1)})
		running(t, p, func() {
			time.Sleep(2 * time.Second)
			if got, want := ids(p.Votes()), []steering.TargetID{1, 3, 7, 9, 200}; !slices.Equal(got, want) {
				t.Errorf("votes on %v, want %v", got, want)
			}
		})
	})
}

func TestAssignKeepsHistoriesOfThoseKeptAndForgetsTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{Hold: time.Hour})
		p.ask = func(context.Context, netip.Addr) error { return syscall.ECONNREFUSED }
		p.Assign(Assignment{Targets: targets(1, 2)})
		running(t, p, func() {
			time.Sleep(5 * time.Second)
			before := p.Votes()
			p.Assign(Assignment{Targets: targets(2, 3)})
			if got := ids(p.Votes()); !slices.Equal(got, []steering.TargetID{2}) {
				t.Errorf("right after the change there are votes on %v, want 2 alone", got)
			}
			time.Sleep(5 * time.Second)
			after := p.Votes()
			if !slices.Equal(ids(after), []steering.TargetID{2, 3}) || after[0] != before[1] {
				t.Errorf("the votes are %+v; that on 2 was %+v", after, before[1])
			}
			p.Assign(Assignment{Targets: targets(1)})
			if got := p.Votes(); len(got) != 0 {
				t.Errorf("a forgotten target has its vote again: %+v", got)
			}
		})
	})
}

func TestDroppedTargetIsNotProbed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		probed := map[netip.Addr]int{}
		p := New(Options{})
		p.ask = func(_ context.Context, a netip.Addr) error {
			mu.Lock()
			defer mu.Unlock()
			probed[a]++
			return nil
		}
		p.Assign(Assignment{Targets: targets(1, 2)})
		running(t, p, func() {
			time.Sleep(3500 * time.Millisecond)
			p.Assign(Assignment{Targets: targets(2)})
			time.Sleep(3 * time.Second)
		})
		if one, two := probed[targets(1)[0].Addr], probed[targets(2)[0].Addr]; one != 4 || two != 7 {
			t.Errorf("the dropped target was probed %d times and the one kept %d times, want 4 and 7", one, two)
		}
	})
}

func TestChangedTellsOfChangesAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{})
		p.ask = broken(refused, time.Minute).ask(time.Now())
		changed := func() bool {
			synctest.Wait()
			select {
			case <-p.Changed():
				return true
			default:
				return false
			}
		}
		p.Assign(Assignment{Targets: targets(0)})
		running(t, p, func() {
			if changed() {
				t.Error("a change before the first result")
			}
			time.Sleep(30 * time.Second)
			if !changed() || changed() {
				t.Error("a first vote is one change")
			}
			time.Sleep(29 * time.Second)
			if changed() {
				t.Error("successes of a target that is up are a change")
			}
			time.Sleep(30 * time.Second)
			if !changed() {
				t.Error("a fall is no change")
			}
			time.Sleep(30 * time.Second)
			if changed() {
				t.Error("failures of a target that is down are a change")
			}
			p.Assign(Assignment{})
			if !changed() {
				t.Error("a vote that goes is no change")
			}
		})
	})
}

func TestRunEndsProbesInFlightAndCanRunAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{Check: steering.Check{Timeout: time.Hour}})
		p.ask = func(ctx context.Context, _ netip.Addr) error {
			<-ctx.Done()
			return ctx.Err()
		}
		p.Assign(Assignment{Targets: targets(1, 2, 3)})
		running(t, p, func() {
			time.Sleep(10 * time.Second)
			if err := p.Run(t.Context()); err == nil || err.Error() != "the prober runs already" {
				t.Errorf("a second Run says %v", err)
			}
		})
		p.ask = passes
		running(t, p, func() { time.Sleep(2 * time.Second) })
		votes := p.Votes()
		if len(votes) != 3 {
			t.Fatalf("after the second run the votes are %+v", votes)
		}
		for _, v := range votes {
			if v.State != steering.VoteUp || v.Detail != "" {
				t.Errorf("probes that were cancelled count: %+v", v)
			}
		}
	})
}

func TestOwnFailuresTakeVotesBackWithOneWarningAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		p := New(Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
		began := time.Now()
		p.ask = func(ctx context.Context, _ netip.Addr) error {
			if since := time.Since(began); since > 10*time.Second && since < 3*time.Minute {
				return syscall.EMFILE
			}
			return nil
		}
		p.Assign(Assignment{Targets: targets(1, 2)})
		running(t, p, func() {
			time.Sleep(10 * time.Second)
			before := p.Votes()
			time.Sleep(5 * time.Second)
			if after := p.Votes(); len(after) != 2 || !slices.Equal(before, after) {
				t.Errorf("without descriptors for five seconds the votes became %+v", after)
			}
			time.Sleep(155 * time.Second)
			if after := p.Votes(); len(after) != 0 {
				t.Errorf("a node that cannot probe says %+v", after)
			}
			time.Sleep(20 * time.Second)
			if after := p.Votes(); !slices.Equal(before, after) {
				t.Errorf("with descriptors again the votes became %+v", after)
			}
		})
		if n := strings.Count(log.String(), "level=WARN"); n != 3 {
			t.Errorf("in 170 s there were %d warnings, want 3:\n%s", n, &log)
		}
		if !strings.Contains(log.String(), `error="too many open files"`) || !strings.Contains(log.String(), "discarded=120") {
			t.Errorf("the log says neither why nor how often:\n%s", &log)
		}
	})
}

func TestChangesOfStateAreLoggedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		p := New(Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
		p.ask = broken(refused, 5*time.Second, 20*time.Second).ask(time.Now())
		p.Assign(Assignment{Targets: targets(0)})
		running(t, p, func() { time.Sleep(time.Minute) })
		var got []string
		for line := range strings.Lines(log.String()) {
			_, change, _ := strings.Cut(strings.TrimSpace(line), " from=")
			got = append(got, change)
		}
		want := []string{
			`none to=up detail="" falls=0`,
			`up to=down detail="connection refused" falls=0`,
			`down to=up detail="" falls=0`,
		}
		if !slices.Equal(got, want) {
			t.Errorf("the log is\n%s", &log)
		}
	})
}

func TestZeroOptionsHaveTheDefaultsOfTheConfiguration(t *testing.T) {
	c := New(Options{}).checks[""]
	if c.Type != steering.CheckTCP || c.Port != 443 || c.Interval != time.Second || c.Timeout != 500*time.Millisecond ||
		c.Fall != 6 || c.Rise != 5 || c.Path != "/" || !slices.Equal(c.Status, []int{200}) || c.Qtype != "SOA" {
		t.Errorf("the defaults are %+v", c)
	}
}
