package geo

import (
	"fmt"
	"net/netip"

	"leeward/steering"
)

// Database locates addresses by a MaxMind DB held in memory. It is immutable and may be used by many goroutines.
type Database struct {
	mmdb
	countries map[string]steering.Location
}

// Open reads a MaxMind DB (format version 2) and keeps data, which must not be changed afterwards. It is an error if
// data is no such database, or if none of its records locates anybody: by location.latitude and location.longitude or
// country.iso_code (MaxMind's layout), or by latitude and longitude or country_code (flat layout).
func Open(data []byte) (*Database, error) {
	d := &Database{}
	var err error
	if d.mmdb, err = openMMDB(data); err != nil {
		return nil, err
	}
	if d.countries, err = parseCountries(countriesCSV); err != nil {
		return nil, err
	}
	used, err := d.any(func(at uint32) (bool, error) {
		p, err := d.place(at)
		return p.how != unknown, err
	})
	if err != nil {
		return nil, err
	}
	if !used {
		return nil, fmt.Errorf("%s has neither coordinates nor country codes: it locates nobody", d.name)
	}
	return d, nil
}

// place is where a record of the search tree, one that is no node, puts its clients.
func (d *Database) place(at uint32) (place, error) {
	var r record
	if found, err := d.decode(at, &r); !found {
		return place{}, err
	}
	p, err := d.locate(&r)
	if err != nil {
		return place{}, d.bad(at, err)
	}
	return p, nil
}

// Locate says where an address is, and by what: "GeoLite2-City: 51.5, -0.1" or "country GB". With ok false the location
// is unknown, and by says why. An IPv4 address in IPv6 counts as IPv4.
func (d *Database) Locate(addr netip.Addr) (loc steering.Location, by string, ok bool) {
	p, err := d.placeOf(addr)
	switch {
	case !addr.IsValid():
		return loc, "no address", false
	case err != nil:
		return loc, err.Error(), false
	}
	return p.at, p.by(d.name), p.how != unknown
}

// placeOf is the place of an address.
func (d *Database) placeOf(addr netip.Addr) (place, error) {
	at, ok := d.tree.find(addr)
	if !ok {
		return place{}, nil
	}
	return d.place(at)
}
