package row

import (
	"context"
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"time"

	"leeward/cmd/leeward-bench/internal/figure"
	"leeward/cmd/leeward-bench/internal/table"
)

// goBenchmark is a row that one of the module's own benchmarks measures.
type goBenchmark struct {
	pkg, name string
	limits    map[string]float64 // nanoseconds, by the name of the part; "" is the whole
	ratios    ratios
}

// ratios hold parts to another in the same round.
type ratios struct {
	of, prefix string // a part, and how those begin that are held to it
	max        float64
}

// policyRatios are those of answers by policies.
var policyRatios = ratios{of: "policy-nearest", prefix: "policy-", max: policyLimit}

// answerLimits are those of an answer, which must not allocate either.
var answerLimits = map[string]float64{"static": 400, "steered": 400, "steered-ecs": 400}

// enough time for one run of one part: some have many parts.
const enough = 300 * time.Millisecond

func (g goBenchmark) run(ctx context.Context, b *Bench) (Result, error) {
	args := []string{"test", "-run", "^$", "-bench", "^" + g.name + "$", "-benchmem", "-benchtime", min(b.Long, enough).String(), g.pkg}
	var said strings.Builder
	for range b.Rounds { // all parts once, and again: what happens to the machine meanwhile happens to all
		out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput()
		if err != nil {
			return Result{}, fmt.Errorf("go %s: %w: %s", strings.Join(args, " "), err, out)
		}
		said.Write(out)
	}
	list, err := parseBenchmarks(said.String())
	if err != nil {
		return Result{}, err
	}
	return g.result(list), nil
}

func (g goBenchmark) result(list []*benchmark) Result {
	t := table.Table{Heading: []string{"benchmark", "ns", "÷ " + g.ratios.of, "limit", "held", "allocations"}}
	base := part(list, g.ratios.of)
	for _, m := range list {
		ratio := figure.Spread{}
		if base != nil && m != base && strings.HasPrefix(m.part(), g.ratios.prefix) {
			ratio = figure.Ratios(m.nanoseconds, base.nanoseconds)
		}
		limit, ok := g.judge(m, ratio)
		t.Add(m.name, figure.Of(m.nanoseconds).Text(1), ratio.Text(2), limit, ok, figure.Of(m.allocs).Text(0))
	}
	notes := g.unmet(list)
	if len(list) == 0 {
		t.Add(g.name, "none")
		notes = append(notes, fmt.Sprintf("There is no %s in %s.", g.name, g.pkg))
	}
	return Result{Table: t, Notes: notes}
}

// part is the benchmark of a part, nil if there is none.
func part(list []*benchmark, name string) *benchmark {
	if i := slices.IndexFunc(list, func(m *benchmark) bool { return m.part() == name }); i >= 0 && name != "" {
		return list[i]
	}
	return nil
}

// unmet tells of limits whose part there is not: they would never be judged.
func (g goBenchmark) unmet(list []*benchmark) (notes []string) {
	parts := slices.Sorted(maps.Keys(g.limits))
	if g.ratios.of != "" {
		parts = append(parts, g.ratios.of)
	}
	for _, name := range parts {
		if !slices.ContainsFunc(list, func(m *benchmark) bool { return m.part() == name }) {
			notes = append(notes, fmt.Sprintf("The limit of %s/%s is not judged: there is no such part.", g.name, name))
		}
	}
	return notes
}

// judge holds a part to its limit, in nanoseconds or of its ratio, which has no values for a part that is held to no other.
func (g goBenchmark) judge(m *benchmark, ratio figure.Spread) (limit, ok string) {
	most, limited := g.limits[m.part()]
	within := figure.Of(m.nanoseconds).Median <= most
	limit = fmt.Sprintf("%g", most)
	if ratio.N > 0 {
		limited, within = true, ratio.Median <= g.ratios.max
		limit = fmt.Sprintf("%.2f", g.ratios.max)
	}
	if !limited {
		return "", ""
	}
	if g.name == "BenchmarkAnswer" {
		return limit + ", 0 allocations", held(within && figure.Of(m.allocs).Max == 0)
	}
	return limit, held(within)
}
