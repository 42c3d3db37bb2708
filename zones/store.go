package zones

import (
	"log/slog"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"leeward/steering"
)

// File names the file of a zone whose name is no file name.
type File struct {
	Origin Name
	File   string
}

// The pace at which edits are followed where nothing else is said.
const (
	Rescan   = 30 * time.Second // between two looks at all files
	Patience = time.Second      // how long an edit waits at most for quiet
)

// Config is what a Store follows.
type Config struct {
	Directory string // with files NAME.zone; "" is none
	Files     []File
	Serial    SerialPolicy
	Network   *steering.Network // nil: nothing is steered
	Keeper    Keeper            // of what is served, over restarts; nil: nothing is kept
	Verify    Verify            // asked before a changed zone goes live
	Log       *slog.Logger      // nil: silent
	Now       func() time.Time  // nil: time.Now
	Rescan    time.Duration     // between two looks at all files, for file systems without events; 0 is Rescan
	Quiesce   time.Duration     // how long files must be quiet before an edit is read; 0 is 100 ms
	Patience  time.Duration     // how long an edit waits at most for quiet; 0 is Patience

	Processors int // that files are read on; 0: as many as the runtime has

	// Progress begins each reading of files: what it gives is told how many of how many are done, by one goroutine.
	Progress func() func(done, total int) // nil: nobody wants to know

	blind bool // for tests: a file system without events
}

// Store keeps zone files loaded. All its methods may be called at any time from anywhere.
//
// An edit that cannot be served changes nothing: the version in service stays. A zone whose file is gone is served on
// until Load says so.
type Store struct {
	config Config
	public atomic.Pointer[public]

	urgent  urgency
	passing sync.Mutex // held during a pass over the files; guards what follows
	network *steering.Network
	states  map[id]*state
	begun   bool // there was a pass
	listed  listed
}

// public is what readers see of the store, renewed as a whole.
type public struct {
	set       *Set
	standings []standing // in order of the origins
}

// state is what the store knows of one zone.
type state struct {
	id id
	standing
	inputs   []input // what the last attempt read
	saved    *Zone   // the version that is kept
	gone     bool    // the file
	unproven bool    // the error is that of the command that verifies
	held     bool    // the error is that the file was rolled back from
	astray   bool    // the error is that the network has not what a policy names
}

// NewStore opens nothing and starts nothing. Until Load, no zone is in service.
func NewStore(config Config) *Store {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Processors == 0 {
		config.Processors = runtime.GOMAXPROCS(0)
	}
	if config.Progress == nil {
		config.Progress = func() func(int, int) { return func(int, int) {} }
	}
	if config.Keeper == nil {
		config.Keeper = forgetful{}
	}
	for _, d := range []struct {
		option    *time.Duration
		otherwise time.Duration
	}{
		{&config.Rescan, Rescan},
		{&config.Quiesce, 100 * time.Millisecond},
		{&config.Patience, Patience},
	} {
		if *d.option == 0 {
			*d.option = d.otherwise
		}
	}
	s := &Store{config: config, network: config.Network, states: map[id]*state{}, urgent: newUrgency()}
	s.public.Store(&public{set: NewSet()})
	return s
}

// Set is the zones in service.
func (s *Store) Set() *Set { return s.public.Load().set }

// Resteer puts all zones on another network, without reading their files.
func (s *Store) Resteer(network *steering.Network) {
	s.passing.Lock()
	defer s.passing.Unlock()
	s.network = network
	for _, st := range s.states {
		if st.zone != nil {
			kept := st.saved == st.zone
			if st.zone = st.zone.Resteer(network); kept {
				st.saved = st.zone
			}
			st.judgePolicies(network)
		}
	}
	s.publish()
}

// publish renews what readers see. The lock is held.
func (s *Store) publish() {
	p := &public{standings: make([]standing, 0, len(s.states))}
	zones := make([]*Zone, 0, len(s.states))
	for _, st := range s.inOrder() {
		if st.zone != nil {
			zones = append(zones, st.zone)
		}
		p.standings = append(p.standings, st.standing)
	}
	p.set = NewSet(zones...)
	s.public.Store(p)
}

// inOrder is all states in order of their origins: what names no zone comes first. The lock is held.
func (s *Store) inOrder() []*state {
	return slices.SortedFunc(maps.Values(s.states), inOrder)
}

func inOrder(a, b *state) int { return a.id.compare(b.id) }

// state is the state of this id, made if need be. The lock is held.
func (s *Store) state(of id) *state {
	st := s.states[of]
	if st == nil {
		st = &state{id: of, standing: standing{origin: of.origin}}
		s.states[of] = st
	}
	return st
}
