package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/handover"
)

// misfits are programs that are to take a server's place, and do not get there.
func misfits() map[string]func() {
	say := func(format int, more ...handover.Kind) *handover.Line {
		l, err := handover.Predecessor()
		if err != nil || l == nil {
			os.Exit(9)
		}
		must(l.Send(handover.Message{Kind: handover.Hello, Format: format, Version: "other"}, nil))
		for _, kind := range more {
			must(l.Send(handover.Message{Kind: kind}, nil))
		}
		return l
	}
	wait := func(l *handover.Line) {
		_, _, err := l.Receive(time.Time{})
		must(err)
	}
	return map[string]func(){
		"leeward-later":  func() { wait(say(handover.Format + 1)) },
		"leeward-slow":   func() { wait(say(handover.Format)) },
		"leeward-crash":  func() { wait(say(handover.Format, handover.Prepared)); os.Exit(7) },
		"leeward-babble": func() { wait(say(handover.Format, handover.Serving)) },
		"leeward-hasty": func() { // it is handed over everything, says that it serves, and does not
			l := say(handover.Format, handover.Prepared)
			wait(l)
			must(l.Send(handover.Message{Kind: handover.Failed, Words: "port 53 tastes odd"}, nil))
			wait(l)
		},
	}
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(8)
	}
}

// patient is how long what must come is waited for.
const patient = 15 * time.Second

// site is a directory with configurations, and the servers in it.
type site struct {
	testing.TB
	dir  string
	pids []int
}

func newSite(t testing.TB) *site {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("sockets are handed over on Linux")
	}
	s := &site{TB: t, dir: t.TempDir()}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"leeward"}
	for name := range misfits() {
		names = append(names, name)
	}
	for _, name := range names {
		if err := os.Symlink(self, s.path(name)); err != nil {
			t.Fatal(err)
		}
	}
	s.write("zones/example.com.zone", "@ 300 IN SOA ns1 hostmaster 1 3600 600 604800 60\n@ 300 IN NS ns1\nns1 300 IN A 192.0.2.53\nwww 300 IN A 192.0.2.10\n")
	t.Cleanup(func() {
		for _, pid := range s.pids {
			_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended
		}
		for _, file := range []string{"ns1.log", "ns2.log"} {
			text, _ := os.ReadFile(s.path(file)) // there may be none
			if bytes.Contains(text, []byte("DATA RACE")) {
				t.Error("a server has a data race")
			}
			if t.Failed() {
				t.Logf("%s:\n%s", file, text)
			}
		}
	})
	return s
}

func (s *site) path(name string) string { return filepath.Join(s.dir, name) }

func (s *site) write(name, text string) {
	s.Helper()
	if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o755); err != nil {
		s.Fatal(err)
	}
	if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
}

// server is one in a site. It may be several processes one after the other.
type servant struct {
	*site
	name             string
	dns, admin, talk string // addresses
}

// serve starts a server, and waits until it answers. It keeps nothing on disk.
func (s *site) serve(name string, join ...string) *servant {
	s.Helper()
	v := &servant{site: s, name: name, dns: freeAddr(s), admin: freeAddr(s), talk: freeAddr(s)}
	s.write(name+".yaml", fmt.Sprintf(`node: {name: %s, colo: ams}
dns: {listen: [%q]}
zones: {directory: zones}
admin: {listen: %q, socket: %s.sock}
state: {directory: ""}
cluster: {listen: %q, join: [%s]}
process: {grace: 0s, user: ""}
colos:
  - {name: ams, location: {lat: 52, lon: 5}, uplinks: [{upstreams: [northway], prefixes: [198.51.100.0/24], probe: [127.0.0.1]}]}
check: {port: %s}
`, name, v.dns, v.admin, name, v.talk, strings.Join(join, ", "), portOf(v.admin)))
	log, err := os.Create(s.path(name + ".log"))
	if err != nil {
		s.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command(s.path("leeward"), "serve", "--config", name+".yaml")
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, log, log
	cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
	if err := cmd.Start(); err != nil {
		s.Fatal(err)
	}
	go func() { _ = cmd.Wait() }()
	s.pids = append(s.pids, cmd.Process.Pid)
	s.await("it is ready", func() bool { out, code := v.run("ready"); return code == 0 && out == "ready\n" })
	return v
}

// freeAddr is an address whose port nobody has.
func freeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func portOf(addr string) string { return addr[strings.LastIndex(addr, ":")+1:] }

func (s *site) await(what string, holds func() bool) {
	s.Helper()
	for begun := time.Now(); !holds(); {
		if time.Since(begun) > patient {
			s.Fatalf("not after %s: %s", patient, what)
		}
		<-time.After(20 * time.Millisecond)
	}
}

// run runs a client command, and gives all that it says.
func (v *servant) run(args ...string) (out string, code int) {
	cmd := exec.Command(v.path("leeward"), append(args, "--socket", v.path(v.name+".sock"))...)
	cmd.Dir = v.dir
	said, _ := cmd.CombinedOutput() // the code says it
	return string(said), cmd.ProcessState.ExitCode()
}

// upgrade has the server replaced, and gives the new process.
func (v *servant) upgrade() (pid int) {
	v.Helper()
	out, code := v.run("upgrade", "--json", "--binary", "leeward")
	var result admin.UpgradeResult
	if err := json.Unmarshal([]byte(out), &result); err != nil || code != 0 || result.PID == 0 {
		v.Fatalf("exit code %d: %s", code, out)
	}
	v.pids = append(v.pids, result.PID)
	return result.PID
}

// ask asks for www.example.com.
func (v *servant) ask(conn *dns.Conn) {
	v.Helper()
	if err := conn.SetDeadline(time.Now().Add(deadline)); err != nil {
		v.Fatal(err)
	}
	if err := conn.WriteMsg(new(dns.Msg).SetQuestion("www.example.com.", dns.TypeA)); err != nil {
		v.Fatal(err)
	}
	m, err := conn.ReadMsg()
	if err != nil || len(m.Answer) != 1 {
		v.Fatal(m, err)
	}
}

func (v *servant) dial(network string) *dns.Conn {
	v.Helper()
	conn, err := dns.Dial(network, v.dns)
	if err != nil {
		v.Fatal(err)
	}
	v.Cleanup(func() { conn.Close() })
	return conn
}

// counter is the sum of a counter's metrics whose labels match.
func (v *servant) counter(name string) (sum int) {
	v.Helper()
	response, err := http.Get("http://" + v.admin + "/metrics")
	if err != nil {
		v.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		v.Fatal(err)
	}
	for _, found := range regexp.MustCompile(`(?m)^`+name+`(?:\{.*\})? (\S+)$`).FindAllSubmatch(text, -1) {
		n, err := strconv.ParseFloat(string(found[1]), 64)
		if err != nil {
			v.Fatal(err)
		}
		sum += int(n)
	}
	return sum
}

// gone says whether a process has ended.
func gone(pid int) bool {
	state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || bytes.Contains(state, []byte(") Z "))
}
