package main

import (
	"os/exec"
	"strings"
	"testing"
)

// forbidden imports, each with its reason. A package stands for itself and all below it, but for those in except.
var forbidden = []struct {
	pkg, except, imports, reason string
}{
	{"leeward/steering", "", "leeward/zones", "decisions are pure: they know no zone text"},
	{"leeward/steering", "", "leeward/dnsserver", "decisions are pure: they know no message"},
	{"leeward/steering", "", "leeward/cluster", "decisions are pure: facts arrive as values"},
	{"leeward/steering", "", "leeward/cmd", "nothing imports the program"},
	{"leeward/steering", "leeward/steering/geo", "net", "decisions do no I/O"},
	{"leeward/steering", "", "os", "decisions do no I/O: opening files is the program's business"},
	{"leeward/steering", "", "sync", "decisions take no lock"},
	{"leeward/steering", "", "log/slog", "who decides returns values; who acts logs"},
	{"leeward/zones", "", "leeward/dnsserver", "zones are looked up in, and know no message"},
	{"leeward/zones", "", "leeward/cluster", "zones travel by the standard means"},
	{"leeward/zones", "", "leeward/cmd", "nothing imports the program"},
	{"leeward/zones/journal", "", "log/slog", "what is lost is returned: who serves the zone says so"},
	{"leeward/zones/journal", "", "github.com/miekg/dns", "records are kept as they are, and understood by zones alone"},
	{"leeward/zones", "leeward/zones/transfer leeward/zones/delegation", "net", "who speaks to other servers does so in a package of its own"},
	{"leeward/zones", "leeward/zones/transfer", "leeward/zones/transfer", "a zone does not know how it came here"},
	{"leeward/dnsserver", "", "leeward/zones/transfer", "an answer follows from the view alone: it starts nothing"},
	{"leeward/zones/delegation", "leeward/zones/delegation/survey", "net", "a delegation is judged by facts: the survey asks for them"},
	{"leeward/dnsserver", "", "leeward/cluster", "an answer follows from the view alone"},
	{"leeward/dnsserver", "", "leeward/cmd", "nothing imports the program"},
	{"leeward/cluster", "", "leeward/zones", "the cluster carries facts, not zones"},
	{"leeward/cluster", "", "leeward/dnsserver", "the cluster carries facts, and answers nobody"},
	{"leeward/cluster", "", "leeward/cmd", "nothing imports the program"},
	{"leeward/cmd/leeward/internal/migrate", "", "net", "what is imported is read from files: nobody is asked"},
	{"leeward/cmd/leeward/internal/migrate", "", "leeward/cmd/leeward/internal/config", "a configuration is written as an operator would, and read back by the command"},
	{"leeward/cmd/leeward/internal/migrate", "", "leeward/dnsserver", "an import makes text, and answers nobody"},
	{"leeward/cmd/leeward/internal/migrate", "", "leeward/cluster", "an import makes text, and joins nobody"},
	{"leeward", "leeward/cmd/leeward/internal/config", "github.com/spf13/viper", "only the configuration knows how it is read"},
	{"leeward", "leeward/cmd", "github.com/spf13/cobra", "only the program has a command line"},
	{"leeward", "leeward/cmd", "github.com/prometheus/client_golang/prometheus", "the parts count, the program exports"},
	{"leeward", "leeward/cluster", "github.com/hashicorp/memberlist", "replacing it must touch one place"},
	{"leeward", "leeward/zones leeward/dnsserver leeward/cluster/probe leeward/cmd", "github.com/miekg/dns", "replacing it must touch few places"},
	{"leeward", "leeward/steering/geo", "github.com/oschwald/maxminddb-golang/v2", "replacing it must touch one place"},
	{"leeward", "leeward/cmd/leeward/internal/dnstap", "github.com/dnstap/golang-dnstap", "replacing it must touch one place"},
	{"leeward", "leeward/cmd/leeward/internal/dnstap", "github.com/farsightsec/golang-framestream", "replacing it must touch one place"},
	{"leeward/cmd/leeward/internal/capture", "", "log/slog", "copies are made while answers are given: who reads them tells of them"},
	{"leeward", "leeward/zones", "github.com/fsnotify/fsnotify", "only the store follows files"},
}

// TestImports holds the house to its one direction, tests apart.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "leeward/...").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		for _, rule := range forbidden {
			if !below(words[0], rule.pkg) || rule.except != "" && belowAny(words[0], strings.Fields(rule.except)) {
				continue
			}
			for _, imported := range words[1:] {
				if imported == rule.imports || strings.HasPrefix(rule.imports, "leeward") && below(imported, rule.imports) {
					t.Errorf("%s imports %s: %s", words[0], imported, rule.reason)
				}
			}
		}
	}
}

func below(pkg, of string) bool { return pkg == of || strings.HasPrefix(pkg, of+"/") }

func belowAny(pkg string, of []string) bool {
	for _, o := range of {
		if below(pkg, o) {
			return true
		}
	}
	return false
}
