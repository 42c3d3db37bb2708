package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"leeward/cluster"
	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/config"
	"leeward/dnsserver"
	"leeward/zones/delegation"
)

const docsDir = "../../docs"

func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(docsDir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The complete example is a configuration.
func TestDocumentedExample(t *testing.T) {
	_, text, _ := strings.Cut(page(t, "configuration.md"), "```yaml\n")
	text, _, _ = strings.Cut(text, "```")
	dir := t.TempDir()
	for name, content := range map[string]string{"leeward.yaml": text, "gossip.key": cluster.NewKey()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := config.Load(config.Options{File: filepath.Join(dir, "leeward.yaml")})
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Colos) != 2 || len(cfg.Warnings) > 0 {
		t.Errorf("got %d colos, want 2; warnings %q, want none", len(cfg.Colos), cfg.Warnings)
	}
}

// Every field of the JSON stands in the page on operations, in backticks.
func TestDocumentedFields(t *testing.T) {
	text := page(t, "operations.md") + page(t, "api.md")
	for _, value := range []any{admin.Status{}, dnsserver.Explanation{}, dnsserver.Forecast{}, admin.ReloadResult{}, admin.ReloadRequest{},
		admin.CheckResult{}, admin.CheckedZone{}, admin.ZoneDiff{}, admin.ZoneVersion{}, admin.RollbackRequest{},
		admin.DrainRequest{}, admin.Override{}, admin.ChallengeRequest{}, admin.ChallengeResult{}, admin.Incidents{}, delegation.Report{}, build{}} {
		for _, name := range jsonNames(reflect.TypeOf(value)) {
			if !strings.Contains(text, "`"+name+"`") {
				t.Errorf("neither operations.md nor api.md has the field %s of %T", name, value)
			}
		}
	}
}

// Every rule by which a delegation is judged stands in the page on it.
func TestDocumentedRules(t *testing.T) {
	text := page(t, "delegation.md")
	for _, rule := range delegation.Rules() {
		if !strings.Contains(text, "`"+string(rule)+"`") {
			t.Errorf("delegation.md lacks the rule %s", rule)
		}
	}
}

// jsonNames are the names that a type has in JSON, those of the types in it too.
func jsonNames(of reflect.Type) []string {
	for of.Kind() == reflect.Slice || of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct {
		return nil
	}
	var names []string
	for i := range of.NumField() {
		name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
		if name == "" {
			continue
		}
		names = append(append(names, name), jsonNames(of.Field(i).Type)...)
	}
	return names
}

// Every command, and every flag of its own, stands in the page on operations; of completion, which is cobra's, the
// command alone.
func TestDocumentedCommands(t *testing.T) {
	text := page(t, "operations.md")
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		if !strings.Contains(text, "`"+cmd.CommandPath()) {
			t.Errorf("operations.md lacks the command %s", cmd.CommandPath())
		}
		cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if !strings.Contains(text, "--"+f.Name) {
				t.Errorf("operations.md lacks --%s of %s", f.Name, cmd.CommandPath())
			}
		})
		for _, below := range cmd.Commands() {
			if cmd.Name() != "completion" {
				visit(below)
			}
		}
	}
	for _, cmd := range rootCommand().Commands() {
		visit(cmd)
	}
}

// The page of pages leads to every page.
func TestDocumentedPages(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join(docsDir, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	index := page(t, "README.md")
	for _, file := range pages {
		if name := filepath.Base(file); name != "README.md" && !strings.Contains(index, "]("+name+")") {
			t.Errorf("docs/README.md does not lead to %s", name)
		}
	}
}

// Every link between pages leads to a file, and to a heading in it.
func TestDocumentedLinks(t *testing.T) {
	var pages []string
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".md") {
			pages = append(pages, path)
		}
		if err == nil && entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git") {
			return filepath.SkipDir
		}
		return err
	})
	if err != nil || len(pages) < 20 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	for _, from := range pages {
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\]\(([^():]*)\)`).FindAllStringSubmatch(string(text), -1) {
			name, heading, _ := strings.Cut(m[1], "#")
			to := from
			if name != "" {
				to = filepath.Join(filepath.Dir(from), name)
			}
			target, err := os.ReadFile(to)
			if err != nil {
				t.Errorf("%s links to %s: %v", from, m[1], err)
				continue
			}
			if heading != "" && !slices.Contains(headings(string(target)), heading) {
				t.Errorf("%s links to %s: there is no such heading", from, m[1])
			}
		}
	}
}

// headings are the anchors of a page: headings in lower case, with hyphens for spaces and without other signs.
func headings(text string) []string {
	var anchors []string
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
		anchor := regexp.MustCompile(`[^a-z0-9 _-]`).ReplaceAllString(strings.ToLower(m[1]), "")
		anchors = append(anchors, strings.ReplaceAll(anchor, " ", "-"))
	}
	return anchors
}
