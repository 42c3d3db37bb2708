package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"leeward/cmd/leeward/internal/config"
)

var update = flag.Bool("update", false, "write what is made of the code into docs anew, to be read before it is committed")

// The tables of keys are made of the program's own. Where one stands, and for which groups, the page says in a line before it:
//
//	<!-- keys: node, dns -->
func TestDocumentedKeys(t *testing.T) {
	tables := map[string][]config.Key{}
	for _, k := range config.Keys() {
		group, _, _ := strings.Cut(k.Path, ".")
		group = strings.TrimSuffix(group, "[]")
		tables[group] = append(tables[group], k)
	}
	const begin, end = "<!-- keys: ", "<!-- end of keys -->\n"
	before := page(t, "configuration.md")
	var made strings.Builder
	rest := before
	for {
		text, below, found := strings.Cut(rest, begin)
		made.WriteString(text)
		if !found {
			break
		}
		groups, below, _ := strings.Cut(below, " -->\n")
		_, below, closed := strings.Cut(below, end)
		if !closed {
			t.Fatalf("configuration.md: no %q after the table of %s", strings.TrimSpace(end), groups)
		}
		made.WriteString(begin + groups + " -->\n\n| key | type | default | meaning |\n|---|---|---|---|\n")
		for group := range strings.SplitSeq(groups, ", ") {
			if len(tables[group]) == 0 {
				t.Errorf("configuration.md: there is no group %s, or it has two tables", group)
			}
			for _, k := range tables[group] {
				made.WriteString(keyRow(k))
			}
			delete(tables, group)
		}
		made.WriteString("\n" + end)
		rest = below
	}
	for group := range tables {
		t.Errorf("configuration.md has no table for %s: write \"%s%s -->\" and \"%s\" below a heading", group, begin, group, strings.TrimSpace(end))
	}
	if t.Failed() || made.String() == before {
		return
	}
	if !*update {
		t.Fatal("the tables of configuration.md are not those of the program: go test ./cmd/leeward -run TestDocumentedKeys -update")
	}
	if err := os.WriteFile(filepath.Join(docsDir, "configuration.md"), []byte(made.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// keyRow is the row of a key in its table.
//
//	the key is                      its default reads
//	required in its group           *required*
//	without a default               none
//	all or any, or several words    the words
//	any other                       the default, as in a file; what stands in brackets after it is said of it
func keyRow(k config.Key) string {
	value, aside, _ := strings.Cut(k.Default, " (")
	reads := "`" + value + "`"
	switch {
	case k.Required:
		reads = "*required*"
	case k.Default == "":
		reads = "none"
	case value == "all", value == "any", strings.Contains(value, " ") && !strings.HasPrefix(value, "["):
		reads = value
	}
	if aside != "" {
		reads += " (" + aside
	}
	return fmt.Sprintf("| `%s` | %s | %s | %s |\n", k.Path, k.Type, reads, k.Means)
}
