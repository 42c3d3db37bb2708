package gdnsd

import (
	"os"
	"strings"
	"testing"
)

// The page on coming from another server has every plugin.
func TestDocumentedPlugins(t *testing.T) {
	page, err := os.ReadFile("../../../../../docs/migrating.md")
	if err != nil {
		t.Fatal(err)
	}
	names := foreign
	for name := range plugins() {
		names = append(names, name)
	}
	for _, name := range names {
		if !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("migrating.md lacks the plugin %s", name)
		}
	}
}
