// Command land makes the base map of the page: it reads the land of Natural Earth at 1:110m as TopoJSON, and writes a module with
// one path, projected, simplified and in whole units. assets/README.md says where the map comes from.
//
//	go run ./cmd/leeward/internal/page/internal/land land-110m.json >cmd/leeward/internal/page/assets/land.js
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math"
	"os"
	"strings"
)

// The map: so many units around the globe, from which latitude to which; how far a line may be from the coast, and how small an
// island may be to be seen, in units and units squared.
const (
	width       = 1800
	north       = 80.
	south       = -57.
	tolerance   = 0.9
	smallIsland = 9
)

// topology is what is needed of TopoJSON: arcs, whose points are the differences to the one before.
type topology struct {
	Arcs      [][][2]float64 `json:"arcs"`
	Transform struct {
		Scale, Translate [2]float64
	} `json:"transform"`
	Objects struct {
		Land struct {
			Geometries []struct {
				Arcs [][][]int `json:"arcs"`
			} `json:"geometries"`
		} `json:"land"`
	} `json:"objects"`
}

type point struct{ x, y float64 }

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: land land-110m.json >land.js")
	}
	data, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var t topology
	if err := json.Unmarshal(data, &t); err != nil {
		log.Fatal(err)
	}
	var path strings.Builder
	for _, g := range t.Objects.Land.Geometries {
		for _, polygon := range g.Arcs {
			for _, ring := range polygon {
				points, shift := unwrap(t.ring(ring))
				write(&path, simplify(within(points, 0)))
				if shift != 0 {
					write(&path, simplify(within(points, shift)))
				}
			}
		}
	}
	fmt.Printf("// Made with Natural Earth (public domain) by internal/land: do not edit.\n"+
		"export const width = %d, height = %d\nexport const path = '%s'\n", width, int(math.Ceil(y(south))), path.String())
}

// y is how far below the top of the map a latitude lies, by Patterson's projection, as the page's project.js has it.
func y(lat float64) float64 {
	p := func(lat float64) float64 {
		a := lat * math.Pi / 180
		s := a * a
		return a * (1.0148 + s*s*(0.23185+s*(-0.14499+s*0.02406)))
	}
	return (p(north) - p(lat)) * width / (2 * math.Pi)
}

// ring is the points of a ring that is made of arcs; ^i is arc i backwards.
func (t *topology) ring(arcs []int) (ring []point) {
	for _, i := range arcs {
		back := i < 0
		if back {
			i = ^i
		}
		var arc []point
		var at [2]float64
		for _, d := range t.Arcs[i] {
			at = [2]float64{at[0] + d[0], at[1] + d[1]}
			lon := at[0]*t.Transform.Scale[0] + t.Transform.Translate[0]
			lat := at[1]*t.Transform.Scale[1] + t.Transform.Translate[1]
			arc = append(arc, point{(lon + 180) * width / 360, y(max(lat, south-2))})
		}
		for j := range arc {
			if back {
				ring = append(ring, arc[len(arc)-1-j])
			} else {
				ring = append(ring, arc[j])
			}
		}
	}
	return ring
}

// unwrap makes a ring that crosses the date line go on beyond the edge of the map. What lies there belongs at the other edge: the
// ring is to be drawn again, so far to the side.
func unwrap(ring []point) (unwrapped []point, shift float64) {
	turn := 0.
	for i, p := range ring {
		if i > 0 && math.Abs(p.x-ring[i-1].x) > width/2 {
			turn += math.Copysign(width, ring[i-1].x-p.x)
		}
		p.x += turn
		unwrapped = append(unwrapped, p)
		switch {
		case p.x < 0:
			shift = width
		case p.x > width:
			shift = -width
		}
	}
	return unwrapped, shift
}

// within is a ring moved to the side, with what lies beyond the edges of the map drawn along them, out of sight.
func within(ring []point, shift float64) (moved []point) {
	for _, p := range ring {
		moved = append(moved, point{min(max(p.x+shift, -4), width+4), p.y})
	}
	return moved
}

// simplify leaves out points that lie within the tolerance of the line without them (Douglas and Peucker).
func simplify(line []point) []point {
	if len(line) < 3 {
		return line
	}
	first, last := line[0], line[len(line)-1]
	far, at := 0., 0
	for i, p := range line[1 : len(line)-1] {
		if d := distance(p, first, last); d > far {
			far, at = d, i+1
		}
	}
	if far <= tolerance {
		return []point{first, last}
	}
	return append(simplify(line[:at+1]), simplify(line[at:])[1:]...)
}

// distance is how far a point is from a line from a to b.
func distance(p, a, b point) float64 {
	dx, dy := b.x-a.x, b.y-a.y
	length := math.Hypot(dx, dy)
	if length == 0 {
		return math.Hypot(p.x-a.x, p.y-a.y)
	}
	return math.Abs(dx*(p.y-a.y)-dy*(p.x-a.x)) / length
}

// write adds a ring to a path, unless it is too small or south of the map.
func write(path *strings.Builder, ring []point) {
	area, top := 0., math.Inf(1)
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		area, top = area+p.x*q.y-q.x*p.y, min(top, p.y)
	}
	if math.Abs(area)/2 < smallIsland || top > y(south) {
		return
	}
	x, y, command := 0, 0, "M"
	for _, p := range ring[:len(ring)-1] {
		dx, dy := int(math.Round(p.x))-x, int(math.Round(p.y))-y
		x, y = x+dx, y+dy
		switch {
		case dx == 0 && dy == 0:
			continue
		case command == "":
			path.WriteString(signed(dx) + signed(dy))
		default:
			fmt.Fprintf(path, "%s%d%s", command, dx, signed(dy))
		}
		command = map[string]string{"M": "l"}[command]
	}
	path.WriteString("z")
}

// signed is a number as it follows another in a path: a minus separates by itself.
func signed(n int) string {
	if n < 0 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf(" %d", n)
}
