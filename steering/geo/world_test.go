package geo_test

import (
	"bytes"
	"net"
	"net/netip"
	"sync"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"

	"leeward/steering"
	"leeward/steering/geo"
)

// demo is the colos of the demo, in its order.
var demo = []steering.Colo{
	at("ams", 52.31, 4.76), at("lhr", 51.47, -0.45), at("iad", 38.94, -77.46),
	at("sjc", 37.36, -121.93), at("sin", 1.36, 103.99), at("nrt", 35.76, 140.39),
}

func at(name string, lat, lon float64) steering.Colo {
	return steering.Colo{
		Name:     name,
		Location: steering.Location{Lat: lat, Lon: lon},
		Uplinks:  []steering.Uplink{{Upstreams: []string{"northway"}}},
	}
}

func network(t testing.TB, colos ...steering.Colo) *steering.Network {
	t.Helper()
	n, err := steering.NewNetwork(colos, steering.Check{Type: steering.CheckTCP, Port: 443})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// entry is a network of a database that a test writes, with the record that it points to.
type entry struct {
	prefix string
	record mmdbtype.Map
}

// In MaxMind's own layout.
func maxmind(lat, lon float64) mmdbtype.Map {
	return mmdbtype.Map{"location": mmdbtype.Map{"latitude": mmdbtype.Float64(lat), "longitude": mmdbtype.Float64(lon)}}
}

func maxmindCountry(code string) mmdbtype.Map {
	return mmdbtype.Map{"country": mmdbtype.Map{"iso_code": mmdbtype.String(code)}}
}

// In the flat layout.
func flat(lat, lon mmdbtype.DataType) mmdbtype.Map {
	return mmdbtype.Map{"latitude": lat, "longitude": lon}
}

func flatCountry(code string) mmdbtype.Map {
	return mmdbtype.Map{"country_code": mmdbtype.String(code)}
}

// write makes a database of the entries, in order: where two overlap, the later one holds.
func write(t testing.TB, options mmdbwriter.Options, entries ...entry) []byte {
	t.Helper()
	if options.DatabaseType == "" {
		options.DatabaseType = "test"
	}
	options.IncludeReservedNetworks = true
	options.BuildEpoch = 1
	tree, err := mmdbwriter.New(options)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		p := netip.MustParsePrefix(e.prefix)
		if err := tree.Insert(&net.IPNet{
			IP:   p.Addr().AsSlice(),
			Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen()),
		}, e.record); err != nil {
			t.Fatal(e.prefix, err)
		}
	}
	var b bytes.Buffer
	if _, err := tree.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(t testing.TB, data []byte) *geo.Database {
	t.Helper()
	d, err := geo.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// country is the embedded map, decompressed once for all tests.
var country = sync.OnceValues(geo.Embedded)

func embedded(t testing.TB) *geo.Database {
	t.Helper()
	d, err := country()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func compile(t testing.TB, o geo.Options) *geo.Map {
	t.Helper()
	m, err := geo.Compile(o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func nets(t testing.TB, text string, n *steering.Network) *geo.Nets {
	t.Helper()
	parsed, err := geo.ParseNets(text, "nets.txt", n)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func latency(t testing.TB, text string, n *steering.Network) *geo.Latency {
	t.Helper()
	parsed, err := geo.ParseLatency(text, "latency.txt", n)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// names is a region's colos in order: "lhr ams iad".
func names(n *steering.Network, r *steering.Region) string {
	var b bytes.Buffer
	for i, colo := range r.Order() {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(n.Colos()[colo].Name)
	}
	return b.String()
}
