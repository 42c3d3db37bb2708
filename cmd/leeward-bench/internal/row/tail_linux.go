package row

import (
	"context"
	"fmt"

	"leeward/cmd/leeward-bench/internal/figure"
	"leeward/cmd/leeward-bench/internal/peer"
	"leeward/cmd/leeward-bench/internal/table"
	"leeward/cmd/leeward-bench/internal/world"
)

// tail is how long the slowest queries wait, and how much longer while Leeward has other things to do.
func tail(ctx context.Context, b *Bench) (Result, error) {
	probed, err := listen(world.Colos())
	if err != nil {
		return Result{}, err
	}
	defer probed.close()
	dir, err := b.folder("zones")
	if err != nil {
		return Result{}, err
	}
	n := b.size(100_000)
	w, err := world.Static(dir, n)
	if err != nil {
		return Result{}, err
	}
	u, err := newUnrest(dir+"-edited", n, probed)
	if err != nil {
		return Result{}, err
	}
	restless := w
	restless.Site.Zones = u.dir
	restless.Site.Steer = &peer.Steer{Colos: world.Colos(), Port: probed.port,
		Check: ", interval: 100ms, timeout: 50ms, fall: 1, rise: 1"}
	contenders := []*contender{
		{label: "leeward, zone edited and verdicts flapping", program: b.Leeward, world: restless, beside: u.run},
		{label: "leeward", program: b.Leeward, world: w},
	}
	for _, p := range b.peers(gdnsd, "nsd") {
		contenders = append(contenders, &contender{label: p.Name, program: p, world: w})
	}
	if err := b.contest(ctx, contenders, paced(30_000), nil); err != nil {
		return Result{}, err
	}
	if u.err != nil {
		return Result{}, u.err
	}
	t := table.Table{Heading: []string{"server", "p50 µs", "p99 µs", "p99.9 µs", "first ÷ it", "limit", "held", "max µs", "lost", "generator paused"}}
	for _, c := range contenders {
		r := compared(contenders, c, at(0.999), []limit{{[]string{"leeward"}, 2}})
		t.Add(c.label, c.median("%.0f", at(0.5)), c.median("%.0f", at(0.99)), figure.Of(c.values(at(0.999))).Text(0), r[0], r[1], r[2],
			figure.Of(c.values(longest)).Text(0), c.lost(), c.median("%.1f %%", paused))
	}
	bad := troubles(contenders)
	return Result{Table: t, Bad: bad, Notes: append(bad, fmt.Sprintf(
		"Meanwhile a zone of %d names was edited %d times, each edit served before the next, and all colos fell or rose %d times.",
		n, u.edits, u.flaps))}, nil
}
