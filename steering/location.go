package steering

import "math"

// earthRadius is the mean radius of the earth in km (IUGG).
const earthRadius = 6371.0088

// Location is a place on the earth in degrees: Lat from -90 to 90, Lon from -180 to 180.
type Location struct{ Lat, Lon float64 }

// Km is the great-circle distance between two locations in kilometres (haversine formula).
func (a Location) Km(b Location) float64 {
	const rad = math.Pi / 180
	sinLat := math.Sin((b.Lat - a.Lat) * rad / 2)
	sinLon := math.Sin((b.Lon - a.Lon) * rad / 2)
	h := sinLat*sinLat + math.Cos(a.Lat*rad)*math.Cos(b.Lat*rad)*sinLon*sinLon
	return 2 * earthRadius * math.Asin(math.Sqrt(min(1, h)))
}

// Valid says whether both coordinates are in range.
func (a Location) Valid() bool {
	return a.Lat >= -90 && a.Lat <= 90 && a.Lon >= -180 && a.Lon <= 180
}
