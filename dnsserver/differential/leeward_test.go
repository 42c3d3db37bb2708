package differential

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"leeward/dnsserver"
	"leeward/zones"
)

// zoneFile is a zone as all servers are given it.
type zoneFile struct {
	origin string
	path   string // absolute
}

// zoneFiles are the zones of a directory. Each names itself by its first $ORIGIN.
func zoneFiles(t *testing.T, dir string) (files []zoneFile) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.zone"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no zones in", dir, err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		_, after, found := strings.Cut(string(text), "\n$ORIGIN ")
		origin, _, _ := strings.Cut(after, "\n")
		if !found {
			t.Fatalf("%s: no $ORIGIN", path)
		}
		if path, err = filepath.Abs(path); err != nil {
			t.Fatal(err)
		}
		files = append(files, zoneFile{dns.CanonicalName(origin), path})
	}
	return files
}

// large is a zone with RRsets as large as a message can be. What they are like matters to nobody: it is made.
func large(t *testing.T) zoneFile {
	z := zoneFile{"large.test.", filepath.Join(t.TempDir(), "large.zone")}
	var text strings.Builder
	text.WriteString("$ORIGIN large.test.\n$TTL 60\n@ SOA ns1.example.test. host 1 3600 600 604800 300\n@ NS ns1.example.test.\n")
	for _, records := range []int{4, 59, 61, 240} {
		for i := range records {
			fmt.Fprintf(&text, "of%d TXT \"%0255d\"\n", records, i)
		}
	}
	for i := range 4000 {
		fmt.Fprintf(&text, "addresses A 10.0.%d.%d\n", i/250, i%250)
	}
	if err := os.WriteFile(z.path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return z
}

// leeward is the server under test, with the zones.
func leeward(t *testing.T, files []zoneFile) *dnsserver.Server {
	var list []*zones.Zone
	for _, f := range files {
		origin, err := zones.ParseName(f.origin)
		if err != nil {
			t.Fatal(err)
		}
		z, _, err := zones.Parse(zones.Source{Origin: origin, File: f.path})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, z)
	}
	s := dnsserver.New()
	s.Publish(&dnsserver.View{Zones: zones.NewSet(list...), NSID: identity, Version: identity, UDPSize: udpSize,
		Cookies: dnsserver.NewCookies(secret(), secret())})
	return s
}

// loopback is the client of all queries.
var loopback = netip.MustParseAddr("127.0.0.1")

// answers are the server's responses to the queries, nil for silence.
func answers(s *dnsserver.Server, transport dnsserver.Transport, queries []query) [][]byte {
	responses := make([][]byte, len(queries))
	for i, q := range queries {
		responses[i] = s.Answer(q.packet, loopback, transport, nil)
	}
	return responses
}
