package geo

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"leeward/steering"
)

// Nets is what a nets file says. It is immutable. The zero value says nothing.
type Nets struct {
	network *steering.Network
	v4, v6  *netNode
}

// rule is a line of the nets file: colos that come first, or a location where clients stand.
type rule struct {
	line   int
	words  string // what follows the prefix
	first  []steering.ColoIndex
	stands bool
	at     steering.Location
}

func (r *rule) by() string { return fmt.Sprintf("nets file (line %d): %s", r.line, r.words) }

// ParseNets reads a nets file, whose form the package documentation gives. The name of the file is for errors, which
// name line and word too. The network, nil for one without colos, is the one whose map the nets may go into.
func ParseNets(text, file string, network *steering.Network) (*Nets, error) {
	n := &Nets{network: network}
	line := 0
	for s := range strings.Lines(text) {
		line++
		words := strings.Fields(s)
		if i := slices.IndexFunc(words, func(w string) bool { return w[0] == '#' || w[0] == ';' }); i >= 0 {
			words = words[:i]
		}
		if len(words) == 0 {
			continue
		}
		if err := n.add(words, line); err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", file, line, err)
		}
	}
	return n, nil
}

func (n *Nets) add(words []string, line int) error {
	prefix, err := parsePrefix(words[0])
	if err != nil {
		return err
	}
	r := &rule{line: line, words: strings.Join(words[1:], " ")}
	if len(words) == 1 {
		return fmt.Errorf("%s: colos or a location (@LAT,LON) are wanted after the prefix", prefix)
	}
	if strings.HasPrefix(words[1], "@") {
		err = r.stand(words[1:])
	} else {
		err = r.order(words[1:], n.network)
	}
	if err != nil {
		return err
	}
	if before := n.insert(prefix, r); before != nil {
		return fmt.Errorf("%s stands in line %d already", prefix, before.line)
	}
	return nil
}

func parsePrefix(word string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(word)
	if err != nil {
		if addr, err := netip.ParseAddr(word); err == nil && addr.Zone() == "" {
			return p, fmt.Errorf("%q has no length: %s/%d is meant?", word, word, addr.BitLen())
		}
		return p, fmt.Errorf("%q is no prefix", word)
	}
	if p.Addr().Is4In6() {
		return p, fmt.Errorf("%q is IPv4 in IPv6: it is to be written as IPv4", word)
	}
	if p != p.Masked() {
		return p, fmt.Errorf("%q has bits set beyond its length: %s is meant?", word, p.Masked())
	}
	return p, nil
}

// stand reads a location: @LAT,LON.
func (r *rule) stand(words []string) error {
	if len(words) > 1 {
		return fmt.Errorf("%q after a location: nothing is wanted there", words[1])
	}
	lat, lon, ok := strings.Cut(words[0][1:], ",")
	if !ok {
		return fmt.Errorf("%q: a location is written @LAT,LON without a space", words[0])
	}
	at, err := parseLocation(lat, lon)
	if err != nil {
		return fmt.Errorf("%q: %w", words[0], err)
	}
	r.at, r.stands = at, true
	return nil
}

// order reads the names of colos that come first.
func (r *rule) order(words []string, network *steering.Network) error {
	if network == nil {
		return fmt.Errorf("%q: the network has no colos", words[0])
	}
	for _, name := range words {
		colo, ok := network.Colo(name)
		if !ok {
			return unknownColo(name, network)
		}
		if slices.Contains(r.first, colo) {
			return fmt.Errorf("colo %q is named twice", name)
		}
		r.first = append(r.first, colo)
	}
	return nil
}
