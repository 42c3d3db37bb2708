package migrate

import (
	"fmt"
	"math"
	"strings"
)

// maxWeight is the greatest weight that a policy takes.
const maxWeight = 1_000_000

// weights are those of the colos. The colos of a group share its weight alike. All are multiplied by one number then, so
// that none has a fraction: where that number would be more than a weight may be, by one that leaves some with fractions.
func (n *network) weights(w *Want) map[string]float64 {
	times := 1
	for _, g := range w.Groups {
		if count := len(n.names(g)); count > 0 && times*count/gcd(times, count) <= maxWeight {
			times *= count / gcd(times, count)
		}
	}
	all := map[string]float64{}
	for _, g := range w.Groups {
		names := n.names(g)
		for _, name := range names {
			all[name] += float64(g.Weight) * float64(times) / float64(len(names))
		}
	}
	return all
}

// gcd is the greatest common divisor.
func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// shares are weights as they stand in a policy, made smaller together where the greatest is more than a policy takes.
func shares(colos []string, weights map[string]float64) string {
	greatest := 0.0
	for _, c := range colos {
		greatest = max(greatest, weights[c])
	}
	smaller := min(1, maxWeight/greatest)
	var parts []string
	for _, c := range colos {
		if weights[c] > 0 { // else it has no clients
			parts = append(parts, fmt.Sprintf("%s:%.0f", c, max(1, math.Round(weights[c]*smaller))))
		}
	}
	return strings.Join(parts, ",")
}
