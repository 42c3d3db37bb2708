package service

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
)

// monitor is a Prometheus at work.
type monitor struct {
	t    *testing.T
	base string
}

// monitorReply is what the tests want of a reply of Prometheus.
type monitorReply struct {
	Status, Error string
	Data          struct {
		Result []any
		Alerts []struct {
			State  string
			Labels map[string]string
		}
	}
}

// startPrometheus has a Prometheus scrape a node, and judge by the rules, five times a second.
func startPrometheus(t *testing.T, program, target string) monitor {
	t.Helper()
	dir := t.TempDir()
	rules, err := filepath.Abs(rulesFile)
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(config, fmt.Appendf(nil, `
global: {scrape_interval: 200ms, scrape_timeout: 200ms, evaluation_interval: 200ms}
rule_files: [%q]
scrape_configs: [{job_name: leeward, static_configs: [{targets: [%q]}]}]
`, rules, target), 0o600); err != nil {
		t.Fatal(err)
	}
	log := &logText{}
	cmd := exec.Command(program, "--config.file="+config, "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address=127.0.0.1:0")
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
	m := monitor{t: t}
	listening := regexp.MustCompile(`msg="Listening on" address=(\S+)`)
	until(t, "Prometheus listens", func() bool {
		if found := listening.FindStringSubmatch(log.String()); found != nil {
			m.base = "http://" + found[1]
		}
		return m.base != ""
	})
	return m
}

// ask asks for something below the API.
func (m monitor) ask(path string) (reply monitorReply) {
	m.t.Helper()
	r, err := http.Get(m.base + path)
	if err != nil {
		m.t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode == http.StatusServiceUnavailable {
		return reply // it is starting
	}
	if err := json.NewDecoder(r.Body).Decode(&reply); err != nil {
		m.t.Fatal(err)
	}
	return reply
}

// alerts are the names of those that fire.
func (m monitor) alerts() (names []string) {
	m.t.Helper()
	for _, a := range m.ask("/api/v1/alerts").Data.Alerts {
		if a.State == "firing" {
			names = append(names, a.Labels["alertname"])
		}
	}
	return names
}
