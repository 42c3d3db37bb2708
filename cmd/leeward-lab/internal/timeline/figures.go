package timeline

import (
	"fmt"
	"io"
	"math"
	"slices"
)

// Figures are the runs of one scenario together.
type Figures struct {
	Scenario string   `json:"scenario"`
	Runs     int      `json:"runs"`
	Failed   int      `json:"failed"`
	Steps    []Figure `json:"steps"`
}

// Figure is one step over all runs that have it.
type Figure struct {
	Name   string  `json:"name"`
	Runs   int     `json:"runs"`
	Median float64 `json:"median"`
	P90    float64 `json:"p90"`
	Worst  float64 `json:"worst"`
}

// Sum makes figures of outcomes, scenario by scenario, in the order of the first runs.
func Sum(outcomes []Outcome) []Figures {
	var list []Figures
	for _, o := range outcomes {
		if !slices.ContainsFunc(list, func(f Figures) bool { return f.Scenario == o.Scenario }) {
			list = append(list, sumOf(o.Scenario, outcomes))
		}
	}
	return list
}

func sumOf(scenario string, outcomes []Outcome) Figures {
	f := Figures{Scenario: scenario}
	seconds := map[string][]float64{}
	for _, o := range outcomes {
		if o.Scenario != scenario {
			continue
		}
		f.Runs++
		if !o.OK {
			f.Failed++
		}
		for _, s := range o.Steps {
			seconds[s.Name] = append(seconds[s.Name], s.Seconds)
		}
	}
	for _, step := range meanings() {
		if all := seconds[step[0]]; len(all) > 0 {
			slices.Sort(all)
			f.Steps = append(f.Steps, Figure{step[0], len(all), Quantile(all, 0.5), Quantile(all, 0.9), all[len(all)-1]})
		}
	}
	return f
}

// Quantile is the smallest of some sorted values that is not less than a share of them.
func Quantile(sorted []float64, share float64) float64 {
	return sorted[max(0, int(math.Ceil(share*float64(len(sorted))))-1)]
}

// Print writes the figures as a table.
func (f Figures) Print(out io.Writer) {
	fmt.Fprintf(out, "%s: %d runs, %d failed\n", f.Scenario, f.Runs, f.Failed)
	if len(f.Steps) == 0 {
		return
	}
	fmt.Fprintf(out, "  %-*s  %5s  %8s  %8s  %8s\n", nameWidth, "seconds", "runs", "median", "p90", "worst")
	for _, s := range f.Steps {
		fmt.Fprintf(out, "  %-*s  %5d  %8.3f  %8.3f  %8.3f\n", nameWidth, s.Name, s.Runs, s.Median, s.P90, s.Worst)
	}
}
