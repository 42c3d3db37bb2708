package world

import (
	"encoding/binary"
	"fmt"
	"math"
	mathbits "math/bits"
	"math/rand/v2"
	"net"
	"os"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
)

// Database writes a city database of about so many IPv4 networks, in the layout of MaxMind. It is made as real ones are:
// a holder of address space is in one city, most of its networks are there or near, and some are anywhere.
func Database(path string, networks int) error {
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: "GeoLite2-City", IPVersion: 4, RecordSize: 28,
		IncludeReservedNetworks: true})
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(7, 8))
	cities := cities(r)
	home, end := 0, uint64(0) // of the holder that the address belongs to
	for at := uint64(0); at < 1<<32; {
		if at >= end {
			home, end = r.IntN(len(cities)), at+1<<(14+r.IntN(7))
		}
		bits := length(r, at, networks)
		var ip [4]byte
		binary.BigEndian.PutUint32(ip[:], uint32(at))
		network := &net.IPNet{IP: ip[:], Mask: net.CIDRMask(bits, 32)}
		if err := tree.Insert(network, cities[near(r, home)]); err != nil {
			return fmt.Errorf("network %s: %w", network, err)
		}
		at += 1 << (32 - bits)
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = tree.WriteTo(f)
	return err
}

const (
	countries = 200
	each      = 1000 // cities of a country
)

// cities are places, those of one country beside each other.
func cities(r *rand.Rand) []mmdbtype.Map {
	continents := []string{"AF", "AS", "EU", "NA", "OC", "SA"}
	var list []mmdbtype.Map
	for c := range countries {
		lat, lon := r.Float64()*110-50, r.Float64()*340-170
		country := mmdbtype.Map{"iso_code": mmdbtype.String([]byte{'A' + byte(c/26), 'A' + byte(c%26)})}
		continent := mmdbtype.Map{"code": mmdbtype.String(continents[c%len(continents)])}
		for range each {
			list = append(list, mmdbtype.Map{"country": country, "continent": continent, "location": mmdbtype.Map{
				"latitude": degrees(lat+r.NormFloat64()*3, 90), "longitude": degrees(lon+r.NormFloat64()*3, 180)}})
		}
	}
	return list
}

// degrees is a coordinate with four decimals, at most limit from zero.
func degrees(d, limit float64) mmdbtype.Float64 {
	return mmdbtype.Float64(math.Round(1e4*min(max(d, -limit), limit)) / 1e4)
}

// near is the city of a network whose holder is at home.
func near(r *rand.Rand, home int) int {
	switch n := r.IntN(100); {
	case n < 60:
		return home
	case n < 97: // in the same country
		return home/each*each + r.IntN(each)
	}
	return r.IntN(countries * each)
}

// length is the prefix length of the network that begins at an address, so that there are about so many in all.
func length(r *rand.Rand, at uint64, networks int) int {
	const merged = 1.3 // neighbours in the same city become one
	mean := math.Log2(merged * float64(networks))
	bits := min(max(int(mean+r.NormFloat64()*2), 8), 30)
	return max(bits, 32-mathbits.TrailingZeros64(at|1<<32))
}
