package geo_test

import (
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"leeward/steering/geo"
)

// benchmarked is the embedded map and the real databases that the environment names.
func benchmarked(b *testing.B) map[string]*geo.Database {
	all := map[string]*geo.Database{"embedded": embedded(b)}
	for _, file := range filepath.SplitList(os.Getenv(databases)) {
		data, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		all[filepath.Base(file)] = open(b, data)
	}
	return all
}

func BenchmarkCompile(b *testing.B) {
	n := network(b, demo...)
	for name, d := range benchmarked(b) {
		b.Run(name, func(b *testing.B) {
			var m *geo.Map
			before := heap()
			for b.Loop() {
				m = compile(b, geo.Options{Database: d, Network: n, Fallback: amsterdam})
			}
			b.ReportMetric(float64(heap()-before)/(1<<20), "MiB-held")
			runtime.KeepAlive(m)
		})
	}
}

func heap() int64 {
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return int64(s.HeapAlloc)
}

// BenchmarkLookup looks up addresses that no cache has seen before: a million, at random.
func BenchmarkLookup(b *testing.B) {
	n := network(b, demo...)
	for name, d := range benchmarked(b) {
		m := compile(b, geo.Options{Database: d, Network: n, Fallback: amsterdam})
		for family, random := range map[string]func(*rand.Rand) netip.Addr{"IPv4": random4, "IPv6": random6} {
			dice := rand.New(rand.NewPCG(1, 1))
			addrs := [1 << 20]netip.Addr{}
			for i := range addrs {
				addrs[i] = random(dice)
			}
			b.Run(name+"/"+family, func(b *testing.B) {
				i := 0
				for b.Loop() {
					m.Lookup(addrs[i%len(addrs)])
					i++
				}
			})
		}
	}
}

func random4(d *rand.Rand) netip.Addr {
	v := d.Uint32()
	return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
}

// random6 gives addresses where networks are dense: in 2001::/16 and 2400::/6.
func random6(d *rand.Rand) netip.Addr {
	a := [16]byte{0: 0x24 + byte(d.IntN(12)), 1: byte(d.IntN(16))}
	if d.IntN(2) == 0 {
		a[0], a[1] = 0x20, 1
	}
	for i := 2; i < 8; i++ {
		a[i] = byte(d.Uint32())
	}
	return netip.AddrFrom16(a)
}
