package zones

import (
	"strings"
	"testing"
)

// A zone that begins without any TTL has the minimum of its SOA for one, and is told about it.
func TestNoTTL(t *testing.T) {
	const soa = "SOA ns hostmaster 1 3600 600 604800 60\n"
	for _, row := range []struct {
		name, text string
		ttl        uint32 // of the SOA
		said       string // by the warning or the error
	}{
		{"$TTL", "$TTL 300\n@ IN " + soa, 300, ""},
		{"its own", "@ 300 IN " + soa, 300, ""},
		{"none, with class", "@ IN " + soa, 60, "testdata/memory.zone:1: no TTL, here or by $TTL before: the SOA's minimum, 60, is taken"},
		{"none, without class", "@ " + soa, 60, "testdata/memory.zone:1: no TTL, here or by $TTL before: the SOA's minimum, 60, is taken"},
		{"another record first", "www A 192.0.2.1\n@ " + soa, 0, `testdata/memory.zone:1: "www.z.test.": no TTL: neither here nor by $TTL before`},
	} {
		z, warnings, err := parseText(t, "z.test.", row.text+"@ NS ns\nns A 192.0.2.53\n")
		var said []string
		for _, w := range warnings {
			said = append(said, w.String())
		}
		if err != nil {
			said = append(said, err.Error())
		} else if z.SOA().TTL != row.ttl || z.Lookup([]byte("\x02ns\x01z\x04test\x00"), 1).Set.TTL != row.ttl {
			t.Errorf("%s: the SOA's TTL is %d", row.name, z.SOA().TTL)
		}
		if got := strings.Join(said, "\n"); !strings.HasSuffix(got, row.said) || row.said == "" && got != "" {
			t.Errorf("%s: said %q", row.name, got)
		}
	}
}
