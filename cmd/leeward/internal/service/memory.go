package service

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// What the heap may grow by, over what it was when memory was given back last, before it is given back again.
const (
	growthShare  = 0.125
	growthOctets = 8 << 20
)

// restOctets is what the heap may grow by between two looks without there being long work: probes and gossip never rest.
const restOctets = 1 << 20

// giveBack gives memory back to the system whenever long work has left much of it idle: reading all zones takes several
// times what they need afterwards, and the runtime by itself keeps as much again as is in use. It waits until the work is
// done, that is, until the heap has hardly grown for half a second: collecting takes processor time, as it walks through all that
// is in use.
func (s *Service) giveBack(ctx context.Context) error {
	var last, before uint64
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		held := heap()
		if s.Ready() && held < before+restOctets && grown(last, held) {
			debug.FreeOSMemory()
			last = heap()
		}
		before = held
	}
}

// grown says whether the heap has grown by more than it may.
func grown(last, held uint64) bool { return float64(held) > float64(last)*(1+growthShare)+growthOctets }

// heap is how many octets of memory the heap holds.
func heap() (held uint64) {
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/heap/free:bytes"}}
	metrics.Read(samples)
	for _, class := range samples {
		held += class.Value.Uint64()
	}
	return held
}
