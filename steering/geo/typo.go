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
	for _, colo := range network.Colos() {
		names = append(names, colo.Name)
	}
	if len(name) <= steering.MostQuoted {
		if nearest := steering.NearestName(name, names); nearest != "" && steering.Edits(name, nearest) <= len(name)/2 {
			return fmt.Errorf("no colo is called %q: %s is meant?", name, nearest)
		}
	}
	if len(names) == 0 {
		return fmt.Errorf("no colo is called %q: the network has none", steering.Cut(name))
	}
	return fmt.Errorf("no colo is called %q: there are %s", steering.Cut(name), strings.Join(names, ", "))
}
