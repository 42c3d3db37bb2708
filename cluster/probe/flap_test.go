package probe

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"math"
	"net/netip"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"leeward/steering"
)

// flap is a target that is up and down in turn.
type flap struct {
	up, down time.Duration
	phase    time.Duration
	dies     func() (time.Duration, error) // how its probes fare while it is down
}

func (f flap) String() string { return fmt.Sprintf("%v up, %v down", f.up, f.down) }

func (f flap) at(t time.Duration) (time.Duration, error) {
	if (t+f.phase)%(f.up+f.down) < f.up {
		return 20 * time.Millisecond, nil
	}
	return f.dies()
}

// turns is a log that keeps when the votes of each target changed their state.
type turns struct {
	slog.Handler
	mu sync.Mutex
	at map[steering.TargetID][]time.Time
}

func (t *turns) Enabled(context.Context, slog.Level) bool { return true }

func (t *turns) Handle(_ context.Context, r slog.Record) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	r.Attrs(func(a slog.Attr) bool {
		if id, ok := a.Value.Any().(steering.TargetID); ok {
			t.at[id] = append(t.at[id], time.Now())
		}
		return true
	})
	return nil
}

// most is the most changes in any time of this length.
func most(at []time.Time, within time.Duration) (n int) {
	for i, from := range at {
		k := 0
		for _, t := range at[i:] {
			if t.Sub(from) < within {
				k++
			}
		}
		n = max(n, k)
	}
	return n
}

// flapping probes targets that flap for a time, and gives the most changes of a vote in any minute, and whose.
func flapping(t *testing.T, hold, during time.Duration, flaps []flap) (worst int, whose flap) {
	synctest.Test(t, func(t *testing.T) {
		log := &turns{at: map[steering.TargetID][]time.Time{}}
		p := New(Options{Hold: hold, Logger: slog.New(log)})
		began := time.Now()
		p.ask = func(ctx context.Context, addr netip.Addr) error {
			a := addr.As4()
			return world(flaps[binary.BigEndian.Uint32(a[:])].at).ask(began)(ctx, addr)
		}
		var a Assignment
		spacing := steering.TargetID(math.MaxUint64 / uint64(len(flaps)))
		for i := range flaps {
			addr := netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, uint32(i))))
			a.Targets = append(a.Targets, steering.Target{ID: steering.TargetID(i) * spacing, Addr: addr})
		}
		p.Assign(a)
		running(t, p, func() { time.Sleep(during) })
		for id, at := range log.at {
			if n := most(at, time.Minute); n > worst {
				worst, whose = n, flaps[id/spacing]
			}
		}
	})
	return worst, whose
}

// The bounds of the package's doc, and what comes nearest to them.
func TestFlappingIsDamped(t *testing.T) {
	const s = time.Second
	times := []time.Duration{s / 2, s, 2 * s, 3 * s, 5 * s, 6 * s, 10 * s, 20 * s, 120 * s}
	var flaps []flap
	for _, up := range times {
		for _, down := range times {
			for phase := range time.Duration(2) {
				flaps = append(flaps, flap{up, down, (up + down) * phase / 2, refused}, flap{up, down, (up + down) * phase / 2, silent})
			}
		}
	}
	for _, c := range []struct {
		hold           time.Duration
		bound, highest int
	}{
		{10 * time.Minute, 12, 6},
		{0, 20, 20}, // two for each rise+1 intervals
	} {
		worst, whose := flapping(t, c.hold, 3*time.Minute, flaps)
		if worst != c.highest {
			t.Errorf("hold %v: %d changes in a minute, of a target %v; want %d", c.hold, worst, whose, c.highest)
		}
		for _, e := range []enemy{{}, {lossy: true}} {
			if n := e.changes(t, c.hold); n > c.bound {
				t.Errorf("hold %v: an enemy (%+v) made %d changes in a minute, the bound is %d", c.hold, e, n, c.bound)
			}
		}
	}
}

// enemy is a target that knows its vote and turns against it: it refuses as soon as it is up, and answers as soon as it
// is down. A lossy one sees to it that its vote is lossy in between.
type enemy struct{ lossy bool }

// changes is the most of its vote in any minute, over ten minutes.
func (e enemy) changes(t *testing.T, hold time.Duration) (worst int) {
	log := &turns{at: map[steering.TargetID][]time.Time{}}
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{Hold: hold, Logger: slog.New(log)})
		var mu sync.Mutex
		row := 0 // refusals, one after the other
		p.ask = func(context.Context, netip.Addr) error {
			votes := p.Votes()
			mu.Lock()
			defer mu.Unlock()
			row++
			switch {
			case len(votes) == 0, votes[0].State == steering.VoteDown,
				e.lossy && votes[0].State == steering.VoteUp && row == p.checks[""].Fall:
				row = 0
				return nil
			}
			return syscall.ECONNREFUSED
		}
		p.Assign(Assignment{Targets: targets(0)})
		running(t, p, func() { time.Sleep(10 * time.Minute) })
	})
	return most(log.at[0], time.Minute)
}
