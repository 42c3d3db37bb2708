package row

import (
	"context"

	"leeward/cmd/leeward-bench/internal/figure"
	"leeward/cmd/leeward-bench/internal/load"
	"leeward/cmd/leeward-bench/internal/table"
	"leeward/cmd/leeward-bench/internal/world"
)

// paced is a load of so many queries a second.
func paced(rate int) method {
	return func(ctx context.Context, opts load.Options) (load.Tally, error) { return load.Paced(ctx, opts, rate) }
}

// halfIdle is where a server wakes up for every few queries: what it costs, and how long they wait.
func halfIdle(ctx context.Context, b *Bench) (Result, error) {
	dir, err := b.folder("zones")
	if err != nil {
		return Result{}, err
	}
	w, err := world.Static(dir, b.size(names))
	if err != nil {
		return Result{}, err
	}
	contenders := []*contender{{label: "leeward", program: b.Leeward, world: w}}
	for _, p := range b.peers(append(others, gdnsd, "nsd", "knot")...) {
		contenders = append(contenders, &contender{label: p.Name, program: p, world: w})
	}
	if err := b.contest(ctx, contenders, paced(20_000), nil); err != nil {
		return Result{}, err
	}
	limits, waits := []limit{{[]string{gdnsd}, 1.2}}, []limit{{[]string{gdnsd}, 1.5}}
	t := table.Table{Heading: []string{"server", "CPU µs/query", "leeward ÷ it", "limit", "held", "p50 µs", "p99 µs", "leeward ÷ it",
		"limit", "held", "p99.9 µs", "max µs", "lost", "generator paused"}}
	for _, c := range contenders {
		r, l := compared(contenders, c, cpu, limits), compared(contenders, c, at(0.99), waits)
		t.Add(c.label, figure.Of(c.values(cpu)).Text(2), r[0], r[1], r[2], c.median("%.0f", at(0.5)),
			figure.Of(c.values(at(0.99))).Text(0), l[0], l[1], l[2], c.median("%.0f", at(0.999)), c.median("%.0f", longest),
			c.lost(), c.median("%.1f %%", paused))
	}
	bad := troubles(contenders)
	return Result{Table: t, Bad: bad, Notes: append(bad, missing(contenders, cpu, limits)...)}, nil
}
