package transfer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"leeward/zones"
)

// heard is what targets hear, and how they answer.
type heard struct {
	mu     sync.Mutex
	list   []string // "192.0.2.1 example.com 7"
	answer error
	takes  time.Duration
}

func (h *heard) send(_ context.Context, t Target, z *zones.Zone) error {
	h.mu.Lock()
	h.list = append(h.list, fmt.Sprintf("%s %s %d", t.Addr.Addr(), z.Origin().Bare(), z.Serial()))
	answer, takes := h.answer, h.takes
	h.mu.Unlock()
	time.Sleep(takes)
	return answer
}

// take is what was heard since the last call, in order.
func (h *heard) take() string {
	synctest.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	slices.Sort(h.list)
	all := strings.Join(h.list, ", ")
	h.list = nil
	return all
}

func (h *heard) set(answer error, takes time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.answer, h.takes = answer, takes
}

func TestNotifier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		h := &heard{}
		n := NewNotifier(slog.New(slog.NewTextHandler(&log, nil)))
		n.send = h.send
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- n.Run(ctx) }()
		want := func(what, all string) {
			t.Helper()
			if got := h.take(); got != all {
				t.Errorf("%s: heard %s\nwant %s", what, got, all)
			}
		}
		net := member(t, "example.net", 1)
		n.Targets([]Target{{Addr: one}, {Addr: two, Zones: []zones.Name{name(t, "Example.NET")}}})
		n.Serve(zones.NewSet(small(t, 7, ""), net, zones.Unready(name(t, "example.org"), "never")), nil)
		want("at the start", "192.0.2.1 example.com 7, 192.0.2.1 example.net 1, 192.0.2.2 example.net 1")
		n.Serve(zones.NewSet(small(t, 7, "www A 192.0.2.1"), net), nil)
		want("the same serials", "")
		n.Serve(zones.NewSet(small(t, 8, ""), net), nil)
		want("another serial", "192.0.2.1 example.com 8")
		n.Targets([]Target{{Addr: one}, {Addr: two}})
		want("a target changed", "192.0.2.2 example.com 8, 192.0.2.2 example.net 1")

		n.Targets([]Target{{Addr: one}})
		h.set(errors.New("no answer"), 2*time.Second)
		n.Serve(zones.NewSet(small(t, 9, ""), net), nil)
		time.Sleep(2 * time.Minute)
		want("silence", strings.TrimSuffix(strings.Repeat("192.0.2.1 example.com 9, ", 6), ", "))
		if strings.Count(log.String(), "\n") != 1 {
			t.Errorf("logged:\n%s", log.String())
		}
		n.Serve(zones.NewSet(small(t, 10, ""), net), nil)
		time.Sleep(5 * time.Second)
		h.set(nil, 0)
		n.Serve(zones.NewSet(small(t, 11, ""), net), nil)
		time.Sleep(2 * time.Minute)
		want("a newer version while an older one is tried", "192.0.2.1 example.com 10, 192.0.2.1 example.com 10, 192.0.2.1 example.com 11")
		h.set(nil, time.Second)
		for serial := 12; serial < 100; serial++ {
			n.Serve(zones.NewSet(small(t, serial, ""), net), nil)
			synctest.Wait()
		}
		time.Sleep(time.Minute)
		want("many versions at once", "192.0.2.1 example.com 12, 192.0.2.1 example.com 99")
		h.set(&refusal{5}, 0)
		n.Serve(zones.NewSet(small(t, 100, ""), net), nil)
		time.Sleep(time.Minute)
		want("a refusal", "192.0.2.1 example.com 100")

		h.set(errors.New("no answer"), 0)
		n.Serve(zones.NewSet(small(t, 101, ""), net), nil)
		time.Sleep(time.Second)
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		want("stopped", "192.0.2.1 example.com 101")
		time.Sleep(time.Minute)
		want("after the stop", "")
	})
}

// TestManyNotifies shows that a silent target holds up no other, and that not all are sent to one at once.
func TestManyNotifies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &heard{takes: 2 * time.Second, answer: errors.New("no answer")}
		n := NewNotifier(nil)
		n.send = func(ctx context.Context, t Target, z *zones.Zone) error {
			if t.Addr == two {
				h.mu.Lock()
				defer h.mu.Unlock()
				h.list = append(h.list, "two")
				return nil
			}
			return h.send(ctx, t, z)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- n.Run(ctx) }()
		var all []*zones.Zone
		for i := range 100 {
			all = append(all, member(t, fmt.Sprintf("n%d.test", i), 1))
		}
		n.Targets([]Target{{Addr: one}, {Addr: two}})
		n.Serve(zones.NewSet(all...), nil)
		time.Sleep(time.Second)
		got := h.take()
		if silent, other := strings.Count(got, "192.0.2.1"), strings.Count(got, "two"); silent != atOnce || other != 100 {
			t.Errorf("the silent target got %d at once, want %d; the other %d, want 100", silent, atOnce, other)
		}
		cancel()
		<-ended
	})
}
