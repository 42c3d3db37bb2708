package service

import (
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"leeward/steering"
	"leeward/steering/geo"
)

// checksum is the SHA-256 of a file; that of nothing where no file is named.
type checksum [sha256.Size]byte

// recipe is all that a map is made of. Equal recipes make equal maps.
type recipe struct {
	file     string // the geo database; "": the embedded one
	database checksum
	nets     checksum
	fallback steering.Location
	colos    string // names and locations, in order
}

// makeMap makes the map of a plane. A large database takes seconds and much memory, so that the map of the plane before
// is kept if it would be made of the same.
func (p *plane) makeMap(before *plane, log *slog.Logger) error {
	conf := p.config.Steering.Geo
	p.recipe = recipe{file: conf.Database, nets: sha256.Sum256(nil), fallback: conf.Default}
	for _, c := range p.network.Colos() {
		p.recipe.colos += fmt.Sprintf("%s %g %g\n", c.Name, c.Location.Lat, c.Location.Lon)
	}
	var nets *geo.Nets
	if conf.Nets != "" {
		text, err := os.ReadFile(conf.Nets)
		if err != nil {
			return fmt.Errorf("steering.geo.nets: %w", err)
		}
		if nets, err = geo.ParseNets(string(text), conf.Nets, p.network); err != nil {
			return err
		}
		p.recipe.nets = sha256.Sum256(text)
	}
	if before != nil && before.regions != nil {
		var err error
		if p.recipe.database, err = sumOf(conf.Database); err != nil {
			return fmt.Errorf("steering.geo.database: %w", err)
		}
		if p.recipe == before.recipe {
			p.regions = before.regions
			return nil
		}
	}
	return p.compile(nets, log)
}

// compile makes the map anew.
func (p *plane) compile(nets *geo.Nets, log *slog.Logger) error {
	database, sum, err := openDatabase(p.recipe.file)
	if err != nil {
		return fmt.Errorf("steering.geo.database: %w", err)
	}
	o := geo.Options{Database: database, Network: p.network, Fallback: p.recipe.fallback, Nets: nets,
		Progress: progress(log, "compiling "+databaseName(p.recipe.file), time.Now)}
	if file := p.recipe.file; file != "" {
		o.Reopen = func() (*geo.Database, error) { return reopen(file, sum) }
	}
	if p.regions, err = geo.Compile(o); err != nil {
		return fmt.Errorf("steering.geo.database: %s: %w", databaseName(p.recipe.file), err)
	}
	p.recipe.database = sum
	return nil
}

// openDatabase reads a geo database; for "" the embedded one.
func openDatabase(file string) (*geo.Database, checksum, error) {
	if file == "" {
		database, err := geo.Embedded()
		return database, sha256.Sum256(nil), err
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, checksum{}, err
	}
	database, err := geo.Open(data)
	if err != nil {
		return nil, checksum{}, fmt.Errorf("%s: %w", file, err)
	}
	return database, sha256.Sum256(data), nil
}

// reopen reads a geo database once more, for what the map made of it does not hold. What the file has become since would
// tell of another map.
func reopen(file string, sum checksum) (*geo.Database, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if sha256.Sum256(data) != sum {
		return nil, fmt.Errorf("%s has changed since the map was made of it: leeward reload --config-too takes it up", file)
	}
	return geo.Open(data)
}

// sumOf is the checksum of a file, which it does not hold in memory.
func sumOf(file string) (sum checksum, err error) {
	h := sha256.New()
	if file != "" {
		f, err := os.Open(file)
		if err != nil {
			return sum, err
		}
		defer f.Close()
		if _, err := io.Copy(h, f); err != nil {
			return sum, err
		}
	}
	h.Sum(sum[:0])
	return sum, nil
}

func databaseName(file string) string {
	if file == "" {
		return "the embedded country map"
	}
	return file
}
