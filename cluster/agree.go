package cluster

import (
	"slices"
	"time"

	"leeward/steering"
)

// compare takes note of whether a peer judges as this node does, with the lock held.
//
//	its network, by its heartbeat   its verdicts   differs
//	not heard yet                   -              no
//	another                         -              no: they cannot be compared
//	ours                            ours           no
//	ours                            others         yes, since this was first so
func (f *facts) compare(p *peer, now time.Time) {
	switch {
	case p.beat.Counter == 0, p.beat.Network != f.network, p.beat.Network == steering.Digest{}, p.beat.Verdicts == f.verdicts:
		p.differs = time.Time{}
	case p.differs.IsZero():
		p.differs = now
	}
}

// differing is for how long the peer's verdicts have differed.
func (p *peer) differing(now time.Time) time.Duration {
	if p.differs.IsZero() || !p.gone.IsZero() {
		return 0
	}
	return now.Sub(p.differs)
}

// sheetAge is for how long no heartbeat has named the sheet of the peer that is here. One that has no sheet yet lacks none.
func (p *peer) sheetAge(now time.Time) time.Duration {
	if p.beat.Counter > 0 && p.beat.Number == 0 {
		return now.Sub(p.heard)
	}
	return now.Sub(later(p.named, p.joined))
}

// clock tells how a peer's clock differs from ours. Each heartbeat says by how much it is ahead, less the time that the
// heartbeat took: the largest of the last ones took the least.
type clock struct {
	ahead [8]time.Duration
	heard int
}

func (c *clock) add(ahead time.Duration) {
	c.ahead[c.heard%len(c.ahead)] = ahead
	c.heard++
}

func (c *clock) skew() time.Duration {
	if c.heard == 0 {
		return 0
	}
	return slices.Max(c.ahead[:min(c.heard, len(c.ahead))]).Round(time.Millisecond)
}
