package load

import (
	"context"
	"time"

	"golang.org/x/sys/unix"

	"leeward/cmd/leeward-bench/internal/figure"
	"leeward/cmd/leeward-bench/internal/query"
)

// Paced sends so many queries a second over UDP, whatever the server does, and keeps the latency of each from the moment
// it was due, so that a server that stalls does not hide those that had to wait meanwhile.
func Paced(ctx context.Context, opts Options, rate int) (Tally, error) {
	p := paced{set: opts.Set, in: newBatch(), out: newBatch()}
	p.tally.Latencies, p.tally.Late = new(figure.Latencies), new(figure.Latencies)
	err := pinned(opts.CPU, func() error { return p.run(ctx, opts, rate) })
	return p.tally, err
}

// paths is the number of sockets, few so that looking at all of them takes little time.
const paths = 4

type paced struct {
	tally   Tally
	clock   clock
	set     query.Set
	in, out *batch
	paths   [paths]path
	waiting int
}

// path is a socket with its queries on their way, by ID.
type path struct {
	fd  int
	id  uint16 // of the last query
	due []time.Duration
	at  []int32 // query of the set
}

// gone is the due time of an ID that is not on its way.
const gone = -1

func (p *paced) run(ctx context.Context, opts Options, rate int) error {
	for i := range p.paths {
		fd, err := open(unix.SOCK_DGRAM, opts.Server, source(i))
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		p.paths[i] = newPath(fd)
	}
	p.clock = newClock()
	gap, total := time.Second/time.Duration(rate), int(opts.For.Seconds()*float64(rate))
	end := opts.For + patience
	for sent := 0; sent < total || p.waiting > 0 && p.clock.now() < end; {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for ; sent < total && time.Duration(sent)*gap <= p.clock.now(); sent++ {
			if err := p.send(sent, time.Duration(sent)*gap); err != nil {
				return err
			}
		}
		for i := range p.paths {
			if err := p.receive(&p.paths[i]); err != nil {
				return err
			}
		}
	}
	p.tally.Lost += p.waiting
	p.tally.Took = opts.For
	return nil
}

func newPath(fd int) path {
	const ids = 1 << 16
	p := path{fd: fd, due: make([]time.Duration, ids), at: make([]int32, ids)}
	for i := range p.due {
		p.due[i] = gone
	}
	return p
}

// send sends the n-th query, which is due now or was before.
func (p *paced) send(n int, due time.Duration) error {
	path := &p.paths[n%paths]
	path.id++
	if path.due[path.id] != gone { // the IDs have gone round since
		p.tally.Lost++
		p.waiting--
	}
	at := n % len(p.set)
	path.due[path.id], path.at[path.id] = due, int32(at)
	p.waiting++
	p.out.set(0, p.set[at].Wire, path.id)
	err := p.out.send(path.fd, 1)
	p.tally.Late.Add(p.clock.now() - due)
	return err
}

func (p *paced) receive(path *path) error {
	n, err := p.in.receive(path.fd)
	now := p.clock.now()
	for i := range n {
		packet := p.in.packet(i)
		if len(packet) < query.HeaderSize {
			continue
		}
		id := uint16(packet[0])<<8 | uint16(packet[1])
		if path.due[id] == gone {
			continue
		}
		p.tally.Latencies.Add(now - path.due[id])
		p.tally.take(&p.set[path.at[id]], packet)
		path.due[id] = gone
		p.waiting--
	}
	return err
}
