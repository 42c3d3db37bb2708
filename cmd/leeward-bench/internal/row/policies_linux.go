package row

import (
	"context"
	"path/filepath"
	"strings"

	"leeward/cmd/leeward-bench/internal/figure"
	"leeward/cmd/leeward-bench/internal/load"
	"leeward/cmd/leeward-bench/internal/peer"
	"leeward/cmd/leeward-bench/internal/table"
	"leeward/cmd/leeward-bench/internal/world"
)

// policyLimit is how much more than one of the nearest colo an answer by another policy may take.
const policyLimit = 1.15

// policyNames are the names with which a policy is measured; with every policy each has an address in every colo.
var policyNames = []struct {
	label, words string
	given        int // addresses in an answer
}{
	{"nearest", "", 1},
	{"failover", "policy=failover; order=nrt,sin,sjc,iad,lhr,ams", 1},
	{"weighted", "policy=weighted; weight=ams:3,lhr:1,iad:3,sjc:2,sin:1,nrt:2", 1},
	{"spread", "policy=spread", 1},
	{"all", "policy=all", 6},
	{"none", "policy=none", 6},
	{"nearest of two", "policy=nearest; colos=ams,nrt", 1},
	{"count of two", "policy=nearest; count=2", 2},
	{"pinned", "policy=nearest; country=DE:nrt,FR:sin", 1},
	{"closed", "policy=nearest; empty=closed", 1},
	{"fallback", "policy=nearest; fallback=192.0.2.1", 1},
}

// policies is what answers by each policy cost, to queries that each tell another client's subnet.
func policies(ctx context.Context, b *Bench) (Result, error) {
	probed, err := listen(world.Colos())
	if err != nil {
		return Result{}, err
	}
	defer probed.close()
	database, err := b.database(networks)
	if err != nil {
		return Result{}, err
	}
	dir, err := b.folder("zones")
	if err != nil {
		return Result{}, err
	}
	steer := peer.Steer{Colos: world.Colos(), Database: database, Port: probed.port}
	var contenders []*contender
	for _, p := range policyNames {
		w, err := world.Steered(filepath.Join(dir, strings.ReplaceAll(p.label, " ", "-")), b.size(names), steer,
			world.Wants{Subnets: true, Policy: p.words, Given: p.given})
		if err != nil {
			return Result{}, err
		}
		contenders = append(contenders, &contender{label: p.label, program: b.Leeward, world: w})
	}
	if err := b.contest(ctx, contenders, load.Flood, nil); err != nil {
		return Result{}, err
	}
	return policyTable(contenders), nil
}

// policyTable compares every policy with the first contender.
func policyTable(contenders []*contender) Result {
	t := table.Table{Heading: []string{"policy", "CPU µs/query", "÷ nearest", "limit", "held", "queries/s", "octets", "lost"}}
	first := contenders[0]
	for _, c := range contenders {
		cells := []string{"", "", ""}
		if ratio := figure.Ratios(c.values(cpu), first.values(cpu)); c != first && ratio.N > 0 {
			cells = []string{ratio.Text(2), figure.Of([]float64{policyLimit}).Text(2), held(ratio.Median <= policyLimit)}
		}
		t.Add(append(append([]string{c.label, figure.Of(c.values(cpu)).Text(2)}, cells...),
			c.median("%.0f", func(s sample) float64 { return float64(s.Right) / s.Took.Seconds() }),
			c.median("%.0f", func(s sample) float64 { return float64(s.Octets) / float64(s.Right) }), c.lost())...)
	}
	bad := troubles(contenders)
	return Result{Table: t, Bad: bad, Notes: bad}
}
