package load

import (
	"context"

	"golang.org/x/sys/unix"
)

// Streams keeps queries on their way over a few TCP connections, many on each.
func Streams(ctx context.Context, opts Options) (Tally, error) {
	c := conversation{opts: opts, connections: clients, window: many}
	return c.run(ctx)
}

// Once asks one query on each TCP connection, and closes it when the response has come. A fixed number of connections is
// open at any time, fewer than any server allows.
func Once(ctx context.Context, opts Options) (Tally, error) {
	c := conversation{opts: opts, connections: 32, window: 1, once: true}
	return c.run(ctx)
}

// conversation is a load over TCP.
type conversation struct {
	opts        Options
	connections int
	window      int  // queries on their way in each
	once        bool // a new connection after each response

	poller  *poller
	clock   clock
	streams []*stream
	next    int // query of the set
	waiting int // queries on their way
	tally   Tally
}

func (c *conversation) run(ctx context.Context) (Tally, error) {
	err := pinned(c.opts.CPU, func() error { return c.talk(ctx) })
	return c.tally, err
}

func (c *conversation) talk(ctx context.Context) (err error) {
	if c.poller, err = newPoller(); err != nil {
		return err
	}
	defer c.poller.close()
	defer c.hangUp()
	c.clock, c.streams = newClock(), make([]*stream, c.connections)
	for i := range c.streams {
		c.streams[i] = newStream(c.window)
		if err := c.connect(i); err != nil {
			return err
		}
	}
	for last := c.clock.now(); c.waiting > 0 && c.clock.now()-last < patience; {
		ready, err := c.poller.wait(50)
		if err != nil {
			return err
		}
		for _, e := range ready {
			last = c.clock.now()
			if err := c.turn(int(e.Fd), last < c.opts.For && ctx.Err() == nil); err != nil {
				return err
			}
		}
		c.tally.Took = last
	}
	c.tally.Lost += c.waiting
	return ctx.Err()
}

// turn takes what has come over a connection, and asks on, unless the time is over.
func (c *conversation) turn(i int, open bool) error {
	n, err := c.streams[i].receive(c.opts.Set, &c.tally)
	c.waiting -= n
	switch {
	case err != nil || n == 0 || !open:
		return err
	case c.once:
		c.streams[i].close()
		return c.connect(i)
	}
	return c.fill(c.streams[i])
}

// connect opens a connection and asks.
func (c *conversation) connect(i int) error {
	fd, err := open(unix.SOCK_STREAM, c.opts.Server, source(i))
	if err != nil {
		return err
	}
	s := c.streams[i]
	s.fd, s.have = fd, 0
	if err := c.poller.add(fd, i); err != nil {
		return err
	}
	return c.fill(s)
}

func (c *conversation) fill(s *stream) error {
	n, err := s.fill(c.opts.Set, &c.next)
	c.waiting += n
	return err
}

func (c *conversation) hangUp() {
	for _, s := range c.streams {
		if s != nil {
			s.close()
		}
	}
}
