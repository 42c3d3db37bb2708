package row

import (
	"slices"
	"strings"
	"testing"

	"leeward/cmd/leeward-bench/internal/figure"
)

// A limit is judged by the part that it is for; one whose part there is not is told of.
func TestLimitsOfBenchmarks(t *testing.T) {
	g := goBenchmark{name: "BenchmarkServe", limits: map[string]float64{"anew": 50, "next": 20, "gone": 1}}
	list := []*benchmark{{name: "Serve/anew", nanoseconds: []float64{49}}, {name: "Serve/next", nanoseconds: []float64{21}}, {name: "Serve/other", nanoseconds: []float64{1}}}
	var got []string
	for _, m := range list {
		limit, held := g.judge(m, figure.Spread{})
		got = append(got, limit+" "+held)
	}
	if text := strings.Join(got, ", "); text != "50 yes, 20 **no**,  " {
		t.Errorf("judged %q", text)
	}
	if notes := g.unmet(list); len(notes) != 1 || !strings.Contains(notes[0], "Serve/gone") {
		t.Errorf("not judged: %q", notes)
	}
}

// Parts that begin alike are held to one of them in the same round, and to allocate nothing.
func TestRatiosOfBenchmarks(t *testing.T) {
	g := goBenchmark{name: "BenchmarkAnswer", ratios: ratios{of: "policy-nearest", prefix: "policy-", max: 1.15}}
	list := []*benchmark{
		{name: "Answer/policy-nearest", nanoseconds: []float64{100, 200}, allocs: []float64{0, 0}},
		{name: "Answer/policy-all", nanoseconds: []float64{110, 220}, allocs: []float64{0, 0}},
		{name: "Answer/policy-weighted", nanoseconds: []float64{120, 240}, allocs: []float64{0, 0}},
		{name: "Answer/policy-spread", nanoseconds: []float64{100, 200}, allocs: []float64{0, 1}},
		{name: "Answer/static", nanoseconds: []float64{900, 900}, allocs: []float64{0, 0}},
	}
	for i, want := range []string{", , ", "1.10 (1.10..1.10), 1.15, 0 allocations, yes", "1.20 (1.20..1.20), 1.15, 0 allocations, **no**",
		"1.00 (1.00..1.00), 1.15, 0 allocations, **no**", ", , "} {
		if got := strings.Join(g.result(list).Table.Lines[i][2:5], ", "); got != want {
			t.Errorf("%s: %q, not %q", list[i].name, got, want)
		}
	}
	if notes := g.result(slices.Delete(list, 0, 1)).Notes; len(notes) != 1 || !strings.Contains(notes[0], "BenchmarkAnswer/policy-nearest") {
		t.Errorf("not judged: %q", notes)
	}
}
