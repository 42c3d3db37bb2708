package lint

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"leeward/zones"
)

var update = flag.Bool("update", false, "write what is said of the zones into testdata/odd.txt")

// block is one zone of testdata/odd.txt.
type block struct{ title, origin, text, want, raw string }

func blocks(t *testing.T) (preface string, list []block) {
	t.Helper()
	data, err := os.ReadFile("testdata/odd.txt")
	if err != nil {
		t.Fatal(err)
	}
	head, err := os.ReadFile("testdata/head.zone")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(data), "\n== ")
	parts[0] = strings.TrimRight(parts[0], "\n") + "\n"
	for _, part := range parts[1:] {
		title, rest, _ := strings.Cut(part, "\n")
		text, want, _ := strings.Cut(rest, "-> ")
		b := block{title, "example.", text, strings.TrimRight(want, "\n"), strings.TrimRight(title+"\n"+text, "\n")}
		if line, zone, ok := strings.Cut(text, "\n"); ok && strings.HasPrefix(line, "bare") {
			b.text = zone
			if _, origin, named := strings.Cut(line, " "); named {
				b.origin = origin
			}
		} else {
			b.text = string(head) + text
		}
		list = append(list, b)
	}
	return parts[0], list
}

// put writes the zone into a file.
func (b block) put(t testing.TB) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "zone")
	if err := os.WriteFile(file, []byte(b.text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// checked is what is said of a zone file, a line each, and whether it is good.
func checked(t *testing.T, origin, file string, now time.Time) (said []string, good bool) {
	t.Helper()
	name, err := zones.ParseName(origin)
	if err != nil {
		t.Fatal(err)
	}
	_, findings, err := Check(zones.Source{Origin: name, File: file}, now, Beside{})
	if err != nil {
		return []string{"refused: " + strings.ReplaceAll(err.Error(), file+":", "")}, false
	}
	good = true
	for _, f := range findings {
		good = good && f.Severity != Error
		for _, line := range f.Lines() {
			said = append(said, fmt.Sprintf("%s %s: %s", f.Severity, f.Lint, strings.ReplaceAll(line, file+":", "")))
		}
	}
	if len(said) == 0 {
		said = []string{"nothing"}
	}
	return said, good
}

func TestOddZones(t *testing.T) {
	text, list := blocks(t)
	for _, b := range list {
		t.Run(b.title, func(t *testing.T) {
			said, _ := checked(t, b.origin, b.put(t), time.Now())
			got := strings.Join(said, "\n   ")
			if got != b.want && !*update {
				t.Errorf("\n got %s\nwant %s", got, b.want)
			}
			text += fmt.Sprintf("\n== %s\n-> %s\n", b.raw, got)
		})
	}
	if *update {
		if err := os.WriteFile("testdata/odd.txt", []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
