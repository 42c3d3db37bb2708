package load

import (
	"context"
	"time"

	"golang.org/x/sys/unix"

	"leeward/cmd/leeward-bench/internal/figure"
	"leeward/cmd/leeward-bench/internal/query"
)

// Paced sends so many queries a second over UDP, whatever the server does, and keeps the latency of each from the moment
// it was due, so that a server that stalls does not hide those that had to wait meanwhile. When the generator itself is
// kept from its processor, what was due meanwhile is due after that: the server has no part in it, and is not to get all
// of it at once.
func Paced(ctx context.Context, opts Options, rate int) (Tally, error) {
	p := paced{set: opts.Set, in: newBatch(), out: newBatch()}
	p.tally.Latencies = new(figure.Latencies)
	err := pinned(opts.CPU, func() error { return p.run(ctx, opts, rate) })
	return p.tally, err
}

const (
	paths = 4                      // sockets, few so that looking at all of them takes little time
	pause = 200 * time.Microsecond // later than that is a pause of the generator
)

type paced struct {
	tally   Tally
	start   time.Time // when the first query was due, moved on by pauses
	set     query.Set
	in, out *batch
	paths   [paths]path
	waiting int
}

// path is a socket with its queries on their way, by ID.
type path struct {
	fd  int
	id  uint16      // of the last query
	due []time.Time // zero: not on its way
	at  []int32     // query of the set
}

func (p *paced) run(ctx context.Context, opts Options, rate int) error {
	for i := range p.paths {
		fd, err := open(unix.SOCK_DGRAM, opts.Server, source(i))
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		if err := stamped(fd); err != nil {
			return err
		}
		p.paths[i] = newPath(fd)
	}
	p.start = time.Now()
	gap, total := time.Second/time.Duration(rate), int(opts.For.Seconds()*float64(rate))
	for sent := 0; sent < total || p.waiting > 0 && time.Since(p.start) < opts.For+patience; {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if due := p.start.Add(time.Duration(sent) * gap); sent < total && p.reached(due) {
			if err := p.send(sent, due); err != nil {
				return err
			}
			sent++
			continue
		}
		for i := range p.paths {
			if err := p.receive(&p.paths[i]); err != nil {
				return err
			}
		}
	}
	p.tally.Lost += p.waiting
	p.tally.Took = opts.For + p.tally.Paused
	return nil
}

func newPath(fd int) path {
	const ids = 1 << 16
	return path{fd: fd, due: make([]time.Time, ids), at: make([]int32, ids)}
}

// reached says whether a query is to be sent now. If that is so since long, all that are due later are put off.
func (p *paced) reached(due time.Time) bool {
	late := time.Since(due)
	if late > pause {
		p.tally.Paused += late
		p.start = p.start.Add(late)
		return false
	}
	return late >= 0
}

// send sends the n-th query.
func (p *paced) send(n int, due time.Time) error {
	path := &p.paths[n%paths]
	path.id++
	if !path.due[path.id].IsZero() { // the IDs have gone round since
		p.tally.Lost++
		p.waiting--
	}
	at := n % len(p.set)
	path.due[path.id], path.at[path.id] = due, int32(at)
	p.waiting++
	p.out.set(0, p.set[at].Wire, path.id)
	return p.out.send(path.fd, 1)
}

func (p *paced) receive(path *path) error {
	n, err := p.in.receive(path.fd)
	for i := range n {
		packet := p.in.packet(i)
		if len(packet) < query.HeaderSize {
			continue
		}
		id := uint16(packet[0])<<8 | uint16(packet[1])
		due := path.due[id]
		if due.IsZero() {
			continue
		}
		at, ok := p.in.arrived(i)
		if !ok {
			at = time.Now()
		}
		// The stamp is of the wall clock; a time with both clocks would be compared by the other one.
		p.tally.Latencies.Add(at.Sub(due.Round(0)))
		p.tally.take(&p.set[path.at[id]], packet)
		path.due[id] = time.Time{}
		p.waiting--
	}
	return err
}
