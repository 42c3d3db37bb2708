package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"leeward/cmd/leeward/internal/service"
)

// The tables of metrics and alerts are made of the program's metrics and of the rules for Prometheus.
func TestDocumentedMetrics(t *testing.T) {
	var metrics strings.Builder
	metrics.WriteString("| metric | kind | means |\n|---|---|---|\n")
	for _, m := range service.Metrics() {
		fmt.Fprintf(&metrics, "| `%s` | %s | %s |\n", m.Name, m.Kind, m.Words)
	}
	before := page(t, "metrics.md")
	after := putBetween(t, before, "metrics", metrics.String())
	after = putBetween(t, after, "alerts", alertTable(t))
	if after == before {
		return
	}
	if !*update {
		t.Fatal("the tables of metrics.md are not those of the program: go test ./cmd/leeward -run TestDocumentedMetrics -update")
	}
	if err := os.WriteFile(filepath.Join(docsDir, "metrics.md"), []byte(after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// putBetween puts text between the lines "<!-- NAME -->" and "<!-- end of NAME -->".
func putBetween(t *testing.T, page, name, text string) string {
	t.Helper()
	begin, end := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->\n"
	above, rest, found := strings.Cut(page, begin)
	_, below, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("no place for %s", name)
	}
	return above + begin + "\n" + text + "\n" + end + below
}

// alertTable is the alerts of the rules, in their order.
func alertTable(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../packaging/prometheus/leeward.rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	var rules struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	if err := yaml.Unmarshal(text, &rules); err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("| alert | when | why |\n|---|---|---|\n")
	for _, g := range rules.Groups {
		for _, r := range g.Rules {
			when := "`" + r.Expr + "`"
			if r.For != "" {
				when += " for " + r.For
			}
			why := r.Annotations["description"]
			if why == "" || r.Labels["severity"] == "" {
				t.Errorf("%s says not why, or how bad it is", r.Alert)
			}
			fmt.Fprintf(&table, "| `%s`, %s | %s | %s |\n", r.Alert, r.Labels["severity"], strings.ReplaceAll(when, "|", `\|`), why)
		}
	}
	return table.String()
}
