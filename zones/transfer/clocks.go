package transfer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"leeward/zones"
)

// clock is what must outlive a restart of a zone, beside its content.
type clock struct {
	Checked time.Time `json:"checked"` // when a primary last answered for it
	Expires time.Time `json:"expires"`
	Catalog string    `json:"catalog,omitempty"` // that lists it; "": the configuration does
	Label   string    `json:"label,omitempty"`   // that it has in the catalog, in hexadecimal
	Node    bool      `json:"node,omitempty"`    // the catalog is that of a node
}

// wanted is why the zone was there.
func (c clock) wanted(catalog zones.Name, label string) wanted {
	return wanted{Secondary: Secondary{Node: c.Node}, catalog: catalog, label: label}
}

// readClocks reads the file of clocks. One that is not there has none.
func readClocks(file string) (map[zones.Name]clock, error) {
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var written map[string]clock
	if err == nil {
		err = json.Unmarshal(data, &written)
	}
	if err != nil {
		return nil, fmt.Errorf("the times of the last refreshes are lost: %w", err)
	}
	clocks := make(map[zones.Name]clock, len(written))
	for text, c := range written {
		if origin, err := zones.ParseName(text); err == nil {
			clocks[origin.Lower()] = c
		}
	}
	return clocks, nil
}

// writeClocks puts a new file into the place of the old one, so that there is a whole one at any time.
func writeClocks(file string, clocks map[zones.Name]clock) error {
	written := make(map[string]clock, len(clocks))
	for origin, c := range clocks {
		written[origin.String()] = c
	}
	data, err := json.Marshal(written)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	beside := file + ".new"
	f, err := os.OpenFile(beside, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(beside, file)
}
