package row

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"leeward/cmd/leeward-bench/internal/load"
	"leeward/cmd/leeward-bench/internal/peer"
	"leeward/cmd/leeward-bench/internal/world"
)

// contender is a server under load, and what came of it in each round.
type contender struct {
	label   string
	program *peer.Program
	world   world.World
	beside  func(ctx context.Context, s *peer.Server) // what goes on during each load; nil is nothing

	server  *peer.Server
	samples []sample
	trouble string // why there is no figure
}

type sample struct {
	load.Tally
	cpu time.Duration // of the server
}

// method is a kind of load.
type method func(ctx context.Context, opts load.Options) (load.Tally, error)

// patience is how long a server may take until it serves a small world.
const patience = 20 * time.Second

// contest loads all contenders in turns, so that what happens to the machine meanwhile happens to all. At the end, while
// they are still there, then looks at them; nil does not.
func (b *Bench) contest(ctx context.Context, contenders []*contender, with method, then func()) error {
	// Nothing is to halt the thread that makes the load.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	defer func() {
		for _, c := range contenders {
			if c.server != nil {
				if err := c.server.Stop(); err != nil {
					b.say("%v", err)
				}
			}
		}
	}()
	for _, c := range contenders {
		if err := b.open(ctx, c, with); err != nil {
			return err
		}
	}
	for round := range b.Rounds {
		b.say("  round %d of %d", round+1, b.Rounds)
		for _, c := range contenders {
			if c.trouble == "" {
				b.round(ctx, c, with, b.Long)
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			debug.FreeOSMemory()
		}
	}
	if then != nil {
		then()
	}
	return nil
}

// open starts a contender and warms it up.
func (b *Bench) open(ctx context.Context, c *contender, with method) error {
	dir, err := b.folder(c.label)
	if err != nil {
		return err
	}
	if c.server, err = peer.Start(c.program, c.world.Site, dir, b.ServerCPUs); err != nil {
		return err
	}
	if _, err := c.server.Ready(ctx, patience, c.world.Ready...); err != nil {
		c.trouble = err.Error()
		return ctx.Err()
	}
	b.round(ctx, c, with, min(b.Long, 300*time.Millisecond))
	c.samples, c.trouble = nil, "" // what is wrong shows in the rounds too
	return ctx.Err()
}

// round loads a contender once.
func (b *Bench) round(ctx context.Context, c *contender, with method, long time.Duration) {
	err := func() error {
		before, err := c.server.CPU()
		if err != nil {
			return err
		}
		stop := c.alongside(ctx)
		tally, err := with(ctx, load.Options{Server: c.server.Addr, Set: c.world.Set, For: long, CPU: b.LoadCPU})
		stop()
		if err != nil {
			return err
		}
		after, err := c.server.CPU()
		if err != nil {
			return err
		}
		c.samples = append(c.samples, sample{tally, after - before})
		if trouble := tally.Trouble(); trouble != "" {
			return errors.New(trouble)
		}
		return nil
	}()
	if err != nil && ctx.Err() == nil {
		c.trouble = err.Error()
	}
}

// alongside starts what goes on during a load, and returns what ends it.
func (c *contender) alongside(ctx context.Context) (stop func()) {
	if c.beside == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.beside(ctx, c.server)
	}()
	return func() {
		cancel()
		<-done
	}
}

// troubles are those of all contenders, for the result of a row.
func troubles(contenders []*contender) []string {
	var list []string
	for _, c := range contenders {
		if c.trouble != "" {
			list = append(list, fmt.Sprintf("No figure of %s: %s.", c.label, c.trouble))
		}
	}
	return list
}
