package geo

import (
	"fmt"
	"net/netip"

	"github.com/oschwald/maxminddb-golang/v2"

	"leeward/steering"
)

// Database locates addresses by a MaxMind DB held in memory. It is immutable and may be used by many goroutines.
type Database struct {
	reader    *maxminddb.Reader
	tree      tree
	countries map[string]steering.Location
	name      string
}

// Open reads a MaxMind DB (format version 2) and keeps data, which must not be changed afterwards. It is an error if
// data is no such database, or if none of its records locates anybody: by location.latitude and location.longitude or
// country.iso_code (MaxMind's layout), or by latitude and longitude or country_code (flat layout).
func Open(data []byte) (*Database, error) {
	reader, err := maxminddb.OpenBytes(data, maxminddb.DisableStringCache())
	if err != nil {
		return nil, fmt.Errorf("not a MaxMind DB: %w", err)
	}
	t, err := newTree(data, reader.Metadata)
	if err != nil {
		return nil, err
	}
	countries, err := parseCountries(countriesCSV)
	if err != nil {
		return nil, err
	}
	d := &Database{reader: reader, tree: t, countries: countries, name: reader.Metadata.DatabaseType}
	if d.name == "" {
		d.name = "database"
	}
	if err := d.checkUse(); err != nil {
		return nil, err
	}
	return d, nil
}

// checkUse looks for a first record that locates somebody.
func (d *Database) checkUse() error {
	for node := range d.tree.count {
		for _, at := range d.tree.halves(node) {
			if d.tree.isNode(at) {
				continue
			}
			p, err := d.place(at)
			if err != nil {
				return err
			}
			if p.how != unknown {
				return nil
			}
		}
	}
	return fmt.Errorf("%s has neither coordinates nor country codes: it locates nobody", d.name)
}

// place is where a record of the search tree, one that is no node, puts its clients.
func (d *Database) place(at uint32) (place, error) {
	if at == d.tree.count {
		return place{}, nil
	}
	offset, err := d.tree.offset(at)
	if err != nil {
		return place{}, err
	}
	var r record
	if err := d.reader.LookupOffset(offset).Decode(&r); err != nil {
		return place{}, fmt.Errorf("record at %d of the data: %w", offset, err)
	}
	p, err := d.locate(&r)
	if err != nil {
		return place{}, fmt.Errorf("record at %d of the data: %w", offset, err)
	}
	return p, nil
}

// Locate says where an address is, and by what: "GeoLite2-City: 51.5, -0.1" or "country GB". With ok false the location
// is unknown, and by says why. An IPv4 address in IPv6 counts as IPv4.
func (d *Database) Locate(addr netip.Addr) (loc steering.Location, by string, ok bool) {
	addr = addr.Unmap()
	if !addr.IsValid() {
		return loc, "no address", false
	}
	p, err := d.place(d.tree.find(bitsOf(addr), addr.Is4()))
	if err != nil {
		return loc, err.Error(), false
	}
	return p.at, p.by(d.name), p.how != unknown
}
