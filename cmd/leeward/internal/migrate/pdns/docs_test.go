package pdns

import (
	"os"
	"strings"
	"testing"
)

// The page on coming from another server has every function.
func TestDocumentedFunctions(t *testing.T) {
	page, err := os.ReadFile("../../../../../docs/migrating.md")
	if err != nil {
		t.Fatal(err)
	}
	for name := range functions() {
		if !strings.Contains(string(page), "`"+name) {
			t.Errorf("migrating.md lacks the function %s", name)
		}
	}
}
