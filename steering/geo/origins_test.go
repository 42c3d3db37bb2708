package geo_test

import (
	"net/netip"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"

	"leeward/steering"
	"leeward/steering/geo"
)

// The rows are a client, its country, its autonomous system, and the prefix around it in which all have both.
func TestOrigin(t *testing.T) {
	countries := open(t, write(t, mmdbwriter.Options{IPVersion: 6, DisableIPv4Aliasing: true},
		entry{"10.0.0.0/8", maxmindCountry("GB")},
		entry{"10.128.0.0/9", flatCountry("gb")},
		entry{"10.1.0.0/16", flatCountry("JP")},
		entry{"10.2.0.0/16", flatCountry("ZZ")},
		entry{"10.3.0.0/16", maxmind(51.5, -0.1)},
		entry{"10.4.0.0/16", mmdbtype.Map{"registered_country": mmdbtype.Map{"iso_code": mmdbtype.String("XK")}}},
		entry{"2a00::/16", maxmindCountry("EH")}))
	asns := openASNs(t, write(t, mmdbwriter.Options{IPVersion: 6, DisableIPv4Aliasing: true},
		entry{"10.0.0.0/9", maxmindASN(64496)},
		entry{"10.1.2.0/24", flatASN("AS64497")},
		entry{"10.1.3.0/24", flatASN("64497")},
		entry{"10.200.0.0/16", mmdbtype.Map{"asn": mmdbtype.Uint64(4200000000)}},
		entry{"2a00:1::/32", maxmindASN(64498)}))
	both := compile(t, geo.Options{Database: countries, ASNs: asns})
	onlyCountries, onlyASNs := compile(t, geo.Options{Database: countries}), compile(t, geo.Options{ASNs: asns})
	for _, row := range []struct {
		m       *geo.Map
		client  string
		country string
		asn     uint32
		within  string
	}{
		{both, "10.64.0.1", "GB", 64496, "10.64.0.0/10"},
		{both, "10.1.0.1", "JP", 64496, "10.1.0.0/23"},
		{both, "10.1.2.1", "JP", 64497, "10.1.2.0/23"}, // two records, one number
		{both, "10.2.0.1", "", 64496, "10.2.0.0/15"},   // ZZ is no country; nor have coordinates one
		{both, "10.3.0.1", "", 64496, "10.2.0.0/15"},
		{both, "10.4.0.1", "XK", 64496, "10.4.0.0/16"},
		{both, "10.200.0.1", "GB", 4200000000, "10.200.0.0/16"},
		{both, "10.130.0.1", "GB", 0, "10.128.0.0/10"},
		{both, "::ffff:10.1.2.1", "JP", 64497, "10.1.2.0/23"},
		{both, "2a00:1::1", "EH", 64498, "2a00:1::/32"},
		{both, "2a00:8000::1", "EH", 0, "2a00:8000::/17"},
		{both, "192.0.2.1", "", 0, "128.0.0.0/1"},
		{onlyCountries, "10.1.2.1", "JP", 0, "10.1.0.0/16"},
		{onlyCountries, "10.200.0.1", "GB", 0, "10.128.0.0/9"},
		{onlyASNs, "10.1.2.1", "", 64497, "10.1.2.0/23"},
		{onlyASNs, "10.2.0.1", "", 64496, "10.2.0.0/15"},
		{compile(t, geo.Options{}), "10.1.2.1", "", 0, "0.0.0.0/0"},
	} {
		client, within := netip.MustParseAddr(row.client), netip.MustParsePrefix(row.within)
		if o, depth := row.m.Origin(client); o.Country.String() != row.country || o.ASN != row.asn || depth != within.Bits() {
			t.Errorf("%s is from %s, AS%d, within /%d, not %s, AS%d, %s", client, o.Country, o.ASN, depth, row.country, row.asn, within)
		}
	}
	if o, depth := both.Origin(netip.Addr{}); o != (steering.Origin{}) || depth != 0 {
		t.Errorf("no address is from %v, within /%d", o, depth)
	}
}

func TestOriginAllocatesNothing(t *testing.T) {
	m := compile(t, geo.Options{Database: embedded(t), ASNs: openASNs(t, write(t, mmdbwriter.Options{}, entry{"81.0.0.0/8", maxmindASN(64496)}))})
	for _, client := range []string{"81.2.69.1", "2400:4000::1", "::ffff:81.2.69.1"} {
		addr := netip.MustParseAddr(client)
		if n := testing.AllocsPerRun(100, func() { m.Origin(addr) }); n != 0 {
			t.Errorf("%s: %v allocations", client, n)
		}
	}
}

func TestCountryByTheEmbeddedMap(t *testing.T) {
	m := compile(t, geo.Options{Database: embedded(t)})
	for client, want := range map[string]string{"81.2.69.1": "GB", "8.8.8.8": "US", "133.11.0.1": "JP", "127.0.0.1": ""} {
		if c, depth := m.Country(netip.MustParseAddr(client)); c.String() != want || depth == 0 {
			t.Errorf("%s is in %q within /%d, not %q", client, c, depth, want)
		}
	}
}
