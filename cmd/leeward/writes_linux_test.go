package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// changing are the calls that change what is at a path, and of open those that may.
var changing = regexp.MustCompile(`^\d+ +(?:open(?:at)?\(.*(?:O_WRONLY|O_RDWR|O_CREAT|O_TRUNC)|(?:creat|mkdir(?:at)?|mknod(?:at)?|unlink(?:at)?|rmdir|rename(?:at2?)?|link(?:at)?|symlink(?:at)?|truncate|chmod|fchmodat2?|chown|lchown|fchownat|utimensat)\()`)

// TestWrites: a server that reads zones, keeps state, takes orders and stops, changes nothing in the file system outside its
// state directory and the directory of its socket, as the system sees it.
func TestWrites(t *testing.T) {
	if _, err := exec.LookPath("strace"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("the system's calls are shown by strace, which is not here:", err)
	}
	t.Parallel()
	s := newSite(t)
	s.write("ns1.yaml", `dns: {listen: ["127.0.0.1:0"]}
zones: {directory: zones}
admin: {listen: "", socket: run/ns1.sock}
state: {directory: state}
process: {grace: 0s, user: ""}
colos:
  - {name: ams, location: {lat: 52, lon: 5}, uplinks: [{upstreams: [northway], prefixes: [198.51.100.0/24], probe: [127.0.0.1]}]}
`)
	cmd := exec.Command("strace", "-f", "-qq", "-e", "trace=%file", "-s", "4096", "-o", s.path("calls"), s.path("leeward"), "serve", "--config", "ns1.yaml")
	cmd.Dir, cmd.Stderr = s.dir, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.pids = append(s.pids, -cmd.Process.Pid)
	v := &servant{site: s, name: "run/ns1"}
	s.await("it is ready", func() bool { _, code := v.run("ready"); return code == 0 })
	s.write("zones/example.org.zone", "@ 300 IN SOA ns1 hostmaster 1 3600 600 604800 60\n@ 300 IN NS ns1\nns1 300 IN A 192.0.2.53\n")
	for _, order := range [][]string{{"reload", "--config-too"}, {"drain", "colo:ams", "--reason", "test", "--force"}, {"undrain", "colo:ams"}, {"status"}} {
		if out, code := v.run(order...); code != 0 {
			t.Errorf("%s: %s", order, out)
		}
	}
	for _, child := range childrenOf(t, cmd.Process.Pid) {
		if err := syscall.Kill(child, syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	calls, err := os.ReadFile(s.path("calls"))
	if err != nil {
		t.Fatal(err)
	}
	inside := 0
	for line := range strings.Lines(string(calls)) {
		if !changing.MatchString(line) {
			continue
		}
		for _, quoted := range regexp.MustCompile(`"([^"]*)"`).FindAllStringSubmatch(line, -1) {
			path := quoted[1]
			if !filepath.IsAbs(path) {
				path = s.path(path)
			}
			switch {
			case strings.HasPrefix(path, s.path("state")), strings.HasPrefix(path, s.path("run")):
				inside++
			case path == "/dev/null":
			default:
				t.Errorf("outside its directories: %s", line)
			}
		}
	}
	if inside < 5 {
		t.Errorf("%d calls that change something are seen: the test looks at the wrong ones", inside)
	}
}
