package peer

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every program is told the zone, its file and the address.
func TestConfigurations(t *testing.T) {
	programs := []*Program{Leeward("leeward")}
	for _, name := range Names() {
		programs = append(programs, Find(name))
	}
	for _, p := range programs {
		dir := t.TempDir()
		site := Site{Zones: "/zones", Origins: []string{"a.test", "b.test"}, dir: dir, listen: netip.MustParseAddrPort("127.0.0.1:5301"),
			Steer: &Steer{Colos: []Colo{{"ams", 52.31, 4.76, netip.MustParseAddr("127.241.1.1")}}, Database: "/city.mmdb", Port: 8080}}
		args, err := p.Configure(&site)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(strings.Join(args, " "), dir) {
			t.Errorf("%s is started without its directory: %v", p.Name, args)
		}
		text := written(t, dir)
		for _, want := range []string{"127.0.0.1", "5301", "/zones"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s is not told %q:\n%s", p.Name, want, text)
			}
		}
		steers := strings.Contains(text, "/city.mmdb") && strings.Contains(text, "52.31") && strings.Contains(text, "127.241.1.")
		if steers != (p.Name == "leeward" || p.Name == "gdnsd") {
			t.Errorf("%s steers: %v\n%s", p.Name, steers, text)
		}
	}
}

// written is all that lies in a directory, with the targets of links.
func written(t *testing.T, dir string) string {
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if target, err := os.Readlink(path); err == nil {
			all.WriteString(target + "\n")
			return nil
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
