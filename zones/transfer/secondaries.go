package transfer

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"leeward/steering"
	"leeward/zones"
)

// Keeper keeps versions of zones on disk: of those that are fetched, and of no others.
type Keeper interface {
	// Load is the last version kept, with its history. The error is fs.ErrNotExist when there is none. When part of what was
	// kept is lost there are both a zone and an error.
	Load(origin zones.Name, network *steering.Network) (*zones.Zone, error)
	Save(z *zones.Zone) error
	Drop(origin zones.Name) error
}

// Config is what all secondaries have in common.
type Config struct {
	Keeper    Keeper                                   // nil keeps nothing
	Clocks    string                                   // file for the times of the last refreshes; "" keeps none
	Network   *steering.Network                        // nil: nothing is steered
	Verify    func(context.Context, *zones.Zone) error // before a version goes into service; nil: none
	Limits    Limits
	Transfers int          // at once; 0 is 10
	Log       *slog.Logger // nil: silent
}

// Secondaries are all zones that are fetched from primaries. All methods may be called at any time from anywhere.
//
// A zone that was never transferred, or that has expired, is there all the same: as one that is not ready.
type Secondaries struct {
	config Config
	fetch  func(context.Context, *fetch) fetched
	wake   chan struct{}
	public atomic.Pointer[public]

	noticing sync.Mutex // held for moments only
	notices  map[zones.Name]netip.Addr

	mu         sync.Mutex // guards what follows
	network    *steering.Network
	configured []Secondary
	own        []zones.Name // in order
	zones      map[zones.Name]*secondary
	agenda     agenda
	queue      []*secondary // due, first come first served
	fetching   int
	clocks     map[zones.Name]clock // as read; of what is not in zones
	read       bool                 // the clocks are
	changed    bool                 // since the last call of changed
	unwritten  bool                 // clocks that differ from the file
}

// public is what readers see, renewed as a whole.
type public struct {
	zones   []*zones.Zone
	serials map[zones.Name]uint32     // of all zones; 0 of what is not ready
	sources map[zones.Name]zones.Name // likewise, the catalog that lists it; "": the configuration does
}

// New opens nothing and starts nothing.
func New(config Config) *Secondaries {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Transfers == 0 {
		config.Transfers = 10
	}
	config.Limits = config.Limits.filled()
	s := &Secondaries{
		config: config, network: config.Network, wake: make(chan struct{}, 1), zones: map[zones.Name]*secondary{},
		notices: map[zones.Name]netip.Addr{},
		fetch:   func(ctx context.Context, f *fetch) fetched { return f.run(ctx) },
	}
	s.public.Store(&public{})
	return s
}

// Zones are the zones in service, those that are not ready too, in order of their origins.
func (s *Secondaries) Zones() []*zones.Zone { return s.public.Load().zones }

// Source says whether a zone is fetched, and which catalog lists it, "" if the configuration does.
func (s *Secondaries) Source(origin zones.Name) (catalog zones.Name, fetched bool) {
	catalog, fetched = s.public.Load().sources[origin]
	return catalog, fetched
}

// Configure says which zones are to be fetched, and which zones, in lower case, are served from files here: those are left alone,
// whatever a catalog lists. What is kept on disk is in service when it returns; what is no longer wanted, with what was
// kept of it, is not.
func (s *Secondaries) Configure(list []Secondary, own []zones.Name) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.configured, s.own = slices.Clone(list), own
	if !slices.IsSorted(own) {
		s.own = slices.Sorted(slices.Values(own))
	}
	s.recall()
	s.settle()
	s.publish()
	s.poke()
}

// Resteer puts all zones on another network.
func (s *Secondaries) Resteer(network *steering.Network) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.network = network
	for _, z := range s.zones {
		if z.kept != nil {
			z.kept = z.kept.Resteer(network)
			z.serve(time.Now())
		}
	}
	s.publish()
	s.poke()
}

// Notify takes in that a zone has changed at a primary (RFC 1996). Serial is the one that it came with, if with any: one
// that is not ahead of what is served says nothing new. It does not wait for anything.
func (s *Secondaries) Notify(origin zones.Name, from netip.Addr, serial uint32, hasSerial bool) {
	origin = origin.Lower()
	served, ours := s.public.Load().serials[origin]
	if !ours || hasSerial && served != 0 && !zones.Ahead(serial, served) {
		return
	}
	s.noticing.Lock()
	s.notices[origin] = from.Unmap()
	s.noticing.Unlock()
	s.poke()
}

// notice takes up what Notify left. The lock is held.
func (s *Secondaries) notice() {
	s.noticing.Lock()
	notices := s.notices
	s.notices = map[zones.Name]netip.Addr{}
	s.noticing.Unlock()
	for origin, from := range notices {
		if z := s.zones[origin]; z != nil && !z.leaving {
			z.asked = from
			s.hurry(z)
		}
	}
}

// Refresh asks the primaries of a zone at once. With anew the whole zone is fetched, and put into service whatever its
// serial: for a primary that began to count from the start.
func (s *Secondaries) Refresh(origin zones.Name, anew bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	z := s.zones[origin.Lower()]
	if z == nil || z.leaving {
		return fmt.Errorf("zone %s is not fetched from anywhere", origin.Bare())
	}
	z.anew = z.anew || anew
	s.hurry(z)
	s.poke()
	return nil
}

// hurry makes a zone due now. The lock is held.
func (s *Secondaries) hurry(z *secondary) {
	if z.fetching {
		z.again = true
		return
	}
	z.due = time.Now()
	s.agenda.set(z, z.next())
}

func (s *Secondaries) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// publish renews what is served. The lock is held.
func (s *Secondaries) publish() {
	p := &public{make([]*zones.Zone, 0, len(s.zones)), make(map[zones.Name]uint32, len(s.zones)),
		make(map[zones.Name]zones.Name, len(s.zones))}
	for origin, z := range s.zones {
		if z.leaving {
			continue
		}
		p.zones = append(p.zones, z.served)
		p.serials[origin], p.sources[origin] = 0, z.want.catalog
		if z.served == z.kept {
			p.serials[origin] = z.kept.Serial()
		}
	}
	slices.SortFunc(p.zones, func(a, b *zones.Zone) int { return strings.Compare(string(a.Origin()), string(b.Origin())) })
	s.public.Store(p)
	s.changed = true
}
