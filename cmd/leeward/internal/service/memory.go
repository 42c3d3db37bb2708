package service

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// What the heap may grow by, over the least that it was since memory was given back, before it is given back again.
const (
	growthShare  = 0.125
	growthOctets = 8 << 20
)

// How often giveBack looks; how much may be allocated between two looks without there being long work, as probes, gossip
// and connections never rest; and how long it leaves the heap alone once it has collected it.
const (
	lookEvery  = 500 * time.Millisecond
	restOctets = 8 << 20
	leaveAlone = time.Second
)

// giveBack gives memory back to the system when long work has left much of it idle: reading all zones takes several times what
// they need afterwards, and the runtime by itself keeps half as much again as is in use. It waits until the work is done, and
// does not do it all the time: collecting takes processor time, as it walks through all that is in use.
func (s *Service) giveBack(ctx context.Context) error {
	var d dirt
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			if held, allocated := heap(); d.due(held, allocated, now) && s.Ready() {
				debug.FreeOSMemory()
				held, _ = heap()
				d.collected(held, now)
			}
		}
	}
}

// dirt is what is known of the heap from one look to the next.
type dirt struct {
	least     uint64 // octets held, since it was collected last
	allocated uint64 // octets, ever, at the last look
	at        time.Time
}

// due says whether it is time to give memory back.
//
//	since it was done last   allocated since the last look   held over the least since    then
//	less than 1 s            any                             any                          no
//	more                     8 MiB or more: work goes on     any                          no
//	more                     less                            an eighth and 8 MiB, less    no
//	more                     less                            more                         yes
func (d *dirt) due(held, allocated uint64, now time.Time) bool {
	quiet := allocated-d.allocated < restOctets
	d.allocated = allocated
	d.least = min(d.least, held)
	return now.Sub(d.at) >= leaveAlone && quiet && float64(held) > float64(d.least)*(1+growthShare)+growthOctets
}

// collected notes what is held after memory was given back.
func (d *dirt) collected(held uint64, now time.Time) { d.least, d.at = held, now }

// heap is how many octets of memory the heap holds, and how many were ever allocated in it.
func heap() (held, allocated uint64) {
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/heap/free:bytes"}, {Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(samples)
	for _, class := range samples[:3] {
		held += class.Value.Uint64()
	}
	return held, samples[3].Value.Uint64()
}
