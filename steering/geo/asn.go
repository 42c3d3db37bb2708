package geo

import (
	"fmt"
	"strconv"
	"strings"
)

// ASNs knows the autonomous system of an address by a MaxMind DB held in memory. It is immutable and may be used by many
// goroutines.
type ASNs struct{ mmdb }

// OpenASNs reads a MaxMind DB (format version 2) and keeps data, which must not be changed afterwards. The number of a
// record is autonomous_system_number (MaxMind and DB-IP) or asn (ipinfo), as a number or as text, "64496" or "AS64496".
// It is an error if data is no such database, or if none of its records has one.
func OpenASNs(data []byte) (*ASNs, error) {
	d := &ASNs{}
	var err error
	if d.mmdb, err = openMMDB(data); err != nil {
		return nil, err
	}
	used, err := d.any(func(at uint32) (bool, error) {
		n, err := d.number(at)
		return n != 0, err
	})
	if err != nil {
		return nil, err
	}
	if !used {
		return nil, fmt.Errorf("%s has no AS numbers", d.name)
	}
	return d, nil
}

// number is what a record of the search tree, one that is no node, says: 0 is unknown.
func (d *ASNs) number(at uint32) (uint32, error) {
	var r struct {
		MaxMind any `maxminddb:"autonomous_system_number"`
		Flat    any `maxminddb:"asn"`
	}
	if found, err := d.decode(at, &r); !found {
		return 0, err
	}
	value := r.MaxMind
	if value == nil {
		value = r.Flat
	}
	n, err := asNumber(value)
	if err != nil {
		return 0, d.bad(at, err)
	}
	return n, nil
}

// asNumber is the number that a field has, in any of the forms in which it is written. An empty field has none.
func asNumber(field any) (uint32, error) {
	text := fmt.Sprint(field)
	if s, ok := field.(string); ok {
		text = strings.TrimPrefix(s, "AS")
	}
	if field == nil || text == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("AS number %v of type %T: a number below 2^32 is wanted", field, field)
	}
	return uint32(n), nil
}
