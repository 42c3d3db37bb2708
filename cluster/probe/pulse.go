package probe

import (
	"context"
	"sync"
	"time"
)

// This node looks at its clock every lookEvery. A look that comes more than tooLate after it was due shows a pause.
const (
	lookEvery = 100 * time.Millisecond
	tooLate   = time.Second
)

// pulse counts the pauses of this node: the times when it was stopped, swapped out or starved. What was in flight over
// a pause says nothing of a target: its answer waited for this node, or came when nobody timed it.
//
// Time is that of the monotonic clock, which goes on while a process is stopped, and stands while the host is suspended.
// A suspended host needs no notice: its timeouts stand as well.
type pulse struct {
	now func() time.Time

	mu     sync.Mutex
	last   time.Time // of the last look; zero while nobody looks regularly
	pauses int
}

// count is the pauses until now. It looks at the clock itself, for after a pause nobody knows who runs first.
func (p *pulse) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if !p.last.IsZero() {
		if now.Sub(p.last) > lookEvery+tooLate {
			p.pauses++
		}
		p.last = now
	}
	return p.pauses
}

// run looks at the clock until ctx ends.
func (p *pulse) run(ctx context.Context) {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	p.set(p.now())
	defer p.set(time.Time{})
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
			p.count()
		}
	}
}

func (p *pulse) set(last time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = last
}
