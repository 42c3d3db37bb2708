package geo

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the country map
	"fmt"
	"io"
)

//go:embed data/country.mmdb.gz
var countryMap []byte

// Embedded is the country map that is built into the program: where a network's addresses are registered, so a client
// stands at the place of its country. data/README.md names source and licence. Each call decompresses it anew (8 MB).
func Embedded() (*Database, error) {
	r, err := gzip.NewReader(bytes.NewReader(countryMap))
	if err != nil {
		return nil, fmt.Errorf("embedded country map: %w", err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("embedded country map: %w", err)
	}
	d, err := Open(data)
	if err != nil {
		return nil, fmt.Errorf("embedded country map: %w", err)
	}
	d.name = "the embedded country map"
	return d, nil
}
