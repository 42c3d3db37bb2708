package row

import (
	"context"
	"fmt"
	"time"

	"leeward/cmd/leeward-bench/internal/figure"
	"leeward/cmd/leeward-bench/internal/peer"
	"leeward/cmd/leeward-bench/internal/table"
	"leeward/cmd/leeward-bench/internal/world"
)

// starter is a server that is started again and again, and what that took in each round.
type starter struct {
	label   string
	program *peer.Program
	world   world.World
	once    bool // in the first round only: for what no limit is of, and may take minutes

	seconds, mib []float64
	trouble      string
}

const (
	startPatience = 5 * time.Minute
	settle        = 2 * time.Second // from when all is served until memory is looked at
)

// starts starts all servers in turns, one at a time, each with all processors of the machine.
func (b *Bench) starts(ctx context.Context, starters []*starter) error {
	for round := range b.Rounds {
		b.say("  round %d of %d", round+1, b.Rounds)
		for _, s := range starters {
			if s.trouble != "" || s.once && round > 0 {
				continue
			}
			if err := b.start(ctx, s); err != nil && ctx.Err() == nil {
				s.trouble = err.Error()
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	return nil
}

func (b *Bench) start(ctx context.Context, s *starter) error {
	dir, err := b.folder(s.program.Name)
	if err != nil {
		return err
	}
	server, err := peer.Start(s.program, s.world.Site, dir, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err := server.Stop(); err != nil {
			b.say("%v", err)
		}
	}()
	took, err := server.Ready(ctx, startPatience, s.world.Ready...)
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(settle):
	}
	mib, err := server.Memory()
	s.seconds, s.mib = append(s.seconds, took.Seconds()), append(s.mib, mib)
	return err
}

func millionNames(ctx context.Context, b *Bench) (Result, error) {
	dir, err := b.folder("zones")
	if err != nil {
		return Result{}, err
	}
	w, err := world.Static(dir, b.size(1_000_000))
	if err != nil {
		return Result{}, err
	}
	return b.startAll(ctx, w, 4, 200)
}

func manyZones(ctx context.Context, b *Bench) (Result, error) {
	dir, err := b.folder("zones")
	if err != nil {
		return Result{}, err
	}
	w, err := world.ManyZones(dir, b.size(100_000))
	if err != nil {
		return Result{}, err
	}
	return b.startAll(ctx, w, 4, 250)
}

// startAll starts everyone with the same world. The limits are seconds and MiB of Leeward.
func (b *Bench) startAll(ctx context.Context, w world.World, seconds, mib float64) (Result, error) {
	starters := []*starter{{label: "leeward", program: b.Leeward, world: w}}
	for _, p := range b.Peers {
		starters = append(starters, &starter{label: p.Name, program: p, world: w, once: true})
	}
	if err := b.starts(ctx, starters); err != nil {
		return Result{}, err
	}
	t := table.Table{Heading: []string{"server", "ready s", "limit", "held", "leeward ÷ it", "Pss MiB", "limit", "held", "leeward ÷ it"}}
	ours := starters[0]
	for _, s := range starters {
		var a, b [3]string // limit, held, ratio
		if s == ours {
			a[0], a[1] = judged(s.seconds, seconds)
			b[0], b[1] = judged(s.mib, mib)
		} else {
			a[2], b[2] = figure.Ratios(ours.seconds, s.seconds).Text(2), figure.Ratios(ours.mib, s.mib).Text(2)
		}
		t.Add(s.label, figure.Of(s.seconds).Text(2), a[0], a[1], a[2], figure.Of(s.mib).Text(0), b[0], b[1], b[2])
	}
	bad := failed(starters)
	return Result{Table: t, Bad: bad, Notes: bad}, nil
}

// judged is a limit, and whether the median keeps it.
func judged(values []float64, limit float64) (string, string) {
	if len(values) == 0 {
		return "", ""
	}
	return fmt.Sprintf("%g", limit), held(figure.Of(values).Median <= limit)
}

// failed tells of those without figures.
func failed(starters []*starter) []string {
	var list []string
	for _, s := range starters {
		if s.trouble != "" {
			list = append(list, fmt.Sprintf("No figure of %s: %s.", s.label, s.trouble))
		}
	}
	return list
}
