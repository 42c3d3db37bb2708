package service

import (
	"bytes"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
	"github.com/miekg/dns"

	"leeward/cmd/leeward/internal/admin"
	"leeward/dnsserver"
)

// city is a geo database with one network, 10.0.0.0/8, which is in London, or farther east.
func city(t *testing.T, lon float64) string {
	t.Helper()
	return database(t, "City", mmdbtype.Map{"latitude": mmdbtype.Float64(51.5), "longitude": mmdbtype.Float64(lon)})
}

// database has one network, 10.0.0.0/8, with this record.
func database(t *testing.T, name string, record mmdbtype.Map) string {
	t.Helper()
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: name, IncludeReservedNetworks: true, BuildEpoch: 1})
	if err != nil {
		t.Fatal(err)
	}
	_, prefix, err := net.ParseCIDR("10.0.0.0/8")
	if err != nil {
		t.Fatal(err)
	}
	if err := tree.Insert(prefix, record); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := tree.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// edit changes a word of the configuration.
func (p *place) edit(t *testing.T, before, after string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, "leeward.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), before) {
		t.Fatalf("the configuration has no %q", before)
	}
	p.write(t, "leeward.yaml", strings.Replace(string(text), before, after, 1))
}

// located says how a client in 10.0.0.0/8 is located, and which colo is nearest to it.
func located(t *testing.T, s *Service) string {
	t.Helper()
	e, err := s.Explain(nameOf("www.example.org."), dns.TypeA, dnsserver.Asker{Subnet: netip.MustParsePrefix("10.0.0.0/24")})
	if err != nil {
		t.Fatal(err)
	}
	if (e.Client.Location == nil) != strings.Contains(e.Client.LocatedBy, "unknown: ") {
		t.Errorf("located by %s at %v", e.Client.LocatedBy, e.Client.Location)
	}
	return e.Client.LocatedBy + ": " + e.Region
}

