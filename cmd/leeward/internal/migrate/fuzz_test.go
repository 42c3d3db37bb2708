package migrate_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/miekg/dns"
	"github.com/rogpeppe/go-internal/txtar"

	"leeward/cmd/leeward/internal/migrate"
	"leeward/cmd/leeward/internal/migrate/gdnsd"
)

// holds makes what was read, and wants zones that a parser reads: nothing that stood in the input may break out of its record.
func holds(t *testing.T, site *migrate.Site, err error) {
	t.Helper()
	if err != nil {
		if !strings.Contains(err.Error(), ":") {
			t.Errorf("no place in the error: %v", err)
		}
		return
	}
	made, err := site.Make(locate)
	if err != nil {
		return // two zones of one name, more uplinks than there may be
	}
	for _, f := range made.Files {
		if !strings.HasPrefix(f.Name, "zones/") {
			continue
		}
		text := strings.ReplaceAll(f.Text, " IN ALIAS ", " IN CNAME ") // whose rdata is alike, and which the parser knows
		parser := dns.NewZoneParser(strings.NewReader(text), ".", f.Name)
		for _, ok := parser.Next(); ok; _, ok = parser.Next() {
		}
		if err := parser.Err(); err != nil {
			t.Errorf("%v\n%s", err, f.Text)
		}
	}
}

// seeds adds what stands in testdata for a peer: the files whose names end so, one for each argument.
func seeds(f *testing.F, peer string, suffixes ...string) {
	f.Helper()
	files, err := filepath.Glob("testdata/" + peer + "_*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		var args []any
		for _, suffix := range suffixes {
			for _, in := range archive.Files {
				if strings.HasPrefix(in.Name, "in/") && strings.HasSuffix(in.Name, suffix) {
					args = append(args, string(in.Data))
					break
				}
			}
		}
		if len(args) == len(suffixes) {
			f.Add(args...)
		}
	}
}

// FuzzGdnsd reads a configuration with one zone.
func FuzzGdnsd(f *testing.F) {
	seeds(f, "gdnsd", "config", "example.com")
	f.Fuzz(func(t *testing.T, config, zone string) {
		dir := t.TempDir()
		save(t, filepath.Join(dir, "config"), config)
		save(t, filepath.Join(dir, "zones", "example.com"), zone)
		site, err := gdnsd.Read(dir, false)
		holds(t, site, err)
	})
}

// FuzzGeodns reads a zone.
func FuzzGeodns(f *testing.F) {
	seeds(f, "geodns", ".json")
	f.Fuzz(func(t *testing.T, zone string) {
		path := filepath.Join(t.TempDir(), "example.com.json")
		save(t, path, zone)
		site, err := read("geodns", []txtar.File{{Name: path}})
		holds(t, site, err)
	})
}

// FuzzPdns reads a zone.
func FuzzPdns(f *testing.F) {
	seeds(f, "pdns", ".zone")
	seeds(f, "pdns", "listed")
	f.Add(". SOA 0 00 0\n ALIAS 0")
	f.Fuzz(func(t *testing.T, zone string) {
		path := filepath.Join(t.TempDir(), "example.com.zone")
		save(t, path, zone)
		site, err := read("pdns", []txtar.File{{Name: path}})
		holds(t, site, err)
	})
}
