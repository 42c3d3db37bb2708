package row

import (
	"leeward/cmd/leeward-bench/internal/load"
	"leeward/cmd/leeward-bench/internal/world"
)

// names is the number of names in worlds that are asked as fast as possible.
const names = 10_000

// All are the rows, in the order in which they are run.
func All() []Row {
	three := []string{"gdnsd", "nsd", "knot"}
	static := func(dir string, b *Bench) (world.World, error) { return world.Static(dir, b.size(names)) }
	nxdomain := func(dir string, b *Bench) (world.World, error) { return world.NoNames(dir, b.size(names)) }
	referral := func(dir string, b *Bench) (world.World, error) { return world.Referrals(dir, b.size(names)) }
	large := func(dir string, b *Bench) (world.World, error) { return world.Large(dir, b.size(1000)) }
	costs := func(name, about string, k cost) Row { return Row{name, about, k.run} }
	return []Row{
		costs("static", "A of 10,000 names over UDP", cost{world: static, peers: three, limit: limit{[]string{"gdnsd"}, 1.10}, with: load.Flood}),
		costs("nxdomain", "random names that do not exist", cost{world: nxdomain, peers: three, limit: limit{three, 1.15}, with: load.Flood}),
		costs("referral", "10,000 delegations with glue", cost{world: referral, peers: three, limit: limit{three, 1.15}, with: load.Flood}),
		costs("large", "answers that nearly fill 1232 octets", cost{world: large, peers: three, limit: limit{three, 1.15}, with: load.Flood}),
		costs("tcp-once", "one query a TCP connection", cost{world: static, peers: three, limit: limit{three, 1.5}, with: load.Once}),
		costs("tcp-pipelined", "many queries on their way over each of few TCP connections", cost{world: static, peers: three, limit: limit{three, 1.2}, with: load.Streams}),
	}
}
