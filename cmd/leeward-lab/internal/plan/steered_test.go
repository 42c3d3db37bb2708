package plan

import (
	"os"
	"strings"
	"testing"
)

// The names are those of the table in docs/laboratory.md.
func TestSteeredNamesAsThePageSays(t *testing.T) {
	page, err := os.ReadFile("../../../../docs/laboratory.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range Six().Steered() {
		row := "| `" + strings.TrimSuffix(s.Name, "."+Origin+".") + "` | `" + s.Words + "` |"
		if !strings.Contains(strings.ReplaceAll(string(page), "| none |", "| `` |"), row) {
			t.Errorf("the page has no row %s", row)
		}
	}
}

// Where a colo is not there, or not known to all, no words have it, and the policies stay those they were.
func TestSteeredNamesWithoutAColo(t *testing.T) {
	for _, row := range []struct {
		world         World
		unknown, want string // the words of failover
	}{
		{Six(), "", "policy=failover; order=iad,ams,sjc"},
		{Six(), "iad", "policy=failover; order=ams,sjc,nrt"},
		{Three(), "", "policy=failover; order=iad,ams,nrt"},
		{Two(), "", "policy=failover; order=iad,ams"},
	} {
		names := row.world.Steered(row.unknown)
		if len(names) != len(Six().Steered()) || names[1].Words != row.want {
			t.Errorf("of %d colos, without %q: %d names, the second with %q", len(row.world.Colos), row.unknown, len(names), names[1].Words)
		}
		for _, s := range names {
			if row.unknown != "" && strings.Contains(s.Words, row.unknown) {
				t.Errorf("%s: %q, and %s is not known", s.Name, s.Words, row.unknown)
			}
		}
	}
}
