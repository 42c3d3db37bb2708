package geo_test

import (
	"errors"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"
	"weak"

	"github.com/maxmind/mmdbwriter"

	"leeward/steering"
	"leeward/steering/geo"
)

var (
	amsterdam = demo[0].Location
	tokyo     = maxmind(35.7, 139.7)
	london    = maxmind(51.5, -0.1)
)

func TestEmbeddedMapSendsCountriesToTheirNearestColo(t *testing.T) {
	n := network(t, demo...)
	m := compile(t, geo.Options{Database: embedded(t), Network: n, Fallback: amsterdam})
	for _, row := range []struct{ prefix, colo, by string }{
		{"81.2.69.0/24", "lhr", "country GB"},
		{"8.8.8.0/24", "iad", "country US"},
		{"133.11.0.0/16", "nrt", "country JP"},
		{"2400:4000::/32", "nrt", "country JP"},
		{"127.0.0.0/8", "ams", "default: not located by the embedded country map"},
	} {
		p := netip.MustParsePrefix(row.prefix)
		region, depth := m.Lookup(p.Addr())
		if first, _, _ := strings.Cut(names(n, region), " "); first != row.colo {
			t.Errorf("%s goes to %s, not %s", p, first, row.colo)
		}
		if depth == 0 || depth > p.Addr().BitLen() {
			t.Errorf("%s has scope %d", p, depth)
		}
		if _, by, _ := m.Explain(p.Addr()); by != row.by {
			t.Errorf("%s is located by %q, not %q", p, by, row.by)
		}
	}
}

// The rows are a database, a client, the order of colos for it and the exact scope.
func TestLookup(t *testing.T) {
	v4 := mmdbwriter.Options{IPVersion: 4}
	v6 := mmdbwriter.Options{IPVersion: 6}
	for _, row := range []struct {
		what    string
		options mmdbwriter.Options
		entries []entry
		client  string
		order   string
		scope   int
	}{
		{"a network", v4, []entry{{"192.0.2.0/24", tokyo}}, "192.0.2.1", "nrt lhr", 24},
		{"beside it", v4, []entry{{"192.0.2.0/24", tokyo}}, "192.0.3.1", "lhr nrt", 24},
		{"far from it", v4, []entry{{"192.0.2.0/24", tokyo}}, "10.0.0.1", "lhr nrt", 1},
		{"equal halves", v4, []entry{{"192.0.2.0/25", tokyo}, {"192.0.2.128/25", maxmind(36, 140)}}, "192.0.2.1", "nrt lhr", 24},
		{"equal to what is around", v4, []entry{{"192.0.2.0/24", london}}, "192.0.2.1", "lhr nrt", 0},
		{"one address", v4, []entry{{"192.0.2.1/32", tokyo}}, "192.0.2.1", "nrt lhr", 32},
		{"all addresses", v4, []entry{{"0.0.0.0/1", tokyo}, {"128.0.0.0/1", tokyo}}, "192.0.2.1", "nrt lhr", 0},
		{"IPv4 in IPv6", v4, []entry{{"192.0.2.0/24", tokyo}}, "::ffff:192.0.2.1", "nrt lhr", 24},
		{"IPv6 of an IPv4 database", v4, []entry{{"192.0.2.0/24", tokyo}}, "2001:db8::1", "lhr nrt", 0},
		{"IPv4 of a database of both", v6, []entry{{"192.0.2.0/24", tokyo}}, "192.0.2.1", "nrt lhr", 24},
		{"IPv4 of an IPv6 database", v6, []entry{{"2a00::/16", tokyo}}, "192.0.2.1", "lhr nrt", 0},
		{"IPv6", v6, []entry{{"2a00::/16", tokyo}}, "2a00::1", "nrt lhr", 16},
		{"one IPv6 address", v6, []entry{{"2a00::1/128", tokyo}}, "2a00::1", "nrt lhr", 128},
		{"6to4 is no copy of IPv4", v6, []entry{{"192.0.2.0/24", tokyo}}, "2002:c000:201::1", "lhr nrt", 0},
		{"Teredo is no copy of IPv4", v6, []entry{{"192.0.2.0/24", tokyo}}, "2001:0:c000:201::1", "lhr nrt", 0},
		{"::/96 is no copy of IPv4", v6, []entry{{"192.0.2.0/24", tokyo}}, "::c000:201", "lhr nrt", 0},
		{"a country", v4, []entry{{"192.0.2.0/24", maxmindCountry("JP")}}, "192.0.2.1", "nrt lhr", 24},
		{"a flat country", v4, []entry{{"192.0.2.0/24", flatCountry("jp")}}, "192.0.2.1", "nrt lhr", 24},
		{"an unknown country beside a known", v4, []entry{{"192.0.2.0/24", flatCountry("JP")}, {"192.0.3.0/24", flatCountry("ZZ")}},
			"192.0.3.1", "lhr nrt", 24},
	} {
		n := network(t, demo[1], demo[5])
		m := compile(t, geo.Options{Database: open(t, write(t, row.options, row.entries...)), Network: n, Fallback: demo[1].Location})
		region, scope := m.Lookup(netip.MustParseAddr(row.client))
		if got := names(n, region); got != row.order || scope != row.scope {
			t.Errorf("%s: %s has %s/%d, not %s/%d", row.what, row.client, got, scope, row.order, row.scope)
		}
	}
}

