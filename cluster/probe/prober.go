package probe

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"syscall"
	"time"

	"leeward/steering"
)

// Options are what a Prober needs to know. The zero value probes with TCP on port 443 at the default pace.
type Options struct {
	// Check is how targets are probed. Zero fields have the defaults of the configuration: tcp, port 443, interval 1 s,
	// timeout 500 ms, fall 6, rise 5, path /, status 200, qtype SOA. Verify has none: false is false.
	Check steering.Check
	// Checks are the named checks of services, likewise.
	Checks map[string]steering.Check
	// Observer is the name of this node: observers of one target probe it at different phases of the interval, so that
	// the first of them see a failure early.
	Observer string
	// Hold is how long a fall is remembered, and doubles the time to rise; 0 remembers none.
	Hold time.Duration
	// Logger hears of votes that change state, and of probes that this node could not make. nil is silence.
	Logger *slog.Logger
	// Control, if not nil, is called with each socket before it connects, as net.Dialer does: to set a mark, or to bind
	// it to a device. Its error is the probe's.
	Control func(network, address string, c syscall.RawConn) error
}

// Prober probes targets and witnesses, and votes on each. Its methods may be called from any goroutine.
type Prober struct {
	checks  map[string]steering.Check // by name; "" is that of uplinks, and its pace that of witnesses
	seed    uint64                    // of the phases
	hold    time.Duration
	logger  *slog.Logger
	control func(network, address string, c syscall.RawConn) error
	ask     ask   // nil: made of the check
	reach   reach // nil: by TCP
	pulse   *pulse

	assigned chan struct{} // a poke: the watches changed
	changed  chan struct{} // a poke: a vote changed

	mu      sync.Mutex
	running bool
	watches map[steering.TargetID]*watch
	former  []steering.Vote            // that the next assignment begins with
	blind   func([]steering.Vote) bool // may be nil
	blinded time.Time                  // since when the votes are those of the blind; zero: they are not
}

// New makes a Prober without targets. It starts nothing.
func New(o Options) *Prober {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	checks := map[string]steering.Check{"": withDefaults(o.Check)}
	for name, c := range o.Checks {
		checks[name] = withDefaults(c)
	}
	return &Prober{
		checks:   checks,
		seed:     seedOf(o.Observer),
		hold:     o.Hold,
		logger:   o.Logger,
		control:  o.Control,
		pulse:    &pulse{now: time.Now},
		assigned: make(chan struct{}, 1),
		changed:  make(chan struct{}, 1),
	}
}

func withDefaults(c steering.Check) steering.Check {
	c.Type = cmp.Or(c.Type, steering.CheckTCP)
	c.Port = cmp.Or(c.Port, 443)
	c.Interval = cmp.Or(max(c.Interval, 0), time.Second)
	c.Timeout = cmp.Or(max(c.Timeout, 0), 500*time.Millisecond)
	c.Fall = cmp.Or(max(c.Fall, 0), 6)
	c.Rise = cmp.Or(max(c.Rise, 0), 5)
	c.Path = cmp.Or(c.Path, "/")
	c.Qtype = cmp.Or(c.Qtype, "SOA")
	if len(c.Status) == 0 {
		c.Status = []int{200}
	}
	return c
}

// Run probes the targets assigned until ctx ends, and returns nil once no probe is in flight any more. It returns an
// error at once for a check that cannot be made, or when it runs already.
func (p *Prober) Run(ctx context.Context) error {
	beats, err := p.beats()
	if err != nil {
		return err
	}
	if !p.begin() {
		return errors.New("the prober runs already")
	}
	defer p.end()
	var running sync.WaitGroup
	defer running.Wait()

	running.Go(func() { p.pulse.run(ctx) })

	stops := map[*watch]context.CancelFunc{}
	for {
		wanted := p.wanted()
		for w, stop := range stops {
			if !wanted[w] {
				stop()
				delete(stops, w)
			}
		}
		for w := range wanted {
			if stops[w] == nil {
				watching, stop := context.WithCancel(ctx)
				stops[w] = stop
				running.Go(func() { w.run(watching, beats[w.target.Check]) })
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-p.assigned:
		}
	}
}

// beats are what all watches of a check share, by the name of the check.
func (p *Prober) beats() (map[string]beat, error) {
	d := &dialer{control: p.control}
	reach := p.reach
	if reach == nil {
		reach = d.reach
	}
	own := (&complaint{logger: p.logger}).hear
	beats := make(map[string]beat, len(p.checks))
	for name, check := range p.checks {
		ask, err := p.ask, error(nil)
		if ask == nil {
			ask, err = newAsk(check, d)
		}
		if err != nil {
			return nil, err
		}
		beats[name] = beat{ask: ask, reach: reach, pulse: p.pulse, check: check, seed: p.seed,
			publish: p.publish, unsay: p.unsay, doubt: p.askWitnesses, saw: p.see, own: own}
	}
	return beats, nil
}

func (p *Prober) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	was := p.running
	p.running = true
	return !was
}

func (p *Prober) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running = false
}

func (p *Prober) wanted() map[*watch]bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	wanted := make(map[*watch]bool, len(p.watches))
	for _, w := range p.watches {
		wanted[w] = true
	}
	return wanted
}

// Votes are the present votes, sorted by target: one for each target or witness that has been seen up, or has fallen. One
// of which neither is known yet, or that this node cannot probe, has none.
func (p *Prober) Votes() []steering.Vote {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.votes()
}

func (p *Prober) votes() []steering.Vote {
	votes := make([]steering.Vote, 0, len(p.watches))
	for _, id := range slices.Sorted(maps.Keys(p.watches)) {
		if w := p.watches[id]; w.voted {
			votes = append(votes, w.vote)
		}
	}
	return votes
}

// Changed delivers a value when Votes has changed since the value before. Changes that come while none is taken make
// one value, so it has one reader.
func (p *Prober) Changed() <-chan struct{} { return p.changed }

// publish makes a watch's vote visible, and logs what became of it.
func (p *Prober) publish(w *watch, v steering.Vote) {
	p.mu.Lock()
	before, voted := w.vote, w.voted
	w.vote, w.voted = v, true
	current := p.watches[v.Target] == w
	p.look()
	p.mu.Unlock()
	if !current || voted && before == v {
		return
	}
	poke(p.changed)
	if !voted || before.State != v.State {
		was := "none"
		if voted {
			was = before.State.String()
		}
		p.logger.Info("a vote changed", "target", v.Target, "address", w.target.Addr,
			"from", was, "to", v.State.String(), "detail", v.Detail, "falls", v.Falls)
	}
}

// unsay takes a watch's vote back.
func (p *Prober) unsay(w *watch) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w.voted {
		w.voted = false
		poke(p.changed)
	}
}

// poke leaves a value in a channel with one slot, unless there is one already.
func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
