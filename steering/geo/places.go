package geo

import (
	"math"

	"leeward/steering"
)

// Place is where the clients of a region are, as far as it is known: the middle of them on the globe, each weighed by the IPv4
// addresses that it stands for. A region whose clients have IPv6 alone, or stand nowhere that is known, has none.
func (m *Map) Place(r *steering.Region) (steering.Location, bool) {
	return m.stands[r.Number()].Location()
}

// point3 is a place on a globe of radius 1, or a sum of such: in degrees the middle of 179 and -179 would be 0.
type point3 struct{ x, y, z float64 }

func onSphere(l steering.Location) point3 {
	const rad = math.Pi / 180
	lat, lon := l.Lat*rad, l.Lon*rad
	return point3{math.Cos(lat) * math.Cos(lon), math.Cos(lat) * math.Sin(lon), math.Sin(lat)}
}

// Middle adds up places. The zero value is of none.
type Middle struct{ sum point3 }

// Add adds a place that counts so much.
func (m *Middle) Add(l steering.Location, weight float64) { m.add(onSphere(l), weight) }

func (m *Middle) add(p point3, weight float64) {
	m.sum.x, m.sum.y, m.sum.z = m.sum.x+p.x*weight, m.sum.y+p.y*weight, m.sum.z+p.z*weight
}

// Location is the middle of all that was added. Places all around the globe have none.
func (m *Middle) Location() (steering.Location, bool) {
	const degrees = 180 / math.Pi
	flat := math.Hypot(m.sum.x, m.sum.y)
	if math.Hypot(flat, m.sum.z) == 0 {
		return steering.Location{}, false
	}
	return steering.Location{Lat: math.Atan2(m.sum.z, flat) * degrees, Lon: math.Atan2(m.sum.y, m.sum.x) * degrees}, true
}
