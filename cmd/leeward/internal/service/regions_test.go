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
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: "City", IncludeReservedNetworks: true, BuildEpoch: 1})
	if err != nil {
		t.Fatal(err)
	}
	_, prefix, err := net.ParseCIDR("10.0.0.0/8")
	if err != nil {
		t.Fatal(err)
	}
	if err := tree.Insert(prefix, mmdbtype.Map{"latitude": mmdbtype.Float64(51.5), "longitude": mmdbtype.Float64(lon)}); err != nil {
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

// The steps are what happens to the geo database and the configuration, how a client is located then, and whether the map is
// another after a reload.
func TestMapFollowsItsDatabase(t *testing.T) {
	p := newPlace(t)
	file := filepath.Join(p.dir, "city.mmdb")
	p.write(t, "city.mmdb", city(t, -0.1))
	p.write(t, "nets.txt", "# none yet\n")
	p.edit(t, "steering: {", "steering: {geo: {database: city.mmdb, nets: nets.txt}, ")
	s, stop := p.start(t)
	reload := func(want string) bool {
		before := s.View().Map
		result, err := s.Reload(admin.ReloadRequest{ConfigToo: true})
		if err != nil || !strings.Contains(result.Error, want) || result.OK() != (want == "") {
			t.Errorf("reload: %+v, %v; not %q", result, err, want)
		}
		return s.View().Map != before
	}
	changed := "unknown: " + file + " has changed since the map was made of it: leeward reload --config-too takes it up: lhr ams"
	for _, step := range []struct {
		what    string
		do      func()
		located string
		reload  string // its error
		anew    bool
		then    string
	}{
		{"nothing", func() {}, "City: 51.5, -0.1: lhr ams", "", false, "City: 51.5, -0.1: lhr ams"},
		{"the same once more", func() { p.write(t, "city.mmdb", city(t, -0.1)) },
			"City: 51.5, -0.1: lhr ams", "", false, "City: 51.5, -0.1: lhr ams"},
		{"another TTL", func() { p.edit(t, "30s", "20s") }, "City: 51.5, -0.1: lhr ams", "", false, "City: 51.5, -0.1: lhr ams"},
		{"another check", func() { p.edit(t, "fall: 2", "fall: 3") }, "City: 51.5, -0.1: lhr ams", "", false, "City: 51.5, -0.1: lhr ams"},
		{"gone", func() { _ = os.Remove(file) }, "unknown: open " + file + ": no such file or directory: lhr ams",
			"steering.geo.database: open " + file, false, "unknown: open " + file + ": no such file or directory: lhr ams"},
		{"no database", func() { p.write(t, "city.mmdb", "x") }, changed, file + ": not a MaxMind DB", false, changed},
		{"another database", func() { p.write(t, "city.mmdb", city(t, 6)) }, changed, "", true, "City: 51.5, 6: ams lhr"},
		{"another nets file", func() { p.write(t, "nets.txt", "10.0.0.0/9 lhr") },
			"City: 51.5, 6: ams lhr", "", true, "nets file (line 1): lhr, then City: 51.5, 6: lhr ams"},
		{"a colo elsewhere", func() { p.edit(t, "lat: 52", "lat: 53") }, "nets file (line 1): lhr, then City: 51.5, 6: lhr ams",
			"", true, "nets file (line 1): lhr, then City: 51.5, 6: lhr ams"},
		{"another default", func() { p.edit(t, "nets: nets.txt", "nets: nets.txt, default: {lat: 1, lon: 2}") },
			"nets file (line 1): lhr, then City: 51.5, 6: lhr ams", "", true, "nets file (line 1): lhr, then City: 51.5, 6: lhr ams"},
		{"none", func() { p.edit(t, "database: city.mmdb, ", "") }, "nets file (line 1): lhr, then City: 51.5, 6: lhr ams",
			"", true, "nets file (line 1): lhr, then default: not located by the embedded country map: lhr ams"},
	} {
		step.do()
		if got := located(t, s); got != step.located {
			t.Errorf("%s: located by %s, not %s", step.what, got, step.located)
		}
		if anew := reload(step.reload); anew != step.anew {
			t.Errorf("%s: another map: %v", step.what, anew)
		}
		if got := located(t, s); got != step.then {
			t.Errorf("%s: after a reload located by %s, not %s", step.what, got, step.then)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}
