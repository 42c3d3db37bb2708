package registry

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// remark is something that a tool says against a zone.
type remark struct{ level, tag, text string }

// hints is the root of this Internet, and profile where Zonemaster looks up whose networks are.
const (
	hints = `. 3600000 NS a.root-servers.net.
a.root-servers.net. 3600000 A ` + root4 + `
a.root-servers.net. 3600000 AAAA ` + root6 + "\n"
	profile = `{"asn_db": {"style": "cymru", "sources": {"cymru": ["asn.test"]}}}`
)

// zonemaster runs all tests of Zonemaster on a zone, and gives the remarks of level NOTICE and above. It says how many
// tests it has run, so that none passes for want of trying.
func (n *internet) zonemaster(t *testing.T, zone string, undelegated bool) (remarks []remark, tests int) {
	t.Helper()
	n.write(t, filepath.Join(n.dir, "hints"), hints)
	n.write(t, filepath.Join(n.dir, "profile.json"), profile)
	args := []string{"--hints", "hints", "--profile", "profile.json", "--level", "DEBUG", "--raw", "--show-testcase", "--no-progress", "--no-time"}
	if undelegated {
		for _, ns := range []string{"ns1." + zone + "/" + ns14, "ns1." + zone + "/" + ns16, "ns2." + zone + "/" + ns24, "ns2." + zone + "/" + ns26} {
			args = append(args, "--ns", ns)
		}
	}
	said, code := n.run(t, "zonemaster-cli", append(args, strings.TrimSuffix(zone, "."))...)
	if code != 0 {
		t.Fatalf("zonemaster-cli ended with %d", code)
	}
	for line := range strings.Lines(said) {
		words := strings.Fields(line)
		if len(words) < 4 {
			continue
		}
		level, tag := words[1], words[3]
		if tag == "TEST_CASE_END" {
			tests++
		}
		if slices.Contains([]string{"NOTICE", "WARNING", "ERROR", "CRITICAL"}, level) {
			remarks = append(remarks, remark{level, tag, strings.Join(words[4:], " ")})
		}
	}
	return remarks, tests
}

// dnsviz has dnsviz ask all servers from the root on and gives its errors and warnings; and what it has seen: the
// status of the delegation and the servers that answered it.
func (n *internet) dnsviz(t *testing.T, zone string) (remarks []remark, status string, servers []string) {
	t.Helper()
	_, code := n.run(t, "dnsviz", "probe", "-A", "-a", ".", "-E", "-x",
		fmt.Sprintf(".:a.root-servers.net=%s,a.root-servers.net=[%s]", root4, root6), "-o", "probe.json", zone)
	if code != 0 {
		t.Fatalf("dnsviz probe ended with %d", code)
	}
	said, code := n.run(t, "dnsviz", "grok", "-l", "debug", "-r", "probe.json")
	if code != 0 {
		t.Fatalf("dnsviz grok ended with %d", code)
	}
	var seen map[string]any
	if err := json.Unmarshal([]byte(said), &seen); err != nil {
		t.Fatal(err)
	}
	walk(seen, "", func(path string, at map[string]any) {
		for _, level := range []string{"errors", "warnings"} {
			list, _ := at[level].([]any)
			for _, one := range list {
				says, _ := one.(map[string]any)
				remarks = append(remarks, remark{level, fmt.Sprint(says["code"]), path + ": " + fmt.Sprint(says["description"])})
			}
		}
		if strings.HasSuffix(path, "/"+zone+"/delegation") {
			status = fmt.Sprint(at["status"])
		}
		if asked, ok := at["servers"].(map[string]any); ok && strings.Contains(path, "/"+zone+"/IN/SOA/answer") {
			for server := range asked {
				servers = append(servers, server)
			}
		}
	})
	slices.Sort(servers)
	return remarks, status, slices.Compact(servers)
}

// walk visits all objects of a JSON value, each with the keys that lead to it.
func walk(value any, path string, visit func(path string, at map[string]any)) {
	switch value := value.(type) {
	case map[string]any:
		visit(path, value)
		for key, below := range value {
			walk(below, path+"/"+key, visit)
		}
	case []any:
		for _, below := range value {
			walk(below, path, visit)
		}
	}
}

// check has leeward itself check the delegation.
func (n *internet) check(t *testing.T, zone string, undelegated bool) (remarks []remark, code int) {
	t.Helper()
	args := []string{"check", "--delegation", zone, "--parent", com4, "--json"}
	if undelegated {
		args = append(args, "--undelegated", "--server", "ns1."+zone+"="+ns14, "--server", "ns1."+zone+"="+ns16,
			"--server", "ns2."+zone+"="+ns24, "--server", "ns2."+zone+"="+ns26)
	}
	said, code := n.run(t, n.program, args...)
	var report struct {
		Findings []struct{ Level, Rule, Text string }
	}
	if err := json.Unmarshal([]byte(said), &report); err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		if f.Level == "warning" || f.Level == "error" {
			remarks = append(remarks, remark{f.Level, f.Rule, f.Text})
		}
	}
	return remarks, code
}
