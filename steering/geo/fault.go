package geo

import (
	"slices"

	"leeward/steering"
)

// Source is one of the things that a map is made of.
type Source uint8

// The sources of a map.
const (
	FromDatabase Source = iota
	FromASNs
	FromNets
	FromLatency
	Sources
)

// Fault is an error of Compile that lies in one of the sources.
type Fault struct {
	Of  Source
	Err error
}

func (f *Fault) Error() string { return f.Err.Error() }

func (f *Fault) Unwrap() error { return f.Err }

// sameColos says whether two networks, nil for one without colos, have colos of the same names in the same order.
func sameColos(a, b *steering.Network) bool {
	if a == b {
		return true
	}
	names := func(n *steering.Network) (list []string) {
		if n != nil {
			for _, c := range n.Colos() {
				list = append(list, c.Name)
			}
		}
		return list
	}
	return slices.Equal(names(a), names(b))
}
