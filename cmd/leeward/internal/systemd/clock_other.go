//go:build !linux

package systemd

import "time"

// monotonic is not wanted by anybody: there is no such manager here.
func monotonic() time.Duration { return 0 }
