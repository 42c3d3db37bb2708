package row

import (
	"context"

	"leeward/cmd/leeward-bench/internal/load"
	"leeward/cmd/leeward-bench/internal/world"
)

// signed compares with those that serve signed zones: gdnsd does not.
func signed(ctx context.Context, b *Bench) (Result, error) {
	note := ""
	k := cost{with: load.Flood, peers: []string{"nsd", "knot"}, limit: limit{[]string{"nsd", "knot"}, 1.15}}
	k.world = func(dir string, b *Bench) (world.World, error) {
		w, done, err := world.Signed(dir, b.size(names))
		if !done {
			note = "The zone is not signed: ldns-signzone is not installed."
		}
		return w, err
	}
	result, err := k.run(ctx, b)
	if note != "" {
		result.Notes = append(result.Notes, note)
	}
	return result, err
}
