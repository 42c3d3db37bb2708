package lint

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every lint is named in the page on zones.
func TestDocumentedLints(t *testing.T) {
	page, err := os.ReadFile("../../docs/zones.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(page), "\n## What check looks for\n")
	text, _, _ = strings.Cut(text, "\n## ")
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, file := range sources {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`rule\{(?:name: )?"([a-z0-9-]+)",`).FindAllStringSubmatch(string(source), -1) {
			found[m[1]] = true
		}
	}
	if len(found) < 40 {
		t.Errorf("%d lints in the sources", len(found))
	}
	for name := range found {
		if !regexp.MustCompile(`[ ,]` + name + `[ ,]`).MatchString(text) {
			t.Errorf("zones.md lacks the lint %s", name)
		}
	}
}
