package probe

import (
	"log/slog"
	"sync"
	"time"

	"leeward/steering"
)

// complainEvery is the least time between two warnings that this node cannot probe.
const complainEvery = time.Minute

// complaint warns of this node's own failures. A node out of descriptors fails hundreds of probes a second: one warning
// a minute tells of all.
type complaint struct {
	logger *slog.Logger

	mu    sync.Mutex
	last  time.Time
	since int // discarded since the last warning
}

func (c *complaint) hear(t steering.Target, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.since++
	now := time.Now()
	if !c.last.IsZero() && now.Sub(c.last) < complainEvery {
		return
	}
	c.logger.Warn("this node cannot probe: results are discarded, and its votes soon taken back",
		"error", err, "address", t.Addr, "discarded", c.since)
	c.last, c.since = now, 0
}
