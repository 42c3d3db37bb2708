package geo_test

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"

	"leeward/steering"
	"leeward/steering/geo"
)

func small(t testing.TB) [][]byte {
	return [][]byte{
		write(t, mmdbwriter.Options{IPVersion: 4, RecordSize: 24}, entry{"10.0.0.0/8", maxmind(51.5, -0.1)}, entry{"10.1.0.0/16", maxmindCountry("JP")}),
		write(t, mmdbwriter.Options{IPVersion: 6, RecordSize: 28}, entry{"10.0.0.0/8", flatCountry("GB")}, entry{"2a00::/24", flatCountry("JP")}),
		write(t, mmdbwriter.Options{IPVersion: 6, RecordSize: 32}, entry{"2a00::/12", flat(mmdbtype.Float32(51.5), mmdbtype.Float32(-0.1))},
			entry{"2a01::/16", flat(mmdbtype.String("1.5"), mmdbtype.String("2"))}),
	}
}

// use does with a database all that can be done with one. Whatever its bytes are, it must give an error or a map.
func use(t testing.TB, data []byte, n *steering.Network) {
	d, err := geo.Open(data)
	if err != nil {
		return
	}
	m, err := geo.Compile(geo.Options{Database: d, Network: n, Fallback: amsterdam})
	for _, s := range []string{"10.0.0.1", "10.1.0.1", "2a00::1", "2002:a00:1::", "::"} {
		addr := netip.MustParseAddr(s)
		loc, by, ok := d.Locate(addr)
		if ok && !loc.Valid() || by == "" {
			t.Errorf("%s is at %v by %q", addr, loc, by)
		}
		if err != nil {
			continue
		}
		region, depth := m.Lookup(addr)
		if len(region.Order()) != len(n.Colos()) || depth < 0 || depth > addr.BitLen() {
			t.Errorf("%s has %v/%d", addr, region.Order(), depth)
		}
	}
}

func TestDamagedDatabasesGiveErrorsOrMaps(t *testing.T) {
	n := network(t, demo...)
	for _, data := range small(t) {
		for i := range data {
			for _, b := range []byte{0, 0xff, data[i] ^ 1, data[i] + 0x20} {
				damaged := bytes.Clone(data)
				damaged[i] = b
				use(t, damaged, n)
			}
			use(t, data[:i], n)
		}
	}
}

func FuzzDatabase(f *testing.F) {
	for _, data := range small(f) {
		f.Add(data)
	}
	n := network(f, demo...)
	f.Fuzz(func(t *testing.T, data []byte) { use(t, data, n) })
}

// checkPrefixes holds that each prefix of a text is located by the source that the text is.
func checkPrefixes(t *testing.T, text string, m *geo.Map, source string) {
	t.Helper()
	for line := range strings.Lines(text) {
		word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		p, err := netip.ParsePrefix(word)
		if err != nil {
			continue
		}
		if _, by, _ := m.Explain(p.Addr()); !strings.HasPrefix(by, source+" (line ") {
			t.Errorf("%q: %s is located by %q", text, p, by)
		}
	}
}

func FuzzParseNets(f *testing.F) {
	f.Add("192.0.2.0/24 ams iad\n198.51.100.0/24 @52.3,4.8 ; here\n2001:db8::/32 sin")
	f.Add("# nothing\n\n192.0.2.1/24 ams")
	f.Add("0.0.0.0/0 amz\r\n::/0 @-90,180")
	f.Add("\ufeff192.0.2.0/24 ams")
	f.Add("AS64496 iad ; by its number\nDE @52.3,4.8\nAS1.10 ams")
	n := network(f, demo...)
	world := open(f, write(f, mmdbwriter.Options{}, entry{"81.0.0.0/8", maxmindCountry("DE")}))
	asns := openASNs(f, write(f, mmdbwriter.Options{}, entry{"81.1.0.0/16", maxmindASN(64496)}))
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := geo.ParseNets(text, "nets.txt", n)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "nets.txt: line ") {
				t.Errorf("%q: error without its place: %v", text, err)
			}
			return
		}
		m, err := geo.Compile(geo.Options{Network: n, Nets: parsed, Fallback: amsterdam, Database: world, ASNs: asns})
		if err != nil {
			t.Fatal(err)
		}
		checkPrefixes(t, text, m, "nets file")
	})
}

func FuzzParseLatency(f *testing.F) {
	f.Add("192.0.2.0/24 ams 12\n192.0.2.0/24 iad 80.5\n2001:db8::/32, sin, 7 ; here")
	f.Add("# nothing\n\n192.0.2.1/24 ams 1")
	f.Add("0.0.0.0/0 amz\r\n::/0 ams NaN")
	n := network(f, demo...)
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := geo.ParseLatency(text, "latency.txt", n)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "latency.txt: line ") {
				t.Errorf("%q: error without its place: %v", text, err)
			}
			return
		}
		m, err := geo.Compile(geo.Options{Network: n, Latency: parsed, Fallback: amsterdam})
		if err != nil {
			t.Fatal(err)
		}
		checkPrefixes(t, text, m, "latency table")
	})
}

// Whatever the bytes of an AS database are, it gives an error or a map.
func FuzzASNs(f *testing.F) {
	f.Add(write(f, mmdbwriter.Options{IPVersion: 4, RecordSize: 24}, entry{"10.0.0.0/8", maxmindASN(64496)}))
	f.Add(write(f, mmdbwriter.Options{IPVersion: 6, RecordSize: 28}, entry{"10.0.0.0/8", flatASN("AS64496")}, entry{"2a00::/16", flatASN("64497")}))
	n := network(f, demo...)
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := geo.OpenASNs(data)
		if err != nil {
			return
		}
		m, err := geo.Compile(geo.Options{ASNs: d, Network: n, Fallback: amsterdam})
		if err != nil {
			return
		}
		for _, s := range []string{"10.0.0.1", "2a00::1", "::"} {
			if _, depth := m.Origin(netip.MustParseAddr(s)); depth < 0 || depth > 128 {
				t.Errorf("%s is alone within /%d", s, depth)
			}
		}
	})
}
