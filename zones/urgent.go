package zones

import (
	"context"
	"errors"
	"sync"
)

// urgency lets who cannot wait break off the pass that holds the lock: a rollback goes before a command that verifies.
type urgency struct {
	mutex   sync.Mutex
	waiting int
	cut     context.CancelCauseFunc // of the pass that runs, or nil
	again   chan struct{}           // a pass was broken off
}

func newUrgency() urgency { return urgency{again: make(chan struct{}, 1)} }

// errCut is why a pass was broken off.
var errCut = errors.New("a rollback went before it; it is asked again soon")

// wait locks, and breaks off the pass that has the lock.
func (u *urgency) wait(lock sync.Locker) {
	u.mutex.Lock()
	u.waiting++
	if u.cut != nil {
		u.cut(errCut)
	}
	u.mutex.Unlock()
	lock.Lock()
	u.mutex.Lock()
	u.waiting--
	u.mutex.Unlock()
}

// begin is the context of a pass, and how to end it.
func (u *urgency) begin(ctx context.Context) (context.Context, func()) {
	ctx, cut := context.WithCancelCause(ctx)
	u.mutex.Lock()
	defer u.mutex.Unlock()
	u.cut = cut
	if u.waiting > 0 {
		cut(errCut)
	}
	return ctx, func() {
		u.mutex.Lock()
		defer u.mutex.Unlock()
		u.cut = nil
		if wasCut(ctx) {
			select {
			case u.again <- struct{}{}:
			default:
			}
		}
		cut(nil)
	}
}

// wasCut says whether the pass of this context was broken off.
func wasCut(ctx context.Context) bool { return errors.Is(context.Cause(ctx), errCut) }
