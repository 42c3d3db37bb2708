package geo

import (
	"math"

	"leeward/steering"
)

// Place is where the clients of a region are, as far as it is known: the middle of them on the globe, each weighed by the IPv4
// addresses that it stands for. A region whose clients have IPv6 alone, or stand nowhere that is known, has none.
func (m *Map) Place(r *steering.Region) (steering.Location, bool) {
	return m.stands[r.Number()].location()
}

// point3 is a place on a globe of radius 1, or a sum of such: in degrees the middle of 179 and -179 would be 0.
type point3 struct{ x, y, z float64 }

func onSphere(l steering.Location) point3 {
	const rad = math.Pi / 180
	lat, lon := l.Lat*rad, l.Lon*rad
	return point3{math.Cos(lat) * math.Cos(lon), math.Cos(lat) * math.Sin(lon), math.Sin(lat)}
}

// centre adds up the places of clients.
type centre struct{ sum point3 }

func (c *centre) add(p point3, part float64) {
	c.sum.x, c.sum.y, c.sum.z = c.sum.x+p.x*part, c.sum.y+p.y*part, c.sum.z+p.z*part
}

// location is the middle of all that was added. Clients all around the globe have none.
func (c *centre) location() (steering.Location, bool) {
	const degrees = 180 / math.Pi
	flat := math.Hypot(c.sum.x, c.sum.y)
	if math.Hypot(flat, c.sum.z) == 0 {
		return steering.Location{}, false
	}
	return steering.Location{Lat: math.Atan2(c.sum.z, flat) * degrees, Lon: math.Atan2(c.sum.y, c.sum.x) * degrees}, true
}
