package row

import (
	"context"
	"fmt"
	"path/filepath"

	"leeward/cmd/leeward-bench/internal/load"
	"leeward/cmd/leeward-bench/internal/peer"
	"leeward/cmd/leeward-bench/internal/world"
)

// steered is a row of answers that depend on where the client is.
type steered struct {
	subnets bool // every query tells another client's
}

func (k steered) run(ctx context.Context, b *Bench) (Result, error) {
	probed, err := listen(world.Colos())
	if err != nil {
		return Result{}, err
	}
	defer probed.close()
	contenders, err := k.contenders(ctx, b, probed.port)
	if err != nil {
		return Result{}, err
	}
	var notes []string
	then := func() {
		if n := len(contenders); contenders[n-1].label == gdnsd {
			notes = agreement(contenders[0], contenders[n-1])
		}
	}
	result, err := b.costs(ctx, contenders, load.Flood, then, limit{[]string{gdnsd}, 1.15}, limit{[]string{static}, 1.10})
	result.Notes = append(result.Notes, notes...)
	return result, err
}

const (
	gdnsd  = "gdnsd"
	static = "leeward static"
)

// contenders are Leeward steering, Leeward answering as written, and gdnsd with its geoip plugin.
func (k steered) contenders(ctx context.Context, b *Bench, port uint16) ([]*contender, error) {
	database, err := b.database(networks)
	if err != nil {
		return nil, err
	}
	dir, err := b.folder("zones")
	if err != nil {
		return nil, err
	}
	steer := peer.Steer{Colos: world.Colos(), Database: database, Port: port}
	n := b.size(names)
	w, err := world.Steered(dir, n, steer, world.Wants{Subnets: k.subnets})
	if err != nil {
		return nil, err
	}
	plain, err := world.Static(filepath.Join(dir, "static"), n)
	if err != nil {
		return nil, err
	}
	list := []*contender{{label: "leeward", program: b.Leeward, world: w}, {label: static, program: b.Leeward, world: plain}}
	if k.subnets {
		told := plain
		told.Set = w.Set
		list = append(list, &contender{label: "leeward static, told the subnet", program: b.Leeward, world: told})
	}
	for _, p := range b.peers(gdnsd) {
		theirs, err := w.ForGdnsd(n)
		if err != nil {
			return nil, err
		}
		list = append(list, &contender{label: gdnsd, program: p, world: theirs})
	}
	return list, ctx.Err()
}

// networks are those of the database that steers answers under load.
const networks = 200_000

// database is the path of a city database: the one that was given, or one made of about so many networks.
func (b *Bench) database(networks int) (string, error) {
	if b.Database != "" {
		return b.Database, nil
	}
	path := filepath.Join(b.Dir, fmt.Sprintf("city-%d.mmdb", b.size(networks)))
	if b.made[path] {
		return path, nil
	}
	b.say("  making a city database of %d networks", b.size(networks))
	if err := world.Database(path, b.size(networks)); err != nil {
		return "", fmt.Errorf("city database: %w", err)
	}
	if b.made == nil {
		b.made = map[string]bool{}
	}
	b.made[path] = true
	return path, nil
}
