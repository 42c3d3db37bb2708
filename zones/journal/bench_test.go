package journal

import (
	"fmt"
	"testing"

	"leeward/zones"
)

// BenchmarkLoad reads a zone of many delegations.
func BenchmarkLoad(b *testing.B) {
	origin := name(b, "big")
	const names = 100_000
	a := zones.Assemble(origin)
	for r := range version(b, origin, 1).All() {
		do(b, a.Put(r))
	}
	for i := range names {
		d := zones.Name(fmt.Sprintf("\x08d%07d", i)) + origin
		do(b, a.Put(zones.Record{Owner: d, Type: 2, TTL: 60, RData: "\x03ns1" + string(d)}),
			a.Put(zones.Record{Owner: d, Type: 2, TTL: 60, RData: "\x03ns2" + string(d)}),
			a.Put(zones.Record{Owner: "\x03ns1" + d, Type: 1, TTL: 60, RData: "abcd"}))
	}
	z, err := a.Zone(nil)
	do(b, err)
	d := Directory(b.TempDir())
	do(b, d.Save(z))
	b.ReportAllocs()
	for b.Loop() {
		_, err := d.Load(origin, nil)
		do(b, err)
	}
	b.ReportMetric(float64(b.N)*3*names/b.Elapsed().Seconds(), "records/s")
}
