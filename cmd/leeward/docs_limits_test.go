package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every constant that the page on limits names stands in its file with that value.
func TestDocumentedLimits(t *testing.T) {
	spaces := regexp.MustCompile(`\s+`)
	found := 0
	for _, m := range regexp.MustCompile("(?m)\\| `([a-z][\\w/]*\\.go)` `([^`]+)` \\|$").FindAllStringSubmatch(page(t, "limits.md"), -1) {
		found++
		source, err := os.ReadFile(filepath.Join("../..", m[1]))
		if err != nil {
			t.Error(err)
			continue
		}
		if !strings.Contains(spaces.ReplaceAllString(string(source), " "), m[2]) {
			t.Errorf("%s does not have %s", m[1], m[2])
		}
	}
	if found < 20 {
		t.Errorf("limits.md names %d constants: its tables are written otherwise", found)
	}
}
