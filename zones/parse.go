package zones

import (
	"errors"

	"leeward/steering"
)

// Source says where the text of a zone is.
type Source struct {
	Origin  Name
	File    string            // path of the zone file
	Root    string            // directory that $INCLUDE stays inside; "" is the directory of File
	Network *steering.Network // nil: nothing is steered
}

// Warning is a fault of a zone that does not keep it from being served.
type Warning struct {
	File string
	Line int // from 1
	Text string
}

// Parse reads a zone.
func Parse(src Source) (*Zone, []Warning, error) { return nil, nil, errors.ErrUnsupported }
