package tell

import (
	"context"
	"errors"
	"time"
)

// Target is whom to tell.
type Target struct {
	Name string // in log and metrics
	ID   string // tells it from others, the same on all nodes: see Identify
	Tell func(ctx context.Context, m Message) error
}

// Refusal is the error of a target that will not have a word, however often it is told.
type Refusal struct{ Err error }

func (r *Refusal) Error() string { return r.Err.Error() }

func (r *Refusal) Unwrap() error { return r.Err }

// later is the error of a target that said when to come again.
type later struct {
	error
	after time.Duration
}

// pause is how long to wait after so many attempts that failed.
//
//	the target said when    that, at most the longest pause
//	otherwise               twice as long as before, at most the longest
func (p Pace) pause(attempts int, err error) time.Duration {
	if asked, ok := errors.AsType[*later](err); ok {
		return min(max(asked.after, p.First), p.Most)
	}
	wait := p.First
	for range attempts - 1 {
		if wait >= p.Most {
			break
		}
		wait *= 2
	}
	return min(wait, p.Most)
}

// Pace says how long what takes.
type Pace struct {
	Settle time.Duration // an incident is looked at so long before it is told of
	Count  time.Duration // and so long while it is not known how many clients it moves
	Step   time.Duration // each node waits so long for the one before it
	First  time.Duration // pause after an attempt that failed, doubled with each
	Most   time.Duration // longest pause
}

// Usual is the pace outside tests.
func Usual() Pace {
	return Pace{Settle: 2 * time.Second, Count: 5 * time.Second, Step: 10 * time.Second, First: 2 * time.Second, Most: 5 * time.Minute}
}
