package admin

import (
	"flag"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"leeward/cmd/leeward/internal/audit"
)

var update = flag.Bool("update", false, "write what is made of the code into docs anew, to be read before it is committed")

const docsDir = "../../../../docs/"

// table is the table of routes, of a node that cannot be asked.
func table() []Route {
	return routes(nil, nil, NewGuard(GuardOptions{Logger: slog.New(slog.DiscardHandler), Audit: audit.New("")}))
}

// The page on the API has every request, once, in the order of the program, with its role.
func TestDocumentedRequests(t *testing.T) {
	var b strings.Builder
	b.WriteString("\n| request | role | answer |\n|---|---|---|\n")
	for _, route := range table() {
		var query []string
		for _, p := range route.Query {
			query = append(query, p.Name+"=")
		}
		request := route.Method + " " + strings.NewReplacer("...}", "}", "{$}", "").Replace(route.Pattern)
		if len(query) > 0 {
			request += "?" + strings.Join(query, "&")
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", request, route.Role, route.Summary)
	}
	b.WriteString("\n")
	held(t, "api.md", "<!-- requests -->\n", "<!-- end of requests -->", b.String())
}

// held holds what stands between two marks of a page to what the program says; with -update it writes it there.
func held(t *testing.T, page, from, to, want string) {
	t.Helper()
	text, err := os.ReadFile(docsDir + page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), from)
	got, after, end := strings.Cut(rest, to)
	switch {
	case !ok || !end:
		t.Fatalf("%s lacks the marks %q and %q", page, from, to)
	case got == want:
	case !*update:
		t.Fatalf("%s is not as the program: go test ./cmd/leeward/internal/admin -run %s -update", page, t.Name())
	default:
		if err := os.WriteFile(docsDir+page, []byte(before+from+want+to+after), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
