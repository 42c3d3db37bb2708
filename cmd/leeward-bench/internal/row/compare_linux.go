package row

import (
	"fmt"
	"slices"
	"time"

	"leeward/cmd/leeward-bench/internal/figure"
)

// measure makes a figure of a sample.
type measure func(s sample) float64

// at is a percentile of latency, in microseconds.
func at(share float64) measure {
	return func(s sample) float64 { return microseconds(s.Latencies.At(share)) }
}

func longest(s sample) float64 { return microseconds(s.Latencies.Max()) }

// paused is how long the generator was kept from its work, in percent of the time.
func paused(s sample) float64 { return 100 * s.Paused.Seconds() / s.Took.Seconds() }

func microseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

// cpu is processor time of the server for each answered query, in microseconds.
func cpu(s sample) float64 { return float64(s.cpu.Nanoseconds()) / 1e3 / float64(s.Right) }

func (c *contender) values(of measure) []float64 {
	if c.trouble != "" {
		return nil
	}
	var list []float64
	for _, s := range c.samples {
		list = append(list, of(s))
	}
	return list
}

// limit says how much more than the cheapest of some contenders Leeward may take.
type limit struct {
	of  []string // labels
	max float64
}

// compared are the cells of one line: how the first contender stands against it, the limit, and whether it is held.
func compared(contenders []*contender, c *contender, of measure, limits []limit) [3]string {
	first := contenders[0]
	if c == first {
		return [3]string{}
	}
	ratio := figure.Ratios(first.values(of), c.values(of))
	cells := [3]string{ratio.Text(2)}
	for _, l := range limits {
		if ratio.N == 0 || cheapest(contenders, l.of, of) != c {
			continue
		}
		cells[1] = fmt.Sprintf("%.2f", l.max)
		cells[2] = held(ratio.Median <= l.max)
	}
	return cells
}

func held(ok bool) string {
	if ok {
		return "yes"
	}
	return "**no**"
}

// cheapest is the contender of these that takes least, nil if none has figures.
func cheapest(contenders []*contender, labels []string, of measure) *contender {
	var best *contender
	for _, c := range contenders {
		v := c.values(of)
		if len(v) == 0 || !slices.Contains(labels, c.label) {
			continue
		}
		if best == nil || figure.Of(v).Median < figure.Of(best.values(of)).Median {
			best = c
		}
	}
	return best
}

// missing tells of limits that nobody is there to be compared for.
func missing(contenders []*contender, of measure, limits []limit) []string {
	var notes []string
	for _, l := range limits {
		if cheapest(contenders, l.of, of) == nil {
			notes = append(notes, fmt.Sprintf("The limit of %.2f is not judged: there is no figure of %s.", l.max, or(l.of)))
		}
	}
	return notes
}
