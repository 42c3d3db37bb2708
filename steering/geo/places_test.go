package geo_test

import (
	"math"
	"net/netip"
	"testing"

	"leeward/steering"
	"leeward/steering/geo"
)

// The place of a region is the middle of all of its clients, which a walk from scope to scope over all IPv4 addresses finds, each
// asked for by itself.
func TestPlaces(t *testing.T) {
	n := network(t, demo...)
	nets, err := geo.ParseNets("133.0.0.0/8 @-30,-60\n8.0.0.0/8 sin\nDE iad\n", "nets", n)
	if err != nil {
		t.Fatal(err)
	}
	m := compile(t, geo.Options{Database: embedded(t), Network: n, Fallback: amsterdam, Nets: nets})
	type sum struct{ x, y, z float64 }
	sums := map[*steering.Region]sum{}
	d := embedded(t)
	for at := uint64(0); at < 1<<32; {
		addr := netip.AddrFrom4([4]byte{byte(at >> 24), byte(at >> 16), byte(at >> 8), byte(at)})
		region, depth := m.Lookup(addr)
		_, deep := m.Country(addr)
		depth = max(depth, deep, 8)
		loc, _, known := d.Locate(addr)
		if addr.As4()[0] == 133 {
			loc, known = steering.Location{Lat: -30, Lon: -60}, true
		}
		if known {
			lat, lon, part := loc.Lat*math.Pi/180, loc.Lon*math.Pi/180, 1/float64(uint64(1)<<depth)
			s := sums[region]
			sums[region] = sum{s.x + part*math.Cos(lat)*math.Cos(lon), s.y + part*math.Cos(lat)*math.Sin(lon), s.z + part*math.Sin(lat)}
		}
		at += 1 << (32 - depth)
	}
	found := 0
	for _, r := range m.Regions() {
		got, ok := m.Place(r)
		s, want := sums[r]
		if ok != want {
			t.Errorf("%v has a place: %v", names(n, r), ok)
		}
		if !ok {
			continue
		}
		found++
		l := math.Sqrt(s.x*s.x + s.y*s.y + s.z*s.z)
		if lat := math.Asin(s.z/l) * 180 / math.Pi; math.Abs(lat-got.Lat) > 1e-6 {
			t.Errorf("%v lies at latitude %g, not %g", names(n, r), got.Lat, lat)
		}
		if lon := math.Atan2(s.y, s.x) * 180 / math.Pi; math.Abs(lon-got.Lon) > 1e-6 {
			t.Errorf("%v lies at longitude %g, not %g", names(n, r), got.Lon, lon)
		}
	}
	if found < 10 {
		t.Errorf("only %d regions have a place", found)
	}
}

// Clients on both sides of the date line have their middle there, not in Africa.
func TestPlaceOnTheDateLine(t *testing.T) {
	n := network(t, demo...)
	nets, err := geo.ParseNets("10.0.0.0/9 @10,179\n10.128.0.0/9 @10,-179\n", "nets", n)
	if err != nil {
		t.Fatal(err)
	}
	m := compile(t, geo.Options{Network: n, Fallback: amsterdam, Nets: nets})
	region, _ := m.Lookup(netip.MustParseAddr("10.1.2.3"))
	if at, ok := m.Place(region); !ok || math.Abs(math.Abs(at.Lon)-180) > 1e-6 || math.Abs(at.Lat-10) > 0.1 {
		t.Errorf("the middle is %v, %v", at, ok)
	}
	if at, ok := m.Place(m.Regions()[0]); ok {
		t.Errorf("clients of unknown place stand at %v", at)
	}
}
