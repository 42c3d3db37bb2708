package geo_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"strings"
	"testing"

	"leeward/steering/geo"
)

// A latency table of 2,000,000 lines, four colos for each of 500,000 networks, and a nets file of 1,000,000, most of them
// /24s and /48s at random, with the embedded country map.
const (
	latencyLines = 2_000_000
	netsLines    = 1_000_000
)

func randomNetwork(d *rand.Rand) netip.Prefix {
	if d.IntN(4) == 0 {
		return netip.PrefixFrom(random6(d), 48).Masked()
	}
	return netip.PrefixFrom(random4(d), 24).Masked()
}

func distinct(d *rand.Rand, n int, line func(netip.Prefix)) {
	seen := make(map[netip.Prefix]bool, n)
	for len(seen) < n {
		if p := randomNetwork(d); !seen[p] {
			seen[p] = true
			line(p)
		}
	}
}

func largeLatency() string {
	var text strings.Builder
	d := rand.New(rand.NewPCG(1, 1))
	distinct(d, latencyLines/4, func(p netip.Prefix) {
		for _, i := range d.Perm(len(demo))[:4] {
			fmt.Fprintf(&text, "%s %s %d.%d\n", p, demo[i].Name, 1+d.IntN(250), d.IntN(10))
		}
	})
	return text.String()
}

func largeNets() string {
	var text strings.Builder
	d := rand.New(rand.NewPCG(2, 2))
	distinct(d, netsLines, func(p netip.Prefix) { fmt.Fprintf(&text, "%s %s\n", p, demo[d.IntN(len(demo))].Name) })
	return text.String()
}

func BenchmarkLargeFiles(b *testing.B) {
	n := network(b, demo...)
	var nets *geo.Nets
	var latency *geo.Latency
	measure := func(name string, do func() error) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			before := heap()
			for b.Loop() {
				if err := do(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(heap()-before)/(1<<20), "MiB-held")
		})
	}
	text := largeNets()
	measure("parse nets", func() (err error) { nets, err = geo.ParseNets(text, "nets.txt", n); return err })
	text = largeLatency()
	measure("parse latency", func() (err error) { latency, err = geo.ParseLatency(text, "latency.txt", n); return err })
	for name, d := range benchmarked(b) {
		var m *geo.Map
		measure("compile/"+name, func() (err error) {
			m, err = geo.Compile(geo.Options{Database: d, Network: n, Fallback: amsterdam, Nets: nets, Latency: latency})
			return err
		})
		runtime.KeepAlive(m)
	}
}
