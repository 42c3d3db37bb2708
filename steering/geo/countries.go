package geo

import (
	_ "embed" // the countries table
	"fmt"
	"strconv"
	"strings"

	"leeward/steering"
)

//go:embed data/countries.csv
var countriesCSV string

// parseCountries reads the countries table: a heading, then country (ISO 3166-1 alpha-2), latitude, longitude and a
// column that is not used here.
func parseCountries(text string) (map[string]steering.Location, error) {
	places := map[string]steering.Location{}
	line := 0
	for s := range strings.Lines(text) {
		if line++; line == 1 {
			continue
		}
		row := strings.Split(s, ",")
		if len(row) != 4 {
			return nil, fmt.Errorf("countries table: line %d: %d columns, not 4", line, len(row))
		}
		loc, err := parseLocation(row[1], row[2])
		if err != nil {
			return nil, fmt.Errorf("countries table: line %d: %w", line, err)
		}
		if _, err := steering.ParseCountry(row[0]); err != nil {
			return nil, fmt.Errorf("countries table: line %d: %w", line, err)
		}
		places[row[0]] = loc
	}
	return places, nil
}

// parseLocation reads a latitude and a longitude in decimal degrees.
func parseLocation(lat, lon string) (steering.Location, error) {
	var loc steering.Location
	var err error
	if loc.Lat, err = strconv.ParseFloat(lat, 64); err != nil {
		return loc, fmt.Errorf("latitude %q is no number", steering.Cut(lat))
	}
	if loc.Lon, err = strconv.ParseFloat(lon, 64); err != nil {
		return loc, fmt.Errorf("longitude %q is no number", steering.Cut(lon))
	}
	return loc, onEarth(loc)
}

func onEarth(loc steering.Location) error {
	if !loc.Valid() {
		return fmt.Errorf("location %g, %g is not on the earth (latitude -90 to 90, longitude -180 to 180)", loc.Lat, loc.Lon)
	}
	return nil
}
