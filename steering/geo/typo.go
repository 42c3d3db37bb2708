package geo

import (
	"fmt"
	"strings"

	"leeward/steering"
)

// unknownColo is the error for a colo that the network does not have. It names the one that was probably meant or, if
// none is near, all of them.
func unknownColo(name string, network *steering.Network) error {
	var names []string
	nearest, least := "", len(name)/2+1
	for _, colo := range network.Colos() {
		names = append(names, colo.Name)
		if d := edits(strings.ToLower(name), strings.ToLower(colo.Name)); d < least {
			nearest, least = colo.Name, d
		}
	}
	switch {
	case nearest != "":
		return fmt.Errorf("no colo is called %q: %s is meant?", name, nearest)
	case len(names) == 0:
		return fmt.Errorf("no colo is called %q: the network has none", name)
	default:
		return fmt.Errorf("no colo is called %q: there are %s", name, strings.Join(names, ", "))
	}
}

// edits is how many bytes to insert, delete or replace make b of a (Levenshtein distance).
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			d := diagonal
			if a[i] != b[j] {
				d = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], d
		}
	}
	return row[len(b)]
}
