package geo

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"leeward/steering"
)

// record is what is read of a database's record, in either layout.
type record struct {
	// MaxMind's own layout.
	Location struct {
		Latitude  any `maxminddb:"latitude"`
		Longitude any `maxminddb:"longitude"`
	} `maxminddb:"location"`
	Country    country `maxminddb:"country"`
	Registered country `maxminddb:"registered_country"`

	// The flat layout. The coordinates are floats, doubles or text.
	Latitude    any    `maxminddb:"latitude"`
	Longitude   any    `maxminddb:"longitude"`
	CountryCode string `maxminddb:"country_code"`
}

type country struct {
	Code string `maxminddb:"iso_code"`
}

// code is the country's code in capitals, or "": where the network is, else where it is registered.
func (r *record) code() string {
	for _, code := range [...]string{r.Country.Code, r.CountryCode, r.Registered.Code} {
		if code != "" {
			return strings.ToUpper(code)
		}
	}
	return ""
}

// coordinates are the record's own. Without both of them ok is false.
func (r *record) coordinates() (loc steering.Location, ok bool, err error) {
	pair := [2]any{r.Location.Latitude, r.Location.Longitude}
	if pair[0] == nil && pair[1] == nil {
		pair = [2]any{r.Latitude, r.Longitude}
	}
	var degrees [2]float64
	for i, v := range pair {
		switch v := v.(type) {
		case float32:
			degrees[i] = float64(v)
		case float64:
			degrees[i] = v
		case string:
			if v == "" {
				return loc, false, nil
			}
			if degrees[i], err = strconv.ParseFloat(v, 64); err != nil {
				return loc, false, fmt.Errorf("coordinate %q is no number", v)
			}
		case nil:
			return loc, false, nil
		default:
			return loc, false, fmt.Errorf("coordinate of type %T: a float or text is wanted", v)
		}
	}
	loc = steering.Location{Lat: degrees[0], Lon: degrees[1]}
	return loc, true, onEarth(loc)
}

// place is where a record puts its clients, and by which of its fields.
type place struct {
	at      steering.Location
	how     how
	country string // code, or ""
}

// how says by what a client is located.
type how uint8

const (
	unknown how = iota
	byCoordinates
	byCountry
)

// locate finds the place of a record.
//
//	coordinates                       there
//	else a country with a place       there
//	else                              unknown
func (d *Database) locate(r *record) (place, error) {
	p := place{country: r.code()}
	at, ok, err := r.coordinates()
	if err != nil {
		return p, err
	}
	if ok {
		p.at, p.how = at, byCoordinates
		return p, nil
	}
	if at, ok = d.countries[p.country]; ok {
		p.at, p.how = at, byCountry
	}
	return p, nil
}

// assigned is the place's country, if there is such a one.
func (p place) assigned() steering.Country {
	if len(p.country) != 2 {
		return steering.Country{}
	}
	c := steering.Country{p.country[0], p.country[1]}
	if !c.Assigned() {
		return steering.Country{}
	}
	return c
}

// by says in words how the client is located.
func (p place) by(database string) string {
	switch {
	case p.how == byCoordinates:
		return fmt.Sprintf("%s: %s", database, inWords(p.at))
	case p.how == byCountry:
		return "country " + p.country
	case p.country != "":
		return "country " + p.country + ", whose place is unknown"
	default:
		return "not located by " + database
	}
}

// inWords gives a location to four decimals, about ten metres.
func inWords(loc steering.Location) string {
	const parts = 1e4
	return fmt.Sprintf("%g, %g", math.Round(loc.Lat*parts)/parts, math.Round(loc.Lon*parts)/parts)
}
