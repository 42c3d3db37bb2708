package migrate_test

import (
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"leeward/cmd/leeward/internal/config"
	"leeward/cmd/leeward/internal/migrate"
	"leeward/cmd/leeward/internal/migrate/gdnsd"
	"leeward/cmd/leeward/internal/migrate/geodns"
	"leeward/cmd/leeward/internal/migrate/pdns"
	"leeward/cmd/leeward/internal/service"
	"leeward/steering"
)

var update = flag.Bool("update", false, "write what is made into testdata anew, to be read before it is committed")

// TestGolden makes of what stands under in/ in each file of testdata what stands under out/. All of it loads, and none of
// it has an error by leeward check. The first word of a file's name is the peer.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			path, err := filepath.Abs(file)
			if err != nil {
				t.Fatal(err)
			}
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(t.TempDir())
			in, want := inputs(t, archive)
			peer, _, _ := strings.Cut(filepath.Base(file), "_")
			site, err := read(peer, in)
			if err != nil {
				t.Fatal(err)
			}
			made, err := site.Make(locate)
			if err != nil {
				t.Fatal(err)
			}
			got := &txtar.Archive{Comment: archive.Comment, Files: in}
			for _, f := range made.Files {
				got.Files = append(got.Files, txtar.File{Name: "out/" + f.Name, Data: []byte(f.Text)})
				save(t, "out/"+f.Name, f.Text)
			}
			loads(t)
			if *update {
				if err := os.WriteFile(path, txtar.Format(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			compare(t, got.Files[len(in):], want)
		})
	}
}

// locate puts the addresses of one network to Amsterdam, and knows no other.
func locate(a netip.Addr) (steering.Location, bool) {
	return steering.Location{Lat: 52.4, Lon: 4.9}, netip.MustParsePrefix("145.0.0.0/8").Contains(a)
}

// inputs writes the files under in/ and gives them, and those under out/.
func inputs(t *testing.T, archive *txtar.Archive) (in []txtar.File, want map[string]string) {
	t.Helper()
	want = map[string]string{}
	for _, f := range archive.Files {
		if strings.HasPrefix(f.Name, "out/") {
			want[f.Name] = string(f.Data)
			continue
		}
		in = append(in, f)
		save(t, f.Name, string(f.Data))
	}
	return in, want
}

func save(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// read reads what stands under in/.
func read(peer string, in []txtar.File) (*migrate.Site, error) {
	var names []string
	for _, f := range in {
		names = append(names, f.Name)
	}
	switch peer {
	case "gdnsd":
		return gdnsd.Read("in", false)
	case "geodns":
		return geodns.Read(names)
	case "pdns":
		return pdns.Read(names, "", false)
	}
	return nil, fmt.Errorf("no peer %s", peer)
}

// loads holds what is written under out/ to what a start and leeward check hold it to.
func loads(t *testing.T) {
	t.Helper()
	cfg, err := config.Load(config.Options{File: "out/leeward.yaml", HostName: "test"})
	if err != nil {
		t.Fatal(err)
	}
	result, err := service.Check(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, z := range result.Zones {
		if z.Error != "" {
			t.Errorf("%s: %s", z.Origin, z.Error)
		}
	}
	if len(result.Zones) == 0 {
		t.Error("no zones")
	}
}

func compare(t *testing.T, got []txtar.File, want map[string]string) {
	t.Helper()
	for _, f := range got {
		if text, ok := want[f.Name]; !ok || text != string(f.Data) {
			t.Errorf("%s is not as in testdata (-update writes it anew):\n%s", f.Name, f.Data)
		}
		delete(want, f.Name)
	}
	for name := range want {
		t.Errorf("%s is not made", name)
	}
}
