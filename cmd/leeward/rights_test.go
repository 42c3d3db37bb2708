package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// open gives a site to everybody to look at, with a copy of the program in it: those that tests are built in are private.
func (s *site) open() {
	s.Helper()
	if err := os.Chmod(filepath.Dir(s.dir), 0o755); err != nil {
		s.Fatal(err)
	}
	self, err := os.Open("/proc/self/exe")
	if err != nil {
		s.Fatal(err)
	}
	defer self.Close()
	if err := os.Remove(s.path("leeward")); err != nil {
		s.Fatal(err)
	}
	program, err := os.OpenFile(s.path("leeward"), os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		s.Fatal(err)
	}
	if _, err := io.Copy(program, self); err != nil {
		s.Fatal(err)
	}
	if err := program.Close(); err != nil {
		s.Fatal(err)
	}
	for _, file := range []string{s.dir, s.path("zones"), s.path("zones/example.com.zone")} {
		if err := os.Chmod(file, 0o755); err != nil {
			s.Fatal(err)
		}
	}
}

// lowPort is an address at a port that wants a right, which hardly anybody else has: of all addresses of this host there are
// millions.
func lowPort() string {
	return fmt.Sprintf("127.%d.%d.%d:53", 64+rand.IntN(128), rand.IntN(256), 1+rand.IntN(254))
}

// start starts a server with a configuration that anybody may read.
func (s *site) start(name, text string) *servant {
	s.Helper()
	s.write(name+".yaml", text)
	if err := os.Chmod(s.path(name+".yaml"), 0o644); err != nil {
		s.Fatal(err)
	}
	log, err := os.Create(s.path(name + ".log"))
	if err != nil {
		s.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command(s.path("leeward"), "serve", "--config", name+".yaml")
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, log, log
	if err := cmd.Start(); err != nil {
		s.Fatal(err)
	}
	go func() { _ = cmd.Wait() }()
	s.pids = append(s.pids, cmd.Process.Pid)
	return &servant{site: s, name: name}
}

// status is a line of what the system tells of a process.
func status(t *testing.T, pid int, key string) string {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^` + key + `:\s*(.*)$`).FindSubmatch(text)
	if found == nil {
		t.Fatalf("no %s in\n%s", key, text)
	}
	return string(found[1])
}

// TestRights: started by root, the server becomes another user who may open ports under 1024 and do nothing else of what root
// may. It makes its directories, reloads, keeps its state, and is upgraded as that user.
func TestRights(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can become another")
	}
	s := newSite(t)
	s.open()
	at := lowPort()
	v := s.start("ns1", fmt.Sprintf(`dns: {listen: [%q]}
zones: {directory: zones}
admin: {listen: "", socket: run/leeward.sock}
state: {directory: state}
process: {user: nobody, grace: 0s}
colos:
  - {name: ams, location: {lat: 52, lon: 5}, uplinks: [{upstreams: [northway], prefixes: [198.51.100.0/24], probe: [127.0.0.1]}]}
`, at))
	v.name, v.dns = "run/leeward", at
	s.await("it is ready", func() bool { _, code := v.run("ready"); return code == 0 })
	check := func(pid int) {
		t.Helper()
		for key, want := range map[string]string{"Uid": "65534\t65534\t65534\t65534", "Gid": "65534\t65534\t65534\t65534", "NoNewPrivs": "1",
			"CapEff": "0000000000000400", "CapPrm": "0000000000000400", "CapAmb": "0000000000000400"} {
			if got := status(t, pid, key); got != want {
				t.Errorf("%s is %s, not %s", key, got, want)
			}
		}
		v.ask(v.dial("udp"))
		for _, order := range [][]string{{"reload", "--config-too"}, {"drain", "colo:ams", "--reason", "test", "--force"}, {"undrain", "colo:ams"}} {
			if out, code := v.run(order...); code != 0 {
				t.Errorf("%s: %s", order, out)
			}
		}
		if _, err := os.Stat(s.path("state/overrides.json")); err != nil {
			t.Error(err)
		}
	}
	check(s.pids[0])
	check(v.upgrade())
	for _, dir := range []string{"state", "run"} {
		info, err := os.Stat(s.path(dir))
		if err != nil {
			t.Fatal(err)
		}
		if uid := info.Sys().(*syscall.Stat_t).Uid; uid != 65534 || info.Mode().Perm()&0o022 != 0 {
			t.Errorf("%s belongs to %d, mode %s", dir, uid, info.Mode())
		}
	}
}

// Who is not there cannot be become; a directory of root's is no place for another's state.
func TestRightsRefused(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can become another")
	}
	s := newSite(t)
	s.open()
	s.write("mine/file", "")
	for _, row := range []struct{ process, state, want string }{
		{"{user: nobody-at-all}", "state", `leeward: process.user: there is no user "nobody-at-all" (make one with: useradd `},
		{"{user: nobody}", "mine", "permission denied"},
	} {
		v := s.start("ns1", "dns: {listen: [\""+lowPort()+"\"]}\nzones: {directory: zones}\nadmin: {listen: \"\", socket: run/l.sock}\nstate: {directory: "+row.state+"}\nprocess: "+row.process+
			"\ncolos:\n  - {name: ams, location: {lat: 52, lon: 5}, uplinks: [{upstreams: [northway], prefixes: [198.51.100.0/24], probe: [127.0.0.1]}]}\n")
		s.await(row.want, func() bool {
			text, err := os.ReadFile(s.path("ns1.log"))
			return err == nil && strings.Contains(string(text), row.want)
		})
		_ = syscall.Kill(v.pids[len(v.pids)-1], syscall.SIGKILL) // it may have ended
	}
}
