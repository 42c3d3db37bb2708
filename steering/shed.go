package steering

import "math"

// Marks are the loads at which a colo begins to give clients away, and to take them back, in the unit that it measures.
type Marks struct{ Low, High float64 }

// mostShed is how many slices a colo gives away at most: a number that is wrong must not empty it.
const mostShed = 90

// Shed is how many slices to give away next, by the load that is measured with what is given away now.
//
//	load              gives away
//	above High        as much as would bring it to High, and one slice more at least, up to 90 in all
//	below Low         a fifth less than now, and one slice less at least
//	between           as now
//
// The clients that are moved follow as their answers expire: it is to be asked again when they have.
func (m Marks) Shed(now uint8, load float64) uint8 {
	now = min(now, mostShed)
	switch {
	case load > m.High:
		keeps := math.Floor(float64(Slices-now) * m.High / load)
		return uint8(min(max(Slices-keeps, float64(now)+1), mostShed))
	case load < m.Low && now > 0:
		return now - max(now/5, 1)
	}
	return now
}
