package geo

import (
	"fmt"
	"slices"
	"strings"

	"leeward/steering"
)

// rule is what a line of the nets file says of its clients: colos that come first, or a location where they stand.
type rule struct {
	words  string // as written
	first  []steering.ColoIndex
	stands bool
	at     steering.Location
}

// parseRule reads what follows a line's first word.
func parseRule(text string, network *steering.Network) (rule, error) {
	words := strings.Fields(text)
	r := rule{words: strings.Clone(strings.Join(words, " "))} // nothing that stays holds the text of the file
	if strings.HasPrefix(words[0], "@") {
		return r, r.stand(words)
	}
	return r, r.order(words, network)
}

// stand reads a location: @LAT,LON.
func (r *rule) stand(words []string) error {
	if len(words) > 1 {
		return fmt.Errorf("%q after a location: nothing is wanted there", steering.Cut(words[1]))
	}
	lat, lon, ok := strings.Cut(words[0][1:], ",")
	if !ok {
		return fmt.Errorf("%q: a location is written @LAT,LON without a space", steering.Cut(words[0]))
	}
	at, err := parseLocation(lat, lon)
	if err != nil {
		return fmt.Errorf("%q: %w", steering.Cut(words[0]), err)
	}
	r.at, r.stands = at, true
	return nil
}

// order reads the names of colos that come first.
func (r *rule) order(words []string, network *steering.Network) error {
	for _, name := range words {
		colo, err := coloOf(name, network)
		if err != nil {
			return err
		}
		if slices.Contains(r.first, colo) {
			return fmt.Errorf("colo %q is named twice", name)
		}
		r.first = append(r.first, colo)
	}
	return nil
}

// coloOf is the colo of a name.
func coloOf(name string, network *steering.Network) (steering.ColoIndex, error) {
	if network == nil {
		return 0, fmt.Errorf("%q: the network has no colos", steering.Cut(name))
	}
	colo, ok := network.Colo(name)
	if !ok {
		return 0, unknownColo(name, network)
	}
	return colo, nil
}