func TestFewColosNeedNoScope(t *testing.T) {
	d := embedded(t)
	for _, n := range []*steering.Network{nil, network(t), network(t, demo[0])} {
		m := compile(t, geo.Options{Database: d, Network: n})
		for _, client := range []string{"81.2.69.1", "8.8.8.8", "2400:4000::1", "::"} {
			region, scope := m.Lookup(netip.MustParseAddr(client))
			if len(region.Order()) > 1 || scope != 0 {
				t.Errorf("%s has %v/%d", client, region.Order(), scope)
			}
		}
	}
}

func TestEqualOrdersShareARegion(t *testing.T) {
	n := network(t, demo...)
	m := compile(t, geo.Options{Database: embedded(t), Network: n, Fallback: amsterdam})
	v4, _ := m.Lookup(netip.MustParseAddr("133.11.0.1"))
	v6, _ := m.Lookup(netip.MustParseAddr("2400:4000::1"))
	if v4 != v6 {
		t.Errorf("clients in Japan have two regions, %v and %v", v4.Order(), v6.Order())
	}
}

func TestNoAddressIsOfUnknownLocation(t *testing.T) {
	n := network(t, demo...)
	m := compile(t, geo.Options{Database: embedded(t), Network: n, Fallback: demo[4].Location})
	region, scope := m.Lookup(netip.Addr{})
	if n.Colos()[region.Order()[0]].Name != "sin" || scope != 0 {
		t.Errorf("no address has %s/%d", names(n, region), scope)
	}
	if loc, by, _ := m.Explain(netip.Addr{}); loc != demo[4].Location || by != "default: no address" {
		t.Errorf("no address is at %v by %q", loc, by)
	}
}

func TestMapWithoutDatabase(t *testing.T) {
	n := network(t, demo...)
	m := compile(t, geo.Options{Network: n, Fallback: amsterdam, Nets: nets(t, "128.0.0.0/1 nrt", n)})
	for _, row := range []struct {
		client, first string
		scope         int
		by            string
	}{
		{"10.0.0.1", "ams", 1, "default"},
		{"192.0.2.1", "nrt", 1, "nets file (line 1): nrt, then default"},
		{"2001:db8::1", "ams", 0, "default"},
	} {
		region, scope := m.Lookup(netip.MustParseAddr(row.client))
		_, by, _ := m.Explain(netip.MustParseAddr(row.client))
		if first := n.Colos()[region.Order()[0]].Name; first != row.first || scope != row.scope || by != row.by {
			t.Errorf("%s has %s/%d by %q", row.client, first, scope, by)
		}
	}
}

