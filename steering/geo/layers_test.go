package geo_test

import (
	"net/netip"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"

	"leeward/steering"
	"leeward/steering/geo"
)

// located is a client, its order of colos, the exact scope, and by what.
type located struct {
	client, order string
	scope         int
	by            string
}

func checkLocated(t *testing.T, n *steering.Network, m *geo.Map, rows []located) {
	t.Helper()
	for _, row := range rows {
		client := netip.MustParseAddr(row.client)
		region, scope := m.Lookup(client)
		if got := names(n, region); got != row.order || scope != row.scope {
			t.Errorf("%s has %s/%d, not %s/%d", client, got, scope, row.order, row.scope)
		}
		if _, by, _ := m.Explain(client); by != row.by {
			t.Errorf("%s is located by %q, not %q", client, by, row.by)
		}
	}
}

func TestNetsOverTheDatabase(t *testing.T) {
	n := network(t, demo...)
	d := open(t, write(t, mmdbwriter.Options{DatabaseType: "City"},
		entry{"10.0.0.0/8", london}, entry{"10.128.0.0/9", maxmindCountry("JP")}, entry{"2a00::/16", flat(mmdbtype.Float32(51.5), mmdbtype.Float32(-0.1))}))
	m := compile(t, geo.Options{Database: d, Network: n, Fallback: demo[4].Location, Nets: nets(t, `
		10.1.0.0/16     sin
		10.1.2.0/24     sjc iad         ; within the line above
		10.1.2.3/32     @35.7,139.7
		10.127.0.0/16   @51.4,-0.2      ; no other order than around it
		8.0.0.0/6       ams             ; covers two networks of the database
		2a00:1::/32     nrt
		172.16.0.0/12   iad
	`, n)})
	checkLocated(t, n, m, []located{
		{"10.1.0.1", "sin lhr ams iad sjc nrt", 23, "nets file (line 2): sin, then City: 51.5, -0.1"},
		{"10.1.2.1", "sjc iad lhr ams nrt sin", 31, "nets file (line 3): sjc iad, then City: 51.5, -0.1"},
		{"10.1.2.3", "nrt sin sjc ams lhr iad", 32, "nets file (line 4): @35.7,139.7"},
		{"10.127.0.1", "lhr ams iad sjc nrt sin", 16, "nets file (line 5): @51.4,-0.2"},
		{"10.2.0.1", "ams lhr iad sjc nrt sin", 15, "nets file (line 6): ams, then City: 51.5, -0.1"},
		{"10.200.0.1", "ams nrt sin sjc lhr iad", 9, "nets file (line 6): ams, then country JP"},
		{"11.0.0.1", "ams sin nrt lhr sjc iad", 8, "nets file (line 6): ams, then default: not located by City"},
		{"2a00:1::1", "nrt lhr ams iad sjc sin", 32, "nets file (line 7): nrt, then City: 51.5, -0.1"},
		{"2a00::1", "lhr ams iad sjc nrt sin", 32, "City: 51.5, -0.1"},
		{"172.16.0.1", "iad sin nrt ams lhr sjc", 12, "nets file (line 8): iad, then default: not located by City"},
		{"203.0.113.1", "sin nrt ams lhr sjc iad", 2, "default: not located by City"},
	})
}

// The longest prefix in the nets file comes before its autonomous system before its country; behind the colos so named, or from
// where the line puts the client, what is measured before what is near.
func TestNetsAndLatencyOverTheDatabase(t *testing.T) {
	n := network(t, demo...)
	gb := maxmind(51.5, -0.1)
	gb["country"] = mmdbtype.Map{"iso_code": mmdbtype.String("GB")}
	d := open(t, write(t, mmdbwriter.Options{DatabaseType: "City"},
		entry{"10.0.0.0/8", gb}, entry{"11.0.0.0/8", maxmindCountry("JP")}, entry{"2a00::/16", gb}))
	a := openASNs(t, write(t, mmdbwriter.Options{},
		entry{"10.1.0.0/16", maxmindASN(64496)}, entry{"10.2.0.0/16", maxmindASN(64497)}, entry{"2a00:1::/32", flatASN("AS64496")}))
	m := compile(t, geo.Options{Database: d, ASNs: a, Network: n, Fallback: demo[4].Location,
		Nets: nets(t, `AS64496 iad
			GB @52.3,4.8
			10.1.1.0/24 sin
			AS64497 @35.7,139.7`, n),
		Latency: latency(t, `10.1.0.0/17 ams 80
			10.1.0.0/17 iad 12
			10.1.0.0/17 lhr 9
			10.2.0.0/17 nrt 30
			10.2.0.0/17 sin 20.25
			10.3.0.0/16 lhr 1
			11.0.0.0/9 lhr 2
			11.0.0.0/9 nrt 3`, n)})
	checkLocated(t, n, m, []located{
		{"10.1.200.1", "iad lhr ams sjc nrt sin", 17, "nets file (line 1): AS64496 iad, then City: 51.5, -0.1"},
		{"10.1.2.1", "iad lhr ams sjc nrt sin", 23, "nets file (line 1): AS64496 iad, then latency table (line 1): lhr 9 ms, iad 12 ms, ams 80 ms, then City: 51.5, -0.1"},
		{"10.1.1.1", "sin lhr iad ams sjc nrt", 24, "nets file (line 3): sin, then latency table (line 1): lhr 9 ms, iad 12 ms, ams 80 ms, then City: 51.5, -0.1"},
		{"10.2.200.1", "nrt sin sjc ams lhr iad", 17, "nets file (line 4): AS64497 @35.7,139.7"},
		{"10.2.2.1", "sin nrt sjc ams lhr iad", 17, "latency table (line 4): sin 20.25 ms, nrt 30 ms, then nets file (line 4): AS64497 @35.7,139.7"},
		{"10.3.0.1", "ams lhr iad sjc nrt sin", 16, "latency table (line 6): lhr 1 ms, then nets file (line 2): GB @52.3,4.8"},
		{"11.1.0.1", "lhr sin sjc ams nrt iad", 9, "latency table (line 7): lhr 2 ms, nrt 3 ms, then country JP"},
		{"11.200.0.1", "nrt sin sjc ams lhr iad", 9, "country JP"},
		{"2a00:1::1", "iad lhr ams sjc nrt sin", 32, "nets file (line 1): AS64496 iad, then City: 51.5, -0.1"},
		{"2a00:8000::1", "ams lhr iad sjc nrt sin", 17, "nets file (line 2): GB @52.3,4.8"},
		{"192.0.2.1", "sin nrt ams lhr sjc iad", 1, "default: not located by City"},
	})
}
