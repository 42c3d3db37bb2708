package service

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"leeward/cmd/leeward/internal/config"
	"leeward/steering"
	"leeward/steering/geo"
	"leeward/zones"
)

// atlas is the map of clients with the files that it is made of. It is immutable.
type atlas struct {
	recipe  recipe
	regions *geo.Map
	nets    *geo.Nets
	latency *geo.Latency
	taken   [geo.Sources]time.Time // when what is in service of a file was taken up
	faults  [geo.Sources]error     // why a file is not in service as it stands; nil: it is
}

// same says whether an atlas has the same map, and the same to say of the files.
func (a *atlas) same(other *atlas) bool {
	return a.recipe == other.recipe && fmt.Sprint(a.faults) == fmt.Sprint(other.faults)
}

// recipe is all that a map is made of. Equal recipes make equal maps.
type recipe struct {
	files    [geo.Sources]string   // "": none; for the geo database, the embedded one
	sums     [geo.Sources]checksum // of what is in service of them
	fallback steering.Location
	colos    string // names and locations, in order
}

func newRecipe(cfg *config.Config) recipe {
	g := cfg.Steering.Geo
	r := recipe{fallback: g.Default, files: [geo.Sources]string{
		geo.FromDatabase: g.Database, geo.FromASNs: g.ASN, geo.FromNets: g.Nets, geo.FromLatency: g.Latency}}
	for _, c := range cfg.Network.Colos() {
		r.colos += fmt.Sprintf("%s %g %g\n", c.Name, c.Location.Lat, c.Location.Lon)
	}
	return r
}

// alike says whether the recipes differ in no more than the contents of the files.
func (r recipe) alike(other recipe) bool {
	r.sums = other.sums
	return r == other
}

// keyOf names a file as the configuration does, below steering.geo.
func keyOf(of geo.Source) string { return [...]string{"database", "asn", "nets", "latency"}[of] }

// newAtlas makes the map of a configuration with colos. A large database takes seconds and much memory, so that the map of
// the atlas before, which may be nil, is kept if it would be made of the same.
//
//	a file               the atlas before          then
//	is as it was         has it                    it is not read again
//	has changed          any                       it is taken up
//	cannot be taken up   is of the same files      what is in service of it stays, with the reason in faults
//	cannot be taken up   is of others, or nil      error: there is no map
//
// Where a database cannot be read, no map can be made anew: what has changed in other files waits for it. With an atlas
// before, others are answered meanwhile: the work is done behind them.
func newAtlas(cfg *config.Config, before *atlas, log *slog.Logger) (made *atlas, err error) {
	m := making{atlas: &atlas{recipe: newRecipe(cfg)}, network: cfg.Network, before: before, stays: &atlas{}, log: log}
	if before == nil {
		return m.make()
	}
	if before.recipe.alike(m.recipe) {
		m.stays = before
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		zones.StepBack()
		made, err = m.make()
	}()
	<-done
	return made, err
}

// making is an atlas while it is made.
type making struct {
	*atlas
	network *steering.Network
	before  *atlas // nil: none
	stays   *atlas // what may stay in service: before, or the zero atlas
	log     *slog.Logger
}

func (m *making) make() (*atlas, error) {
	if err := m.read(); err != nil {
		return nil, err
	}
	if b := m.before; b != nil && b.recipe == m.recipe {
		m.regions = b.regions
	} else if of, err := m.compile(); err != nil {
		if m.stays.regions == nil {
			return nil, err
		}
		m.keep(of, err)
	}
	for of := range m.taken {
		m.taken[of] = time.Now()
		if b := m.before; b != nil && b.recipe.files[of] == m.recipe.files[of] && b.recipe.sums[of] == m.recipe.sums[of] {
			m.taken[of] = b.taken[of]
		}
	}
	return m.atlas, nil
}

// read reads all files, of the databases only their checksums.
func (m *making) read() (err error) {
	if m.nets, err = readText(m, geo.FromNets, geo.ParseNets, m.stays.nets); err != nil {
		return err
	}
	if m.latency, err = readText(m, geo.FromLatency, geo.ParseLatency, m.stays.latency); err != nil {
		return err
	}
	for _, of := range []geo.Source{geo.FromDatabase, geo.FromASNs} {
		sum, err := sumOf(m.recipe.files[of])
		if err != nil {
			err = fmt.Errorf("steering.geo.%s: %w", keyOf(of), err)
		}
		if err := m.take(of, sum, err); err != nil {
			return err
		}
	}
	return nil
}

// take takes up a file of this checksum, unless there is an error: then what is in service of the file stays, or if
// nothing is, it is given back.
func (m *making) take(of geo.Source, sum checksum, err error) error {
	if err == nil {
		m.recipe.sums[of] = sum
		return nil
	}
	if m.stays.regions == nil {
		return err
	}
	m.faults[of], m.recipe.sums[of] = err, m.stays.recipe.sums[of]
	return nil
}

// keep keeps the map that is in service, because one of the files made another impossible.
func (m *making) keep(bad geo.Source, err error) {
	for of := range m.faults {
		if m.faults[of] == nil && m.recipe.sums[of] != m.stays.recipe.sums[of] {
			m.faults[of] = fmt.Errorf("%s waits: no map can be made with steering.geo.%s as it stands", m.recipe.files[of], keyOf(bad))
		}
	}
	m.faults[bad] = err
	kept := *m.stays
	kept.faults = m.faults
	m.atlas = &kept
}

// compile makes the map anew. An error is that of a source.
func (m *making) compile() (geo.Source, error) {
	files, sums := &m.recipe.files, &m.recipe.sums
	o := geo.Options{Network: m.network, Fallback: m.recipe.fallback, Nets: m.nets, Latency: m.latency,
		Progress: progress(m.log, "compiling "+databaseName(files[geo.FromDatabase]), time.Now)}
	var err error
	if o.Database, sums[geo.FromDatabase], err = openDatabase(files[geo.FromDatabase]); err != nil {
		return geo.FromDatabase, err
	}
	if o.ASNs, sums[geo.FromASNs], err = openASNs(files[geo.FromASNs]); err != nil {
		return geo.FromASNs, err
	}
	if file, sum := files[geo.FromDatabase], sums[geo.FromDatabase]; file != "" {
		o.Reopen = func() (*geo.Database, error) { return reopen(file, sum) }
	}
	if m.regions, err = geo.Compile(o); err == nil {
		return 0, nil
	}
	of := geo.FromDatabase
	var fault *geo.Fault
	if errors.As(err, &fault) {
		of = fault.Of
	}
	if of == geo.FromDatabase || of == geo.FromASNs {
		err = fmt.Errorf("steering.geo.%s: %s: %w", keyOf(of), databaseName(files[of]), err)
	}
	return of, err
}
