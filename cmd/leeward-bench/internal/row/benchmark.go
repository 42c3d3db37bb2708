package row

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// benchmark is what Go's benchmarks say of one of them, over several runs.
type benchmark struct {
	name        string // without Benchmark and the number of processors
	nanoseconds []float64
	allocs      []float64
}

// part is the name of the part; "" is the whole.
func (b *benchmark) part() string {
	_, part, _ := strings.Cut(b.name, "/")
	return part
}

var benchmarkLine = regexp.MustCompile(`^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+([\d.]+) ns/op(?:.*?\s(\d+) allocs/op)?`)

// parseBenchmarks reads the output of go test -bench -benchmem, in the order of names as they come.
func parseBenchmarks(out string) ([]*benchmark, error) {
	var list []*benchmark
	byName := map[string]*benchmark{}
	for line := range strings.Lines(out) {
		m := benchmarkLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		b := byName[m[1]]
		if b == nil {
			b = &benchmark{name: m[1]}
			byName[m[1]], list = b, append(list, b)
		}
		ns, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			return nil, fmt.Errorf("output of a benchmark: %w", err)
		}
		b.nanoseconds = append(b.nanoseconds, ns)
		if allocs, err := strconv.ParseFloat(m[3], 64); err == nil {
			b.allocs = append(b.allocs, allocs)
		}
	}
	return list, nil
}
