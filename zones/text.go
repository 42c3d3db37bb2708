package zones

import "leeward/steering"

// text is what was read of a zone, before any network.
type text struct {
	serial  uint32
	records int
}

func (t *text) zone(network *steering.Network, serial uint32) *Zone { return nil }
