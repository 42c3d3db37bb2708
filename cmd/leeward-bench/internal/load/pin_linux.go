package load

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// pinned runs work on a thread of its own, on one processor, and returns when it is done.
func pinned(cpu int, work func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with its goroutine
		var set unix.CPUSet
		set.Set(cpu)
		if err := unix.SchedSetaffinity(0, &set); err != nil {
			done <- err
			return
		}
		done <- work()
	}()
	return <-done
}

// clock is the time since some start, read without leaving the process.
type clock time.Time

func newClock() clock { return clock(time.Now()) }

func (c clock) now() time.Duration { return time.Since(time.Time(c)) }