// The steps are what happens to the files of the map and to the configuration, what a reload says is wrong, whether the map is
// another then, and how a client is located. An edit may have been taken up before the reload.
func TestMapFollowsItsFiles(t *testing.T) {
	p := newPlace(t)
	file := filepath.Join(p.dir, "city.mmdb")
	p.write(t, "city.mmdb", city(t, -0.1))
	p.write(t, "nets.txt", "# none yet\n")
	p.edit(t, "steering: {", "steering: {geo: {database: city.mmdb, nets: nets.txt}, ")
	s, stop := p.start(t)
	gone := file + ": no such file or directory"
	const west, east = "City: 51.5, -0.1: lhr ams", "City: 51.5, 6: ams lhr"
	const lhr = "nets file (line 1): lhr, then City: 51.5, 6: lhr ams"
	changed := "unknown: " + file + " has changed since the map was made of it: "
	for _, step := range []struct {
		what    string
		do      func()
		reload  string // what is wrong
		anew    bool
		located string
	}{
		{"nothing", func() {}, "", false, west},
		{"the same once more", func() { p.write(t, "city.mmdb", city(t, -0.1)) }, "", false, west},
		{"another TTL", func() { p.edit(t, "30s", "20s") }, "", false, west},
		{"another check", func() { p.edit(t, "fall: 2", "fall: 3") }, "", false, west},
		{"gone", func() { _ = os.Remove(file) }, "steering.geo.database: stat " + gone, false, "unknown: stat " + gone + ": lhr ams"},
		{"no database", func() { p.write(t, "city.mmdb", "x") }, "steering.geo.database: " + file + ": not a MaxMind DB", false, changed + "lhr ams"},
		{"another database", func() { p.write(t, "city.mmdb", city(t, 6)) }, "", true, east},
		{"another nets file", func() { p.write(t, "nets.txt", "10.0.0.0/9 lhr") }, "", true, lhr},
		{"a nets file with an error", func() { p.write(t, "nets.txt", "10.0.0.0/9 lhx") },
			p.dir + `/nets.txt: line 1: no colo is called "lhx": lhr is meant?`, false, lhr},
		{"and another TTL", func() { p.edit(t, "20s", "25s") }, `no colo is called "lhx"`, false, lhr},
		{"a nets file with an AS", func() { p.write(t, "nets.txt", "10.0.0.0/8 ams\nAS64496 ams") },
			p.dir + "/nets.txt: line 2: AS64496: there is no AS database that would know its clients (steering.geo.asn)", false, lhr},
		{"no nets file", func() { _ = os.Remove(filepath.Join(p.dir, "nets.txt")) }, "steering.geo.nets: stat " + p.dir + "/nets.txt: no such file", false, lhr},
		{"as it was", func() { p.write(t, "nets.txt", "10.0.0.0/9 lhr") }, "", false, lhr},
		{"no database, another nets file", func() {
			p.write(t, "city.mmdb", "x")
			p.write(t, "nets.txt", "10.0.0.0/9 ams")
		}, "waits: no map can be made with steering.geo.database as it stands", false, "nets file (line 1): lhr, then " + changed + "lhr ams"},
		{"as both were", func() {
			p.write(t, "city.mmdb", city(t, 6))
			p.write(t, "nets.txt", "10.0.0.0/9 lhr")
		}, "", false, lhr},
		{"a colo elsewhere", func() { p.edit(t, "lat: 52", "lat: 53") }, "", true, lhr},
		{"another default", func() { p.edit(t, "nets: nets.txt", "nets: nets.txt, default: {lat: 1, lon: 2}") }, "", true, lhr},
		{"a latency table", func() {
			p.write(t, "latency.txt", "10.0.0.0/9 lhr 3\n10.0.0.0/9 ams 2")
			p.edit(t, "nets: nets.txt", "latency: latency.txt")
		}, "", true, "latency table (line 1): ams 2 ms, lhr 3 ms, then City: 51.5, 6: ams lhr"},
		{"another", func() { p.write(t, "latency.txt", "10.0.0.0/9 lhr 1\n10.0.0.0/9 ams 2") },
			"", true, "latency table (line 1): lhr 1 ms, ams 2 ms, then City: 51.5, 6: lhr ams"},
		{"one with an error", func() { p.write(t, "latency.txt", "10.0.0.0/9 lhr 1\n10.0.0.0/9 ams 0") },
			p.dir + `/latency.txt: line 2: "0": milliseconds are a decimal number above 0`, false,
			"latency table (line 1): lhr 1 ms, ams 2 ms, then City: 51.5, 6: lhr ams"},
		{"an empty one", func() { p.write(t, "latency.txt", "") }, "", true, east},
		{"an AS database", func() {
			p.write(t, "asn.mmdb", database(t, "ASN", mmdbtype.Map{"autonomous_system_number": mmdbtype.Uint32(64496)}))
			p.write(t, "nets.txt", "AS64496 lhr")
			p.edit(t, "latency: latency.txt", "asn: asn.mmdb, nets: nets.txt")
		}, "", true, "nets file (line 1): AS64496 lhr, then City: 51.5, 6: lhr ams"},
		{"another", func() {
			p.write(t, "asn.mmdb", database(t, "ASN", mmdbtype.Map{"asn": mmdbtype.String("AS64497")}))
		}, "", true, east},
		{"one with an error", func() {
			p.write(t, "asn.mmdb", database(t, "ASN", mmdbtype.Map{"asn": mmdbtype.String("none")}))
		}, "steering.geo.asn: " + p.dir + "/asn.mmdb: record at ", false, east},
		{"none, though the nets file has a line for it", func() { p.write(t, "asn.mmdb", "x") },
			"steering.geo.asn: " + p.dir + "/asn.mmdb: not a MaxMind DB", false, east},
		{"none", func() { p.edit(t, "database: city.mmdb, asn: asn.mmdb, nets: nets.txt, ", "") }, "", true,
			"default: not located by the embedded country map: lhr ams"},
	} {
		before := s.View().Map
		step.do()
		result, err := s.Reload(admin.ReloadRequest{ConfigToo: true})
		var wrong []string
		for _, g := range result.Geo {
			if (g.Error != "") != (g.Action == "failed") {
				t.Errorf("%s: %+v", step.what, g)
			}
			if g.Error != "" {
				wrong = append(wrong, g.Error)
			}
		}
		if said := strings.Join(wrong, "\n"); err != nil || result.Error != "" || !strings.Contains(said, step.reload) || (said == "") != (step.reload == "") ||
			result.OK() != (step.reload == "") {
			t.Errorf("%s: reload: %+v, %v; not %q", step.what, result, err, step.reload)
		}
		if anew := s.View().Map != before; anew != step.anew {
			t.Errorf("%s: another map: %v", step.what, anew)
		}
		if got := located(t, s); got != step.located {
			t.Errorf("%s: located by %s, not %s", step.what, got, step.located)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// An edit is taken up without a word, one with an error is told, and nodes of other files have other digests.
func TestEditOfTheMapIsTakenUpByItself(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.write(t, "latency.txt", "")
	p.edit(t, "steering: {", "steering: {geo: {latency: latency.txt}, ")
	s, stop := p.start(t)
	digest := s.Status().NetworkDigest
	p.write(t, "latency.txt", "10.0.0.0/8 lhr 1\n10.0.0.0/8 ams 2")
	until(t, "the edit is taken up", func() bool { return strings.HasSuffix(located(t, s), ": lhr ams") })
	now := s.Status()
	if now.NetworkDigest == digest || len(now.Problems) > 0 {
		t.Errorf("the digest of the network was %s, is %s; problems %q", digest, now.NetworkDigest, now.Problems)
	}
	p.write(t, "latency.txt", "10.0.0.0/8 lhr 1\n10.0.0.0/8 amz 2")
	until(t, "the error is told", func() bool { return len(s.Status().Problems) == 1 })
	then := s.Status()
	if got := then.Geo; len(got) != 1 || got[0].Key != "latency" || !strings.HasSuffix(got[0].Error, `/latency.txt: line 2: no colo is called "amz": ams is meant?`) ||
		!got[0].Loaded.Equal(now.Geo[0].Loaded) || !strings.HasSuffix(then.Problems[0], " is in use: "+got[0].Error) || then.NetworkDigest != now.NetworkDigest {
		t.Errorf("%+v", then)
	}
	_ = os.Remove(filepath.Join(p.dir, "latency.txt"))
	until(t, "its loss is told", func() bool {
		return strings.HasSuffix(s.Status().Geo[0].Error, "latency.txt: no such file or directory")
	})
	if got := located(t, s); !strings.HasSuffix(got, ": lhr ams") {
		t.Error(got)
	}
	p.write(t, "latency.txt", "10.0.0.0/8 lhr 2\n10.0.0.0/8 ams 1")
	until(t, "it is back", func() bool { return strings.HasSuffix(located(t, s), ": ams lhr") && len(s.Status().Problems) == 0 })
	if err := stop(); err != nil {
		t.Error(err)
	}
}
