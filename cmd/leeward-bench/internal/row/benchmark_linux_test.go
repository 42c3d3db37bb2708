package row

import (
	"strings"
	"testing"
)

// A limit is judged by the part that it is for; one whose part there is not is told of.
func TestLimitsOfBenchmarks(t *testing.T) {
	g := goBenchmark{name: "BenchmarkServe", limits: map[string]float64{"anew": 50, "next": 20, "gone": 1}}
	list := []*benchmark{{name: "Serve/anew", nanoseconds: []float64{49}}, {name: "Serve/next", nanoseconds: []float64{21}}, {name: "Serve/other", nanoseconds: []float64{1}}}
	var got []string
	for _, m := range list {
		limit, held := g.judge(m)
		got = append(got, limit+" "+held)
	}
	if text := strings.Join(got, ", "); text != "50 yes, 20 **no**,  " {
		t.Errorf("judged %q", text)
	}
	if notes := g.unmet(list); len(notes) != 1 || !strings.Contains(notes[0], "Serve/gone") {
		t.Errorf("not judged: %q", notes)
	}
}
