package main

import (
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// The machinery works from end to end, with Leeward alone and for next to no time.
func TestSmoke(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds and starts leeward")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("go is not installed: leeward cannot be built")
	}
	args := []string{"--peers", "", "--rounds", "1", "--seconds", "0.05", "--small", "static", "steered-ecs", "policies", "tcp-once", "tcp-pipelined", "names"}
	if runtime.NumCPU() < 2 {
		args = append(args, "--load-cpu", "0")
	}
	var stdout, stderr strings.Builder
	if code := run(args, &stdout, &stderr); code != exitDone {
		t.Fatalf("exit code %d\n%s\n%s", code, stdout.String(), stderr.String())
	}
	figure := regexp.MustCompile(`(?m)^\| leeward +\| +[0-9.]+ \|`)
	if n := len(figure.FindAllString(stdout.String(), -1)); n != 5 {
		t.Errorf("%d rows have a figure of leeward:\n%s", n, stdout.String())
	}
	if !regexp.MustCompile(`(?m)^\| fallback +\| +[0-9.]+ \| +[0-9.]+ \|`).MatchString(stdout.String()) {
		t.Errorf("not all policies have a figure, and their ratio:\n%s", stdout.String())
	}
	if !strings.Contains(stdout.String(), "The limit of 1.10 is not judged: there is no figure of gdnsd.") {
		t.Errorf("nothing is said of the peer that is missing:\n%s", stdout.String())
	}
}

func TestUsage(t *testing.T) {
	for _, row := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--list"}, exitDone, "steered-ecs  "},
		{[]string{"--help"}, exitDone, "leeward-bench static steered"},
		{[]string{"sttic"}, exitUsage, `there is no row "sttic"`},
		{[]string{"--peers", "djbdns", "static"}, exitUsage, `there is no peer "djbdns": nsd, knot, gdnsd, bind, pdns`},
		{[]string{"--rounds", "0", "static"}, exitUsage, "more than nothing"},
		{[]string{"--round", "3"}, exitUsage, "unknown flag: --round"},
	} {
		var out strings.Builder
		if code := run(row.args, &out, &out); code != row.code || !strings.Contains(out.String(), row.says) {
			t.Errorf("%v: exit code %d\n%s", row.args, code, out.String())
		}
	}
}
