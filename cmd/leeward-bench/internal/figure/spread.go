package figure

import (
	"fmt"
	"slices"
)

// Spread is the median of some values, and how far they lie apart. The zero value is that of no values.
type Spread struct {
	Min, Median, Max float64
	N                int
}

// Of is the spread of values, whose order does not matter.
func Of(values []float64) Spread {
	if len(values) == 0 {
		return Spread{}
	}
	s := slices.Sorted(slices.Values(values))
	n := len(s)
	return Spread{s[0], (s[(n-1)/2] + s[n/2]) / 2, s[n-1], n}
}

// Ratios is the spread of ours[i]/theirs[i]. What was measured in one round is compared with itself, so that a round in
// which the machine was slow for all does not count against either.
func Ratios(ours, theirs []float64) Spread {
	var list []float64
	for i := range min(len(ours), len(theirs)) {
		if theirs[i] > 0 {
			list = append(list, ours[i]/theirs[i])
		}
	}
	return Of(list)
}

// Text is the median and the spread, as "3.91 (3.85..4.02)", with so many decimals; "" without values.
func (s Spread) Text(decimals int) string {
	switch s.N {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("%.*f", decimals, s.Median)
	}
	return fmt.Sprintf("%.*f (%.*f..%.*f)", decimals, s.Median, decimals, s.Min, decimals, s.Max)
}
