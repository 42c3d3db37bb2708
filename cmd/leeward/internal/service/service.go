package service

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"leeward/cluster"
	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/audit"
	"leeward/cmd/leeward/internal/config"
	"leeward/cmd/leeward/internal/handover"
	"leeward/cmd/leeward/internal/sockets"
	"leeward/cmd/leeward/internal/state"
	"leeward/cmd/leeward/internal/systemd"
	"leeward/cmd/leeward/internal/tell"
	"leeward/dnsserver"
	"leeward/steering"
	"leeward/zones"
	"leeward/zones/transfer"
)

// Options are what a service is told at its start.
type Options struct {
	Config      *config.Config
	Reconfigure func() (*config.Config, error) // reads the configuration anew; nil: it cannot be
	Version     string
	Serving     func() // is called before the first query is answered; nil: nothing is to be done then
	Logger      *slog.Logger
	Level       *slog.LevelVar                                    // of the logger, changed by a new configuration; nil: it stays
	Manager     *systemd.Notifier                                 // hears how the service is; nil: nobody does
	Sockets     *sockets.Set                                      // that are open already
	Pace        tell.Pace                                         // of telling others of incidents; zero: the usual
	Predecessor *handover.Line                                    // to the process whose place this one takes; nil: it takes nobody's
	Successor   func(program string) (*handover.Successor, error) // starts a process that takes this one's place; nil: none can
}

// Service is one running node. Its methods may be called at any time once Run has begun.
type Service struct {
	opts    Options
	log     *slog.Logger
	started time.Time
	state   state.Directory
	procs   int // processors, as the runtime had them at the start
	server  *dnsserver.Server
	store   *zones.Store
	node    *cluster.Node
	guard   *admin.Guard
	tellers *tellers
	random  [16]byte // the secret of cookies where there is no gossip key

	secondaries  *transfer.Secondaries
	notifier     *transfer.Notifier
	served       atomic.Pointer[served]
	challenged   atomic.Pointer[challenged]
	conflicts    atomic.Pointer[[]string] // zones that are edited at two places, in sentences
	listening    atomic.Pointer[[]*dnsserver.Listener]
	ready        atomic.Bool
	judged       atomic.Int64 // unix nanoseconds of the last judgement
	configured   atomic.Int64 // unix nanoseconds: when a configuration was last taken up
	unconfigured atomic.Bool  // the last reload of the configuration changed nothing
	loadTime     atomic.Int64 // nanoseconds that the last load of all zones took
	plane        atomic.Pointer[plane]
	orders       chan func()     // done by the loop, between judgements
	running      context.Context // of Run
	life         life

	history    *chronicle
	agreed     atomic.Pointer[agreement] // the last; nil: none yet
	agreements prometheus.Histogram

	past  past
	flows flows
	feed  *admin.Feed

	unkept      atomic.Value // string: why the state could not be kept last time; "" when it is
	challenging sync.Mutex   // one change of challenges at a time
	changing    sync.Mutex   // one operator's order at a time
	mapping     sync.Mutex   // one map is made at a time; taken after changing
	watchers    watchers
	public      public
	level       logLevel
	asking      sync.Mutex // one explanation at a time: each may read a large geo database

	// The loop's own.
	verdicts  *steering.Verdicts
	following following
	permitted permitted
	announced *served // that others were told of
	observing []steering.Member
	probed    []steering.Service
	demand    demand
	agreeing  *agreement // under way; nil: none

	keptSince time.Time // until when the verdicts that were kept were known; zero: none were

	kept    kept          // keepAll's own
	unsaved chan snapshot // the newest; one slot
	flush   chan chan struct{}
}

// New makes a service. It reads and opens nothing.
func New(o Options) *Service {
	s := &Service{opts: o, log: o.Logger, started: now(), state: state.Directory(o.Config.State.Directory), procs: runtime.GOMAXPROCS(0),
		server: dnsserver.New(), orders: make(chan func()), unsaved: make(chan snapshot, 1), flush: make(chan chan struct{}),
		agreements: prometheus.NewHistogram(agreementSeconds()), following: newFollowing(),
		history: newChronicle(o.Config.Node.Name)}
	s.tellers = newTellers(o.Pace, o.Config.Incidents)
	s.guard = admin.NewGuard(admin.GuardOptions{Logger: s.log, Audit: audit.New(o.Config.State.Directory)})
	s.public.renewed = make(chan struct{}, 1)
	s.configured.Store(s.started.UnixNano())
	s.level = logLevel{inForce: o.Level, configured: o.Config.Log.Level}
	s.life.begin(s)
	rand.Read(s.random[:]) // never fails (crypto/rand)
	s.served.Store(&served{set: zones.NewSet()})
	s.listening.Store(&[]*dnsserver.Listener{})
	s.feed = admin.NewFeed(admin.FeedOptions{Node: o.Config.Node.Name, Status: s.Status, Counters: s.counters,
		Incidents: s.newestIncidents})
	s.challenged.Store(&challenged{})
	s.server.OnUpdate, s.server.OnUpdateRefused = s.update, s.refusedUpdate
	s.server.OnNotify = func(n dnsserver.Notice) { s.secondaries.Notify(n.Zone, n.From, n.Serial, n.HasSerial) }
	return s
}

// StartError is why a service did not get to serve: the configuration, or the place it runs at.
type StartError struct{ Err error }

func (e *StartError) Error() string { return e.Err.Error() }

func (e *StartError) Unwrap() error { return e.Err }

// Run serves until the context ends, or something without which it cannot go on fails.
func (s *Service) Run(ctx context.Context) error {
	ctx, s.life.stop = context.WithCancel(ctx)
	defer s.life.stop()
	group, ctx := errgroup.WithContext(ctx)
	s.running = ctx
	settled := s.takeTime("reading configuration and zones")
	defer settled()
	doors, err := s.open()
	if err != nil {
		return errors.Join(err, doors.close())
	}
	s.watch(s.opts.Config)
	defer s.watch(&config.Config{})
	s.gather()
	s.install(ctx, s.plane.Load())
	s.follow()
	group.Go(func() error { return s.node.Run(ctx) })
	group.Go(func() error { return s.store.Run(ctx, s.zonesChanged) })
	group.Go(func() error { return s.secondaries.Run(ctx, s.zonesChanged) })
	group.Go(func() error { return s.notifier.Run(ctx) })
	group.Go(func() error { return s.loop(ctx) })
	group.Go(func() error { return s.followMap(ctx) })
	group.Go(func() error { return s.keepAll(ctx) })
	group.Go(func() error { return s.chronicle(ctx) })
	group.Go(func() error { return s.giveBack(ctx) })
	group.Go(func() error { return s.tellOthers(ctx) })
	group.Go(func() error { return s.tellPublic(ctx) })
	group.Go(func() error { return s.tellManager(ctx) })
	group.Go(func() error { return s.watchReady(ctx) })
	group.Go(s.life.hooks.run)
	group.Go(func() error { return s.feed.Run(ctx) })
	for _, door := range doors.admin {
		group.Go(func() error {
			s.awaitTurn(ctx)
			return admin.Serve(ctx, door.listener, door.handler, s.log)
		})
	}
	group.Go(func() error {
		s.awaitView(ctx)
		settled()
		return s.serve(ctx, doors)
	})
	err = group.Wait()
	s.farewell()
	if err != nil && !s.Ready() {
		return &StartError{err}
	}
	return err
}

// Ready says whether queries are answered from a view.
func (s *Service) Ready() bool { return s.ready.Load() }
