package zones

import (
	"log/slog"
	"maps"
	"runtime"
	"slices"
	"strings"
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
	Rescan    time.Duration     // between two looks at all files, for file systems without events; 0 is 30 s
	Quiesce   time.Duration     // how long files must be quiet before an edit is read; 0 is 100 ms
	Patience  time.Duration     // how long an edit waits at most for quiet; 0 is 1 s

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
}

// public is what readers see of the store, renewed as a whole.
type public struct {
	set    *Set
	status []Status
}

// state is what the store knows of one zone.
type state struct {
	id       id
	shown    string // for order
	file     string
	zone     *Zone // in service, or nil
	loaded   time.Time
	inputs   []input // what the last attempt read
	err      error   // of the last attempt
	gone     bool    // the file
	unproven bool    // err is that of the command that verifies
	held     bool    // err is that the file was rolled back from
	warnings []Warning
	saved    *Zone // the version that is kept
	unkept   error // why the version in service could not be kept
}

// Status is the state of one zone, or of a file or directory that could not be made one.
type Status struct {
	Origin     Name // "" when it is about a file or directory that names no zone
	File       string
	Serial     uint32 // served
	FileSerial uint32 // in the file of the version served
	Records    int
	Steered    int       // RRsets
	Loaded     time.Time // when the version served was read; zero when none is
	RolledBack time.Time // when an operator rolled back to the version served; zero when the file may be served
	Error      string    // why the file is not served as it stands, "" when it is
	Warnings   []Warning // of the version served
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
		{&config.Rescan, 30 * time.Second},
		{&config.Quiesce, 100 * time.Millisecond},
		{&config.Patience, time.Second},
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

// Status is the state of each zone, in order of their origins. The caller must not change it.
func (s *Store) Status() []Status { return s.public.Load().status }

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
		}
	}
	s.publish()
}

// publish renews what readers see. The lock is held.
func (s *Store) publish() {
	p := &public{}
	var zones []*Zone
	for _, st := range s.inOrder() {
		if st.zone != nil {
			zones = append(zones, st.zone)
		}
		p.status = append(p.status, st.status())
	}
	p.set = NewSet(zones...)
	s.public.Store(p)
}

// inOrder is all states as a person would order them. The lock is held.
func (s *Store) inOrder() []*state {
	return slices.SortedFunc(maps.Values(s.states), func(a, b *state) int { return strings.Compare(a.shown, b.shown) })
}

// state is the state of this id, made if need be. The lock is held.
func (s *Store) state(of id) *state {
	st := s.states[of]
	if st == nil {
		st = &state{id: of, shown: "\x00" + of.path} // what names no zone comes first
		if of.origin != "" {
			st.shown = of.origin.String()
		}
		s.states[of] = st
	}
	return st
}

func (st *state) status() Status {
	status := Status{Origin: st.id.origin, File: st.file, Loaded: st.loaded, Warnings: st.keptWarnings()}
	if z := st.zone; z != nil {
		status.Serial, status.FileSerial = z.Serial(), z.FileSerial()
		status.Records, status.Steered = z.Records(), z.Steered()
		status.RolledBack = z.Note().RolledBack
	}
	if st.err != nil {
		status.Error = st.err.Error()
	}
	return status
}
