package geo_test

import (
	"math"
	"net/netip"
	"testing"

	"github.com/maxmind/mmdbwriter"

	"leeward/steering/geo"
)

// The shares are those that a walk from scope to scope, over all IPv4 addresses, adds up.
func TestShares(t *testing.T) {
	n := network(t, demo...)
	asns := openASNs(t, write(t, mmdbwriter.Options{}, entry{"10.0.0.0/9", maxmindASN(64496)}, entry{"192.0.2.128/25", maxmindASN(64497)}))
	m := compile(t, geo.Options{Database: embedded(t), ASNs: asns, Network: n, Fallback: amsterdam})
	for _, row := range []struct{ country, asn bool }{{false, false}, {true, false}, {false, true}, {true, true}} {
		want := map[geo.Class]float64{}
		for at := uint64(0); at < 1<<32; {
			addr := netip.AddrFrom4([4]byte{byte(at >> 24), byte(at >> 16), byte(at >> 8), byte(at)})
			region, depth := m.Lookup(addr)
			c := geo.Class{Region: region}
			origin, deep := m.Origin(addr)
			if depth = max(depth, deep); row.country {
				c.Origin.Country = origin.Country
			}
			if row.asn {
				c.Origin.ASN = origin.ASN
			}
			want[c] += 1 / float64(uint64(1)<<depth)
			at += 1 << (32 - depth)
		}
		got := m.Shares(row.country, row.asn)
		total := 0.
		for c, share := range got {
			total += share
			if math.Abs(share-want[c]) > 1e-9 {
				t.Errorf("%v: %v, %v has %g, not %g", row, names(n, c.Region), c.Origin, share, want[c])
			}
		}
		if len(got) != len(want) || math.Abs(total-1) > 1e-9 || row.country && len(got) < 200 {
			t.Errorf("%v: %d classes for %d, %g in all", row, len(got), len(want), total)
		}
	}
}
