package row

import (
	"context"
	"fmt"
	"strings"

	"leeward/cmd/leeward-bench/internal/figure"
	"leeward/cmd/leeward-bench/internal/table"
	"leeward/cmd/leeward-bench/internal/world"
)

// cost is a row of processor time a query: everyone serves the same world.
type cost struct {
	world func(dir string, b *Bench) (world.World, error)
	peers []string // whom one may compare with
	limit limit
	with  method
}

func (k cost) run(ctx context.Context, b *Bench) (Result, error) {
	dir, err := b.folder("zones")
	if err != nil {
		return Result{}, err
	}
	w, err := k.world(dir, b)
	if err != nil {
		return Result{}, err
	}
	contenders := []*contender{{label: "leeward", program: b.Leeward, world: w}}
	for _, p := range b.peers(append(others, k.peers...)...) {
		contenders = append(contenders, &contender{label: p.Name, program: p, world: w})
	}
	return b.costs(ctx, contenders, k.with, nil, k.limit)
}

// others are peers that are shown, and that no limit is of.
var others = []string{"bind", "pdns"}

// costs holds a contest in processor time.
func (b *Bench) costs(ctx context.Context, contenders []*contender, with method, then func(), limits ...limit) (Result, error) {
	if err := b.contest(ctx, contenders, with, then); err != nil {
		return Result{}, err
	}
	t := table.Table{Heading: []string{"server", "CPU µs/query", "leeward ÷ it", "limit", "held", "queries/s", "busy", "octets", "lost"}}
	for _, c := range contenders {
		r := compared(contenders, c, cpu, limits)
		t.Add(c.label, figure.Of(c.values(cpu)).Text(2), r[0], r[1], r[2],
			c.median("%.0f", func(s sample) float64 { return float64(s.Right) / s.Took.Seconds() }),
			c.median("%.0f %%", func(s sample) float64 { return 100 * s.cpu.Seconds() / s.Took.Seconds() }),
			c.median("%.0f", func(s sample) float64 { return float64(s.Octets) / float64(s.Right) }),
			c.lost())
	}
	bad := troubles(contenders)
	return Result{Table: t, Bad: bad, Notes: append(bad, missing(contenders, cpu, limits)...)}, nil
}

func (c *contender) median(format string, of measure) string {
	s := figure.Of(c.values(of))
	if s.N == 0 {
		return ""
	}
	return fmt.Sprintf(format, s.Median)
}

// lost is the number of lost queries in all rounds.
func (c *contender) lost() string {
	sum := 0
	for _, s := range c.samples {
		sum += s.Lost
	}
	return fmt.Sprint(sum)
}

func or(names []string) string { return strings.Join(names, " or ") }
