package zones

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"leeward/steering"
)

// FuzzParse wants an error, or a zone that answers for each of its names and for names below them.
func FuzzParse(f *testing.F) {
	if data, err := os.ReadFile("testdata/faults.txt"); err == nil {
		for _, block := range strings.Split(string(data), "\n== ")[1:] {
			_, text, _ := strings.Cut(block, "\n")
			text, _, _ = strings.Cut(text, "-> ")
			f.Add([]byte("$TTL 60\n" + rest + text))
		}
	}
	if data, err := os.ReadFile("testdata/example.com.zone"); err == nil {
		f.Add(data)
	}
	network := testNetwork(f)
	src := Source{Origin: name(f, "z"), File: filepath.Join(f.TempDir(), "z.zone")}
	long := regexp.MustCompile(`(?i)\$generate[^\n]*\d{4}`)
	f.Fuzz(func(t *testing.T, data []byte) {
		if long.Match(data) {
			t.Skip("takes long and finds nothing more")
		}
		r := newReading(src, epoch)
		text, err := r.all(src.File, data)
		if err != nil {
			return
		}
		for _, zone := range []*Zone{text.zone(nil, text.serial), text.zone(network, 1)} {
			r.advise(zone)
			records := 0
			for name, node := range zone.nodes.all() {
				for _, s := range node.Sets() {
					records += s.Len()
					checkSet(t, s)
				}
				below := Name("\x01q" + name)
				for _, qtype := range []uint16{dns.TypeA, dns.TypeNS, dns.TypeDS, dns.TypeANY, 65280} {
					checkResult(t, zone.Lookup([]byte(name), qtype))
					if len(below) <= maxName {
						checkResult(t, zone.Lookup([]byte(below), qtype))
					}
				}
			}
			wantWritten(t, zone)
			if records != zone.Records() {
				t.Fatalf("%d records in the tree, %d counted", records, zone.Records())
			}
		}
	})
}

func checkSet(t *testing.T, s *RRset) {
	size, err := nameSize([]byte(s.Owner))
	if err != nil || size != len(s.Owner) || s.Len() == 0 {
		t.Fatalf("owner %q with %d records: %v", string(s.Owner), s.Len(), err)
	}
	total := 0
	for i := range s.Len() {
		total += 12 + len(s.RData(i))
		if want := shape(s.Type); want != "" {
			if err := fits(s.RData(i), want, nil); err != nil {
				t.Fatalf("%s: %v", s.Owner, err)
			}
		}
	}
	if total > maxSet {
		t.Fatalf("%s: %d octets", s.Owner, total)
	}
}

func checkResult(t *testing.T, r Result) {
	switch r.Kind {
	case Answer:
		if r.Node == nil {
			t.Fatal("an answer without a node")
		}
	case CNAME, DNAME, Referral:
		if r.Set == nil {
			t.Fatal("a kind that wants an RRset, without one")
		}
	case NoData, NXDomain:
		if r.Set != nil {
			t.Fatal("a negative result with an RRset")
		}
	}
}

func testNetwork(t testing.TB) *steering.Network {
	t.Helper()
	network, err := steering.NewNetwork([]steering.Colo{
		{Name: "ams", Uplinks: []steering.Uplink{
			{Upstreams: []string{"northway"}, Prefixes: prefixes("192.0.2.0/26", "2001:db8:1::/48")},
			{Upstreams: []string{"eastlink"}, Prefixes: prefixes("192.0.2.64/26")},
		}},
		{Name: "iad", Uplinks: []steering.Uplink{
			{Upstreams: []string{"northway"}, Prefixes: prefixes("198.51.100.0/24", "2001:db8:2::/48")},
		}},
	}, steering.Check{})
	if err != nil {
		t.Fatal(err)
	}
	if network, err = network.WithChecks(map[string]steering.Check{"web": {Type: steering.CheckHTTP, Port: 80}}); err != nil {
		t.Fatal(err)
	}
	return network
}
