package main

import (
	"strings"
	"testing"

	"leeward/cmd/leeward-lab/internal/scenario"
)

func TestScenarios(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range scenario.All() {
		if s.Name == "" || s.About == "" || seen[s.Name] {
			t.Errorf("scenario %q wants a name of its own, and a sentence: %q", s.Name, s.About)
		}
		seen[s.Name] = true
	}
	for _, row := range []struct {
		names   string
		unknown string
		some    string // one of what they stand for
		not     string
	}{
		{"upstream", "", "upstream", "uplink"},
		{"upstream uplink", "", "uplink", "hour"},
		{"smoke", "", "upstream", "flap-20s"},
		{"all", "", "flap-20s", "hour"},
		{"all hour", "", "hour", ""},
		{"upstreem", "upstreem", "", ""},
	} {
		list, unknown := scenario.Of(strings.Fields(row.names))
		found := map[string]bool{"": true}
		for _, s := range list {
			found[s.Name] = true
		}
		if unknown != row.unknown || !found[row.some] || row.not != "" && found[row.not] {
			t.Errorf("%q stands for %v, unknown %q", row.names, found, unknown)
		}
	}
}
