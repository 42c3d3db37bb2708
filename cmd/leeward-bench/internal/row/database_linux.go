package row

import (
	"context"
	"path/filepath"

	"leeward/cmd/leeward-bench/internal/figure"
	"leeward/cmd/leeward-bench/internal/peer"
	"leeward/cmd/leeward-bench/internal/table"
	"leeward/cmd/leeward-bench/internal/world"
)

// database is what a city database costs at the start, over the country map that is always there.
func database(ctx context.Context, b *Bench) (Result, error) {
	path, err := b.database(3_700_000)
	if err != nil {
		return Result{}, err
	}
	probed, err := listen(world.Colos())
	if err != nil {
		return Result{}, err
	}
	defer probed.close()
	dir, err := b.folder("zones")
	if err != nil {
		return Result{}, err
	}
	starters, err := databaseStarters(b, filepath.Join(dir, "zones"), peer.Steer{Colos: world.Colos(), Database: path, Port: probed.port})
	if err != nil {
		return Result{}, err
	}
	if err := b.starts(ctx, starters); err != nil {
		return Result{}, err
	}
	t := table.Table{Heading: []string{"server", "ready s", "Pss MiB", "limit", "held"}}
	for _, s := range starters {
		t.Add(s.label, figure.Of(s.seconds).Text(2), figure.Of(s.mib).Text(0))
	}
	with, without := starters[0], starters[1]
	if with.trouble == "" && without.trouble == "" {
		seconds, mib := differences(with.seconds, without.seconds), differences(with.mib, without.mib)
		limit, ok := judged(seconds, 4)
		t.Add("leeward: more seconds", figure.Of(seconds).Text(2), "", limit, ok)
		limit, ok = judged(mib, 40)
		t.Add("leeward: more memory", "", figure.Of(mib).Text(0), limit, ok)
	}
	bad := failed(starters)
	return Result{Table: t, Bad: bad, Notes: bad}, nil
}

func databaseStarters(b *Bench, dir string, steer peer.Steer) ([]*starter, error) {
	const few = 100 // names: the database is what counts
	w, err := world.Steered(dir, few, steer, world.Wants{})
	if err != nil {
		return nil, err
	}
	without := w
	none := steer
	none.Database = ""
	without.Site.Steer = &none
	plain := w
	plain.Site.Steer = nil
	list := []*starter{{label: "leeward with it", program: b.Leeward, world: w}, {label: "leeward without", program: b.Leeward, world: without},
		{label: "leeward without colos", program: b.Leeward, world: plain}}
	for _, p := range b.peers(gdnsd) {
		theirs, err := w.ForGdnsd(few)
		if err != nil {
			return nil, err
		}
		list = append(list, &starter{label: "gdnsd with it", program: p, world: theirs})
	}
	return list, nil
}

// differences are those of each round.
func differences(a, b []float64) []float64 {
	var list []float64
	for i := range min(len(a), len(b)) {
		list = append(list, a[i]-b[i])
	}
	return list
}
