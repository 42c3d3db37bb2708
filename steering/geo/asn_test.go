package geo_test

import (
	"strings"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"

	"leeward/steering/geo"
)

func maxmindASN(n uint32) mmdbtype.Map {
	return mmdbtype.Map{"autonomous_system_number": mmdbtype.Uint32(n)}
}

func flatASN(text string) mmdbtype.Map { return mmdbtype.Map{"asn": mmdbtype.String(text)} }

func openASNs(t testing.TB, data []byte) *geo.ASNs {
	t.Helper()
	d, err := geo.OpenASNs(data)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestOpenASNsRefuses(t *testing.T) {
	for _, row := range []struct {
		what string
		data []byte
		want string
	}{
		{"nothing", nil, "not a MaxMind DB"},
		{"text", []byte("192.0.2.0/24 64496\n"), "not a MaxMind DB"},
		{"no networks", write(t, mmdbwriter.Options{}), "test has no AS numbers"},
		{"cities", write(t, mmdbwriter.Options{DatabaseType: "City"}, entry{"10.0.0.0/8", london}), "City has no AS numbers"},
		{"empty numbers", write(t, mmdbwriter.Options{}, entry{"10.0.0.0/8", flatASN("")}), "test has no AS numbers"},
		{"no number", write(t, mmdbwriter.Options{}, entry{"10.0.0.0/8", flatASN("Example")}),
			"AS number Example of type string: a number below 2^32 is wanted"},
		{"too large", write(t, mmdbwriter.Options{}, entry{"10.0.0.0/8", mmdbtype.Map{"asn": mmdbtype.Uint64(1 << 32)}}),
			"AS number 4294967296 of type uint64: a number below 2^32 is wanted"},
		{"another type", write(t, mmdbwriter.Options{}, entry{"10.0.0.0/8", mmdbtype.Map{"asn": mmdbtype.Bool(true)}}),
			"AS number true of type bool: a number below 2^32 is wanted"},
	} {
		d, err := geo.OpenASNs(row.data)
		if d != nil || err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: error %v, not %q", row.what, err, row.want)
		}
	}
}

func TestCompileNamesTheNetworkOfABadASN(t *testing.T) {
	d := openASNs(t, write(t, mmdbwriter.Options{}, entry{"10.0.0.0/8", maxmindASN(64496)}, entry{"192.0.2.0/24", flatASN("AS-1")}))
	_, err := geo.Compile(geo.Options{ASNs: d})
	if err == nil || !strings.HasPrefix(err.Error(), "network 192.0.2.0/24: AS database: record at ") {
		t.Error(err)
	}
}
