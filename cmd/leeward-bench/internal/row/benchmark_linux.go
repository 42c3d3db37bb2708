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
}

// answerLimits are those of an answer, which must not allocate either.
var answerLimits = map[string]float64{"static": 400, "steered": 400, "steered-ecs": 400}

// enough time for one run of one part: some have many parts.
const enough = 300 * time.Millisecond

func (g goBenchmark) run(ctx context.Context, b *Bench) (Result, error) {
	args := []string{"test", "-run", "^$", "-bench", "^" + g.name + "$", "-benchmem", "-count", fmt.Sprint(b.Rounds),
		"-benchtime", min(b.Long, enough).String(), g.pkg}
	cmd := exec.CommandContext(ctx, "go", args...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return Result{}, fmt.Errorf("go %s: %w: %s", strings.Join(args, " "), err, out)
	}
	list, err := parseBenchmarks(string(out))
	if err != nil {
		return Result{}, err
	}
	t := table.Table{Heading: []string{"benchmark", "ns", "limit", "held", "allocations"}}
	for _, m := range list {
		limit, ok := g.judge(m)
		t.Add(m.name, figure.Of(m.nanoseconds).Text(1), limit, ok, figure.Of(m.allocs).Text(0))
	}
	notes := g.unmet(list)
	if len(list) == 0 {
		t.Add(g.name, "none")
		notes = append(notes, fmt.Sprintf("There is no %s in %s.", g.name, g.pkg))
	}
	return Result{Table: t, Notes: notes}, nil
}

// unmet tells of limits whose part there is not: they would never be judged.
func (g goBenchmark) unmet(list []*benchmark) (notes []string) {
	for _, part := range slices.Sorted(maps.Keys(g.limits)) {
		if !slices.ContainsFunc(list, func(m *benchmark) bool { _, name, _ := strings.Cut(m.name, "/"); return name == part }) {
			notes = append(notes, fmt.Sprintf("The limit of %s/%s is not judged: there is no such part.", g.name, part))
		}
	}
	return notes
}

func (g goBenchmark) judge(m *benchmark) (string, string) {
	_, part, _ := strings.Cut(m.name, "/")
	limit, ok := g.limits[part]
	if !ok {
		return "", ""
	}
	within := figure.Of(m.nanoseconds).Median <= limit
	if g.name == "BenchmarkAnswer" {
		return fmt.Sprintf("%g, 0 allocations", limit), held(within && figure.Of(m.allocs).Max == 0)
	}
	return fmt.Sprintf("%g", limit), held(within)
}