// The rows are a client and what Explain says when the database can be had once more, and when it cannot. One whom the nets
// file puts somewhere needs no database.
func TestReopen(t *testing.T) {
	n := network(t, demo...)
	d := open(t, write(t, mmdbwriter.Options{DatabaseType: "City"}, entry{"10.0.0.0/8", london}))
	var gone error
	m := compile(t, geo.Options{Database: d, Network: n, Fallback: amsterdam, Nets: nets(t, "10.1.0.0/16 sin\n10.2.0.0/16 @1,2", n),
		Reopen: func() (*geo.Database, error) { return d, gone }})
	for _, row := range []struct {
		client, by, gone string
		ok               bool
	}{
		{"10.0.0.1", "City: 51.5, -0.1", "unknown: city.mmdb has changed", false},
		{"10.1.0.1", "nets file (line 1): sin, then City: 51.5, -0.1", "nets file (line 1): sin, then unknown: city.mmdb has changed", false},
		{"10.2.0.1", "nets file (line 2): @1,2", "nets file (line 2): @1,2", true},
		{"192.0.2.1", "default: not located by City", "unknown: city.mmdb has changed", false},
	} {
		client := netip.MustParseAddr(row.client)
		gone = nil
		if loc, by, ok := m.Explain(client); by != row.by || !ok || loc == (steering.Location{}) {
			t.Errorf("%s is at %v by %q, %v", client, loc, by, ok)
		}
		gone = errors.New("city.mmdb has changed")
		if loc, by, ok := m.Explain(client); by != row.gone || ok != row.ok || ok == (loc == steering.Location{}) {
			t.Errorf("without the database: %s is at %v by %q, %v", client, loc, by, ok)
		}
	}
}

func TestMapThatCanReopenKeepsNoDatabase(t *testing.T) {
	n := network(t, demo...)
	d := open(t, write(t, mmdbwriter.Options{}, entry{"10.0.0.0/8", london}))
	kept := weak.Make(d)
	m := compile(t, geo.Options{Database: d, Network: n, Reopen: func() (*geo.Database, error) { return nil, errors.New("gone") }})
	runtime.GC()
	if kept.Value() != nil {
		t.Error("the database is still there")
	}
	if region, _ := m.Lookup(netip.MustParseAddr("10.0.0.1")); n.Colos()[region.Order()[0]].Name != "lhr" {
		t.Errorf("10.0.0.1 has %s", names(n, region))
	}
}

func TestProgressGoesFromNothingToAll(t *testing.T) {
	var all []float64
	compile(t, geo.Options{Database: embedded(t), Network: network(t, demo...), Progress: func(done, total int) {
		all = append(all, float64(done)/float64(total))
	}})
	if len(all) < 100 || all[0] > 0.01 || all[len(all)-1] < 0.99 || all[len(all)-1] > 1 || !slices.IsSorted(all) {
		t.Errorf("told %d times: %v", len(all), all)
	}
}

func TestCompileRefusesOptionsThatDoNotFit(t *testing.T) {
	n := network(t, demo...)
	for want, o := range map[string]geo.Options{
		"default location 91, 0 is not on the earth (latitude -90 to 90, longitude -180 to 180)": {
			Network: n, Fallback: steering.Location{Lat: 91},
		},
		"the nets file was parsed for other colos":     {Network: n, Nets: nets(t, "", network(t, demo[0]))},
		"the latency table was parsed for other colos": {Network: n, Latency: latency(t, "", network(t, demo[0]))},
		"nets.txt: line 2: AS64497: there is no AS database that would know its clients (steering.geo.asn)": {
			Network: n, Nets: nets(t, "10.0.0.0/8 ams\nAS64497 ams\nAS64496 ams", n)},
		"nets.txt: line 2: DE: the geo database has no country codes (steering.geo.database)": {
			Network: n, Nets: nets(t, "\nDE ams\nGB lhr", n),
			Database: open(t, write(t, mmdbwriter.Options{}, entry{"10.0.0.0/8", london}))},
	} {
		if _, err := geo.Compile(o); err == nil || err.Error() != want {
			t.Errorf("error %v, not %s", err, want)
		}
	}
}

func TestLookupAllocatesNothing(t *testing.T) {
	m := compile(t, geo.Options{Database: embedded(t), Network: network(t, demo...)})
	for _, client := range []string{"81.2.69.1", "2400:4000::1", "::ffff:81.2.69.1"} {
		addr := netip.MustParseAddr(client)
		if n := testing.AllocsPerRun(100, func() { m.Lookup(addr) }); n != 0 {
			t.Errorf("%s: %v allocations", client, n)
		}
	}
}
