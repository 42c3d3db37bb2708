package systemd

import (
	"time"

	"golang.org/x/sys/unix"
)

// monotonic is the manager's clock.
func monotonic() time.Duration {
	var now unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &now) // there is one
	return time.Duration(now.Nano())
}
