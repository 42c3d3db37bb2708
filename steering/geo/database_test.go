package geo_test

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"

	"leeward/steering"
	"leeward/steering/geo"
)

func TestLocate(t *testing.T) {
	d := open(t, write(t, mmdbwriter.Options{DatabaseType: "City"},
		entry{"10.1.0.0/16", maxmind(51.5, -0.1)},
		entry{"10.2.0.0/16", maxmindCountry("GB")},
		entry{"10.3.0.0/16", mmdbtype.Map{"registered_country": mmdbtype.Map{"iso_code": mmdbtype.String("JP")}}},
		entry{"10.4.0.0/16", flat(mmdbtype.Float32(51.4964), mmdbtype.Float32(-0.1224))},
		entry{"10.5.0.0/16", flat(mmdbtype.Float64(51.5), mmdbtype.Float64(-0.1))},
		entry{"10.6.0.0/16", flat(mmdbtype.String("51.5"), mmdbtype.String("-0.1"))},
		entry{"10.7.0.0/16", mmdbtype.Map{
			"latitude": mmdbtype.String(""), "longitude": mmdbtype.String(""), "country_code": mmdbtype.String("GB")}},
		entry{"10.8.0.0/16", mmdbtype.Map{"latitude": mmdbtype.Float32(1), "country_code": mmdbtype.String("GB")}},
		entry{"10.9.0.0/16", flatCountry("ZZ")},
		entry{"10.10.0.0/16", mmdbtype.Map{}},
		entry{"2a00::/16", maxmindCountry("JP")},
	))
	for _, row := range []struct {
		client, by string
		ok         bool
	}{
		{"10.1.0.1", "City: 51.5, -0.1", true},
		{"::ffff:10.1.0.1", "City: 51.5, -0.1", true},
		{"10.2.0.1", "country GB", true},
		{"10.3.0.1", "country JP", true},
		{"10.4.0.1", "City: 51.4964, -0.1224", true},
		{"10.5.0.1", "City: 51.5, -0.1", true},
		{"10.6.0.1", "City: 51.5, -0.1", true},
		{"10.7.0.1", "country GB", true},
		{"10.8.0.1", "country GB", true},
		{"10.9.0.1", "country ZZ, whose place is unknown", false},
		{"10.10.0.1", "not located by City", false},
		{"10.11.0.1", "not located by City", false},
		{"2a00::1", "country JP", true},
		{"2002:a01:1::1", "not located by City", false},
	} {
		loc, by, ok := d.Locate(netip.MustParseAddr(row.client))
		if by != row.by || ok != row.ok || ok == (loc == steering.Location{}) {
			t.Errorf("%s: %v by %q, %v", row.client, loc, by, ok)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	asn := entry{"10.0.0.0/8", mmdbtype.Map{"autonomous_system_number": mmdbtype.Uint32(64496)}}
	for _, row := range []struct {
		what string
		data []byte
		want string
	}{
		{"nothing", nil, "not a MaxMind DB"},
		{"text", []byte("192.0.2.0/24 ams\n"), "not a MaxMind DB"},
		{"half a database", half(write(t, mmdbwriter.Options{}, entry{"10.0.0.0/8", london})), "not a MaxMind DB"},
		{"no networks", write(t, mmdbwriter.Options{}), "test has neither coordinates nor country codes"},
		{"autonomous systems", write(t, mmdbwriter.Options{DatabaseType: "ASN"}, asn), "ASN has neither coordinates nor country codes"},
		{"unknown countries", write(t, mmdbwriter.Options{}, entry{"10.0.0.0/8", flatCountry("ZZ")}), "neither coordinates nor country codes"},
		{"off the earth", write(t, mmdbwriter.Options{}, entry{"10.0.0.0/8", maxmind(91, 0)}), "91, 0 is not on the earth"},
		{"no number", write(t, mmdbwriter.Options{}, entry{"10.0.0.0/8", flat(mmdbtype.String("north"), mmdbtype.String("0"))}),
			`coordinate "north" is no number`},
		{"another type", write(t, mmdbwriter.Options{}, entry{"10.0.0.0/8", flat(mmdbtype.Bool(true), mmdbtype.Bool(true))}),
			"coordinate of type bool"},
	} {
		d, err := geo.Open(row.data)
		if d != nil || err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: error %v, not %q", row.what, err, row.want)
		}
	}
}

func half(data []byte) []byte { return data[:len(data)/2] }

func TestCompileNamesTheNetworkOfABadRecord(t *testing.T) {
	d := open(t, write(t, mmdbwriter.Options{}, entry{"10.0.0.0/8", london}, entry{"192.0.2.0/24", maxmind(0, 181)}))
	_, err := geo.Compile(geo.Options{Database: d})
	if err == nil || !strings.HasPrefix(err.Error(), "network 192.0.2.0/24: record at ") {
		t.Error(err)
	}
}

// A search tree in which both halves of every node are the next one has as many networks as there are addresses; one
// whose node is its own half has no end.
func TestCompileRefusesEndlessTrees(t *testing.T) {
	for _, of := range []struct {
		record  mmdbtype.Map
		compile func(data []byte) error
		source  geo.Source
	}{
		{london, compileDatabase, geo.FromDatabase},
		{maxmindASN(64496), compileASNs, geo.FromASNs},
	} {
		for _, family := range []struct {
			version int
			host    string
			bits    int
		}{{4, "10.0.0.1/32", 32}, {6, "2a00::1/128", 128}} {
			for what, next := range map[string]func(i int) uint32{
				"itself":       func(i int) uint32 { return uint32(i) },
				"the next one": func(i int) uint32 { return uint32(i + 1) },
			} {
				data := write(t, mmdbwriter.Options{IPVersion: family.version, RecordSize: 32}, entry{family.host, of.record})
				for i := 1; i < family.bits-1; i++ {
					binary.BigEndian.PutUint32(data[i*8:], next(i))
					binary.BigEndian.PutUint32(data[i*8+4:], next(i))
				}
				err := of.compile(data)
				var fault *geo.Fault
				if !errors.As(err, &fault) || fault.Of != of.source || !strings.Contains(err.Error(), "the search tree is damaged: it does not end") {
					t.Errorf("IPv%d, every node is %s: %v", family.version, what, err)
				}
			}
		}
	}
}

func compileDatabase(data []byte) error {
	d, err := geo.Open(data)
	if err == nil {
		_, err = geo.Compile(geo.Options{Database: d})
	}
	return err
}

func compileASNs(data []byte) error {
	d, err := geo.OpenASNs(data)
	if err == nil {
		_, err = geo.Compile(geo.Options{ASNs: d})
	}
	return err
}
