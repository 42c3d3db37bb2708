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
	plain := func(dir string, b *Bench) (world.World, error) { return world.Static(dir, b.size(names)) }
	nxdomain := func(dir string, b *Bench) (world.World, error) { return world.NoNames(dir, b.size(names)) }
	referral := func(dir string, b *Bench) (world.World, error) { return world.Referrals(dir, b.size(names)) }
	large := func(dir string, b *Bench) (world.World, error) { return world.Large(dir, b.size(1000)) }
	costs := func(name, about string, k cost) Row { return Row{name, about, k.run} }
	return []Row{
		costs("static", "A of 10,000 names over UDP", cost{world: plain, peers: three, limit: limit{[]string{"gdnsd"}, 1.10}, with: load.Flood}),
		{"steered", "the same names, answered by where the client's address is", steered{}.run},
		{"steered-ecs", "the same, by the client subnet that each query tells", steered{subnets: true}.run},
		{"policies", "the same, by each policy beside the nearest colo", policies},
		costs("nxdomain", "random names that do not exist", cost{world: nxdomain, peers: three, limit: limit{three, 1.15}, with: load.Flood}),
		costs("referral", "10,000 delegations with glue", cost{world: referral, peers: three, limit: limit{three, 1.15}, with: load.Flood}),
		costs("large", "answers that nearly fill 1232 octets", cost{world: large, peers: three, limit: limit{three, 1.15}, with: load.Flood}),
		costs("tcp-once", "one query a TCP connection", cost{world: plain, peers: three, limit: limit{three, 1.5}, with: load.Once}),
		costs("tcp-pipelined", "many queries on their way over each of few TCP connections", cost{world: plain, peers: three, limit: limit{three, 1.2}, with: load.Streams}),
		{"do", "signed answers, to queries with the DO bit", signed},
		{"half-idle", "processor time and latency at 20,000 queries a second", halfIdle},
		{"tail", "latency at 30,000 queries a second, also while zones change and verdicts flap", tail},
		{"names", "start with one zone of 1,000,000 names", millionNames},
		{"zones", "start with 100,000 zones", manyZones},
		{"database", "start with a city database of 3.7 million networks, against none", database},
		{"answer", "BenchmarkAnswer: one answer, without a socket", goBenchmark{pkg: "leeward/dnsserver", name: "BenchmarkAnswer", limits: answerLimits, ratios: policyRatios}.run},
		{"reload", "BenchmarkServe: a zone of 100,000 names, from parsed to served", goBenchmark{pkg: "leeward/zones", name: "BenchmarkServe",
			limits: map[string]float64{"anew": 50e6, "next": 50e6}}.run},
		{"verdict", "BenchmarkVerdictToAnswer: from a changed verdict to a changed answer", goBenchmark{pkg: "leeward/cmd/leeward/internal/service",
			name: "BenchmarkVerdictToAnswer", limits: map[string]float64{"1_zones": 1e6, "10000_zones": 1e6}}.run},
	}
}
