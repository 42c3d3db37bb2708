package transfer

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"leeward/zones"
)

// Notifier tells secondaries of changes (RFC 1996): when a zone is served with another serial, and of every zone at the
// start, because what was told before is not known. All methods may be called at any time from anywhere.
type Notifier struct {
	log  *slog.Logger
	send func(context.Context, Target, *zones.Zone) error
	wake chan struct{}

	mu     sync.Mutex // guards what follows
	lines  []*line
	served *zones.Set
	except []zones.Name // of those, nobody is told of
}

// line is what one target is told. A target that is silent holds up no other.
type line struct {
	target  Target
	errands map[zones.Name]*errand
	queue   []*errand // to be sent now, first come first served
	sending int
	failing bool // and that was logged
}

// errand is one zone that a target is to be told of.
type errand struct {
	zone    *zones.Zone // the newest version
	tries   int
	sending bool
	again   bool        // there is a newer version than the one being sent
	timer   *time.Timer // until the next try; nil: none is waited for
}

// atOnce is how many NOTIFY are under way to one target.
const atOnce = 16

// pauses are after what time a NOTIFY that was not answered is sent again, for a minute in all.
var pauses = [...]time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 30 * time.Second}

// NewNotifier opens nothing and starts nothing. Without a logger it is silent.
func NewNotifier(log *slog.Logger) *Notifier {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	const answer = 2 * time.Second
	return &Notifier{
		log: log, wake: make(chan struct{}, 1), served: zones.NewSet(),
		send: func(ctx context.Context, t Target, z *zones.Zone) error { return send(ctx, t, z, answer) },
	}
}

// Targets says who is to be told. One that is new is told of every zone.
func (n *Notifier) Targets(targets []Target) {
	n.mu.Lock()
	defer n.mu.Unlock()
	var lines []*line
	for _, t := range targets {
		i := slices.IndexFunc(n.lines, func(l *line) bool { return l.target.same(t) })
		if i >= 0 {
			lines = append(lines, n.lines[i])
			continue
		}
		l := &line{target: t, errands: map[zones.Name]*errand{}}
		lines = append(lines, l)
		for _, z := range n.served.All() {
			if n.tells(z) {
				l.tell(z)
			}
		}
	}
	for _, l := range n.lines {
		if !slices.Contains(lines, l) {
			l.drop()
		}
	}
	n.lines = lines
	n.poke()
}

// Serve says which zones are served by now, and of which of them nobody is told. Those whose serial is another one than at
// the last call are told of.
func (n *Notifier) Serve(served *zones.Set, except []zones.Name) {
	n.mu.Lock()
	defer n.mu.Unlock()
	last := n.served
	n.served, n.except = served, except
	if len(n.lines) == 0 {
		return
	}
	for _, z := range served.All() {
		if before := last.Zone(z.Origin()); !n.tells(z) || before != nil && before.Unready() == "" && before.Serial() == z.Serial() {
			continue
		}
		for _, l := range n.lines {
			l.tell(z)
		}
	}
	n.poke()
}

// tells says whether targets are told of a zone, which may be nil. The lock is held.
func (n *Notifier) tells(z *zones.Zone) bool {
	return z != nil && z.Unready() == "" && !slices.Contains(n.except, z.Origin())
}

// Run sends until the context ends, and then returns nil, when nothing is under way any more.
func (n *Notifier) Run(ctx context.Context) error {
	var under sync.WaitGroup
	defer under.Wait()
	for {
		select {
		case <-ctx.Done():
			n.Targets(nil)
			return nil
		case <-n.wake:
			n.pass(ctx, &under)
		}
	}
}

// pass sends what is to be sent now.
func (n *Notifier) pass(ctx context.Context, under *sync.WaitGroup) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, l := range n.lines {
		for l.sending < atOnce && len(l.queue) > 0 {
			e := l.queue[0]
			l.queue = l.queue[1:]
			if !n.tells(n.served.Zone(e.zone.Origin())) {
				delete(l.errands, e.zone.Origin())
				continue
			}
			e.sending = true
			e.tries++
			l.sending++
			z := e.zone
			under.Go(func() {
				err := n.send(ctx, l.target, z)
				n.mu.Lock()
				defer n.mu.Unlock()
				l.sending--
				if ctx.Err() == nil {
					n.sent(l, e, err)
				}
				n.poke()
			})
		}
	}
}

func (n *Notifier) poke() {
	select {
	case n.wake <- struct{}{}:
	default:
	}
}
