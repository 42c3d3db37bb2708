package load

import (
	"context"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"leeward/cmd/leeward-bench/internal/query"
)

// Options are of every load.
type Options struct {
	Server netip.AddrPort
	Set    query.Set
	For    time.Duration
	CPU    int
}

// patience is after which a query without a response is lost.
const patience = 2 * time.Second

// clients is the number of sockets that flood. Each has up to many queries on their way: 160 in all, which fit into the
// receive buffer that Linux gives to a socket that asks for no other.
const clients = 5

// Flood keeps a fixed number of queries on their way, over UDP: as fast as the server answers, and no faster than it can
// take.
func Flood(ctx context.Context, opts Options) (Tally, error) {
	var f flood
	err := pinned(opts.CPU, func() error { return f.run(ctx, opts) })
	return f.tally, err
}

type flood struct {
	tally   Tally
	clock   clock
	set     query.Set
	next    int // query of the set
	lanes   [clients]*lane
	in, out *batch
	waiting int // queries on their way
}

// lane is a socket and its queries on their way. The ID of a query is its slot, and above that the turn of the slot, so
// that a late response is not taken for that to the next query.
type lane struct {
	fd    int
	slots [many]slot
}

type slot struct {
	id    uint16
	asked int // query of the set
	sent  time.Duration
	busy  bool
}

func (f *flood) run(ctx context.Context, opts Options) error {
	f.set, f.in, f.out, f.clock = opts.Set, newBatch(), newBatch(), newClock()
	p, err := newPoller()
	if err != nil {
		return err
	}
	defer p.close()
	for i := range f.lanes {
		fd, err := open(unix.SOCK_DGRAM, opts.Server, source(i))
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		f.lanes[i] = newLane(fd)
		if err := p.add(fd, i); err != nil {
			return err
		}
	}
	return f.exchange(ctx, p, opts.For)
}

func newLane(fd int) *lane {
	l := &lane{fd: fd}
	for i := range l.slots {
		l.slots[i].id = uint16(i)
	}
	return l
}

// exchange sends and receives until the time is over and nothing is on its way.
func (f *flood) exchange(ctx context.Context, p *poller, long time.Duration) error {
	for _, l := range f.lanes {
		if err := f.fill(l); err != nil {
			return err
		}
	}
	swept := f.clock.now()
	for open := true; open || f.waiting > 0; {
		ready, err := p.wait(50)
		if err != nil {
			return err
		}
		open = open && f.clock.now() < long && ctx.Err() == nil
		for _, e := range ready {
			if err := f.receive(f.lanes[e.Fd]); err != nil {
				return err
			}
			if open {
				if err := f.fill(f.lanes[e.Fd]); err != nil {
					return err
				}
			}
		}
		if now := f.clock.now(); now-swept > patience/4 {
			swept = now
			if err := f.sweep(open); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// fill sends a query for every slot that is free.
func (f *flood) fill(l *lane) error {
	n, now := 0, f.clock.now()
	for i := range l.slots {
		s := &l.slots[i]
		if s.busy {
			continue
		}
		s.id, s.asked, s.sent, s.busy = s.id+many, f.next, now, true
		f.out.set(n, f.set[f.next].Wire, s.id)
		if f.next++; f.next == len(f.set) {
			f.next = 0
		}
		n++
	}
	f.waiting += n
	return f.out.send(l.fd, n)
}

// receive takes the responses that have come.
func (f *flood) receive(l *lane) error {
	n, err := f.in.receive(l.fd)
	for i := range n {
		packet := f.in.packet(i)
		if len(packet) < query.HeaderSize {
			continue
		}
		id := uint16(packet[0])<<8 | uint16(packet[1])
		s := &l.slots[id%many]
		if !s.busy || s.id != id {
			continue // later than patience: it is lost already
		}
		s.busy = false
		f.waiting--
		f.tally.take(&f.set[s.asked], packet)
	}
	f.tally.Took = f.clock.now()
	return err
}

// sweep gives up the queries that have waited too long, and sends others in their place.
func (f *flood) sweep(refill bool) error {
	now := f.clock.now()
	for _, l := range f.lanes {
		lost := 0
		for i := range l.slots {
			if s := &l.slots[i]; s.busy && now-s.sent > patience {
				s.busy = false
				lost++
			}
		}
		f.waiting -= lost
		f.tally.Lost += lost
		if lost > 0 && refill {
			if err := f.fill(l); err != nil {
				return err
			}
		}
	}
	return nil
}
