package transfer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"leeward/steering"
	"leeward/zones"
)

// shelf keeps zones in memory.
type shelf struct {
	mu   sync.Mutex
	kept map[zones.Name]*zones.Zone
}

func (k *shelf) Load(origin zones.Name, _ *steering.Network) (*zones.Zone, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if z := k.kept[origin]; z != nil {
		return z, nil
	}
	return nil, fs.ErrNotExist
}

func (k *shelf) Save(z *zones.Zone) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept[z.Origin()] = z
	return nil
}

func (k *shelf) Drop(origin zones.Name) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.kept, origin)
	return nil
}

// world is secondaries, with primaries that are played: what each zone has there, and whether they answer.
type world struct {
	*Secondaries
	t      *testing.T
	keep   *shelf
	keeper Keeper // is keep, but where the test says otherwise
	clock  string
	own    []zones.Name
	stop   func()

	mu      sync.Mutex
	there   map[zones.Name]*zones.Zone
	dead    bool
	fetches int
	atOnce  int
	most    int
	takes   time.Duration // each fetch
	anew    int           // fetches of whole zones
}

func newWorld(t *testing.T) *world {
	keep := &shelf{kept: map[zones.Name]*zones.Zone{}}
	return &world{t: t, keep: keep, keeper: keep, clock: filepath.Join(t.TempDir(), "clocks.json"),
		there: map[zones.Name]*zones.Zone{}}
}

// start starts secondaries on what is kept, as a server does that starts.
func (w *world) start(list ...Secondary) {
	w.Secondaries = New(Config{Keeper: w.keeper, Clocks: w.clock})
	w.fetch = w.play
	w.Configure(list, w.own)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- w.Run(ctx, func() {}) }()
	w.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			w.t.Error(err)
		}
	}
}

func (w *world) play(ctx context.Context, f *fetch) fetched {
	w.mu.Lock()
	w.fetches++
	w.atOnce++
	w.most = max(w.most, w.atOnce)
	if f.have == nil {
		w.anew++
	}
	w.mu.Unlock()
	select {
	case <-ctx.Done():
	case <-time.After(w.takes):
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.atOnce--
	z := w.there[f.origin]
	switch {
	case ctx.Err() != nil:
		return fetched{err: ctx.Err()}
	case w.dead || z == nil:
		return fetched{err: errors.New("nobody is there"), failed: f.primaries}
	case f.have != nil && !zones.Ahead(z.Serial(), f.have.Serial()):
		return fetched{good: true, from: f.primaries[0]}
	}
	return fetched{good: true, from: f.primaries[0], zone: z.WithHidden(f.hidden).After(f.before, time.Now())}
}

// put puts a zone to the primaries, or nil of it.
func (w *world) put(z *zones.Zone) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.there[z.Origin()] = z
}

func (w *world) die(dead bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dead = dead
}

// since is how many fetches there were since the last call.
func (w *world) since() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.fetches
	w.fetches = 0
	return n
}

// served is what is in service: "example.com 7", or with why not.
func (w *world) served() string {
	var all []string
	for _, z := range w.Zones() {
		if z.Unready() != "" {
			all = append(all, fmt.Sprintf("%s: %s", z.Origin().Bare(), z.Unready()))
		} else {
			all = append(all, fmt.Sprintf("%s %d", z.Origin().Bare(), z.Serial()))
		}
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

func (w *world) want(served string) {
	w.t.Helper()
	synctest.Wait()
	if got := w.served(); got != served {
		w.t.Errorf("served: %s\nwant: %s", got, served)
	}
}

var (
	one = netip.MustParseAddrPort("192.0.2.1:53")
	two = netip.MustParseAddrPort("192.0.2.2:53")
)

func example(t *testing.T) Secondary {
	return Secondary{Origin: name(t, "example.com"), Primaries: []Primary{{Addr: one}}}
}
