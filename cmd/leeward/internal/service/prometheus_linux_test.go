package service

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"leeward/steering"
)

const (
	rulesFile     = "../../../../packaging/prometheus/leeward.rules.yml"
	rulesTests    = "../../../../packaging/prometheus/leeward.test.yml"
	rulesDay      = "../../../../packaging/prometheus/leeward.day.test.yml"
	dashboardFile = "../../../../packaging/grafana/leeward.json"
)

// tool is the path of a program of others. Without it the test is skipped, or fails where CI is set.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return path
}

// The alert rules are well by promtool, and alert when they should; a rule that is broken is not.
func TestRulesByPromtool(t *testing.T) {
	promtool := tool(t, "promtool")
	for _, args := range [][]string{{"check", "rules", rulesFile}, {"test", "rules", rulesTests, rulesDay}} {
		if out, err := exec.Command(promtool, args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %v: %v\n%s", args, err, out)
		}
	}
	text, err := os.ReadFile(rulesFile)
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "broken.yml")
	if err := os.WriteFile(broken, bytes.Replace(text, []byte("min by (upstream)"), []byte("min by upstream"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := exec.Command(promtool, "check", "rules", broken).Run(); err == nil {
		t.Error("promtool finds no fault in a broken rule")
	}
}

// dashboard is what the tests want of Grafana's.
type dashboard struct {
	Panels []struct {
		Title   string
		Targets []struct{ Expr string }
	}
	Annotations struct{ List []struct{ Expr string } }
}

// dashboardExpressions are the expressions of the dashboard, with values for its variables.
func dashboardExpressions(t *testing.T) (list []string) {
	t.Helper()
	text, err := os.ReadFile(dashboardFile)
	if err != nil {
		t.Fatal(err)
	}
	var d dashboard
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	put := func(expr string) {
		list = append(list, strings.NewReplacer("$job", "leeward", "$__rate_interval", "1m").Replace(expr))
	}
	for _, p := range d.Panels {
		for _, target := range p.Targets {
			put(target.Expr)
		}
	}
	for _, a := range d.Annotations.List {
		put(a.Expr)
	}
	if len(list) < 20 {
		t.Fatalf("only %d expressions in the dashboard", len(list))
	}
	return list
}

// Every metric of the rules and the dashboard is one that the service has.
func TestWatchedMetricsExist(t *testing.T) {
	rules, err := os.ReadFile(rulesFile)
	if err != nil {
		t.Fatal(err)
	}
	var known []string
	for _, m := range documented() {
		known = append(known, m.name)
	}
	text := string(rules) + strings.Join(dashboardExpressions(t), "\n")
	for _, name := range regexp.MustCompile(`leeward_\w+`).FindAllString(text, -1) {
		name = strings.TrimSuffix(name, "_bucket")
		if !slices.Contains(known, name) {
			t.Errorf("the rules or the dashboard name %s, which there is not", name)
		}
	}
}

// Every metric that is declared is documented, and every one that is scraped is declared.
func TestMetricsAreDocumented(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("metrics_table.go")
	if err != nil {
		t.Fatal(err)
	}
	declared := len(regexp.MustCompile(`(?m)^\t\w+\s*= (counter|gauge|histogram)\(`).FindAll(source, -1))
	if declared != len(documented()) {
		t.Errorf("%d metrics are declared, %d documented", declared, len(documented()))
	}
	s, _ := newPlace(t).logged(t)
	for _, name := range regexp.MustCompile(`(?m)^# TYPE (leeward_\w+)`).FindAllStringSubmatch(scrape(t, s), -1) {
		if !slices.ContainsFunc(documented(), func(m metric) bool { return m.name == name[1] }) {
			t.Errorf("%s is scraped and not documented", name[1])
		}
	}
}

// scrape is what /metrics says.
func scrape(t *testing.T, s *Service) string {
	t.Helper()
	w := httptest.NewRecorder()
	s.metrics().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

// The names of metrics keep to the conventions, by promtool; a name that does not is found.
func TestMetricNamesByPromtool(t *testing.T) {
	promtool := tool(t, "promtool")
	p := newPlace(t)
	p.with(t, "dnstap: {to: 'file:tap'}\n")
	s, _ := p.logged(t)
	lint := func(text string) (string, error) {
		cmd := exec.Command(promtool, "check", "metrics")
		cmd.Stdin = strings.NewReader(text)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	text := scrape(t, s)
	if out, err := lint(text); err != nil || out != "" {
		t.Errorf("promtool: %v\n%s", err, out)
	}
	if out, err := lint(strings.ReplaceAll(text, "leeward_dns_dropped_total", "leeward_dns_dropped")); err == nil || out == "" {
		t.Error("promtool finds no fault in a counter without _total")
	}
}

// TestPrometheus: a real Prometheus scrapes a real node by the rules: it knows every expression of the dashboard, and alerts
// when an upstream fails.
func TestPrometheus(t *testing.T) {
	t.Parallel()
	program := tool(t, "prometheus")
	p := newPlace(t)
	iad := p.third(t)
	s, _ := p.logged(t)
	until(t, "all colos up", func() bool {
		return measured(s, 0) == steering.Up && measured(s, 1) == steering.Up && measured(s, 2) == steering.Up
	})
	node := httptest.NewServer(s.metrics())
	defer node.Close()
	at := startPrometheus(t, program, strings.TrimPrefix(node.URL, "http://"))
	until(t, "the node is scraped", func() bool { return len(at.ask("/api/v1/query?query=leeward_build_info").Data.Result) == 1 })
	for _, expr := range dashboardExpressions(t) {
		if reply := at.ask("/api/v1/query?query=" + url.QueryEscape(expr)); reply.Status != "success" {
			t.Errorf("%s: %s", expr, reply.Error)
		}
	}
	if reply := at.ask("/api/v1/query?query=" + url.QueryEscape("sum by (leeward_up")); reply.Status != "error" {
		t.Error("Prometheus finds no fault in a broken expression")
	}
	if alerts := at.alerts(); slices.Contains(alerts, "LeewardUpstreamFailing") || slices.Contains(alerts, "LeewardIncidentOpen") {
		t.Errorf("alerts while all is well: %v", alerts)
	}
	_, _ = p.webs["ams"].Close(), iad.Close() // what north reaches
	until(t, "the alerts", func() bool {
		alerts := at.alerts()
		return slices.Contains(alerts, "LeewardUpstreamFailing") && slices.Contains(alerts, "LeewardIncidentOpen")
	})
}

// third adds a colo that is reached as ams is, through north.
func (p *place) third(t *testing.T) net.Listener {
	t.Helper()
	_, port, err := net.SplitHostPort(p.webs["ams"].Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", net.JoinHostPort("127.203.1.1", port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	p.with(t, "  - {name: iad, location: {lat: 39, lon: -77}, uplinks: [{upstreams: [north], prefixes: [127.203.1.0/24], probe: [127.203.1.1]}]}\n")
	return l
}
