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

// TestUpgrade: under load no query is lost by upgrades and reloads, and none is counted twice or not at all; an order that
// stands nowhere else holds; a connection goes on; the socket stays; and the other node notices nothing.
//
// UPGRADES_UNDER_LOAD=10 makes it ten of each, under ten times the load and for longer; 0 none, to compare.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("dnsperf"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("the load is dnsperf's, which is not here:", err)
	}
	upgrades, rate, seconds := 2, 2000, 4
	if text := os.Getenv("UPGRADES_UNDER_LOAD"); text != "" {
		var err error
		if upgrades, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
		rate, seconds = 20_000, 10+3*upgrades
	}
	s := newSite(t)
	ns2 := s.serve("ns2")
	ns1 := s.serve("ns1", ns2.talk)
	first := s.pids[len(s.pids)-1]
	if out, code := ns1.run("drain", "upstream:northway", "--reason", "kept", "--force"); code != 0 {
		t.Fatal(out)
	}
	talk := ns1.dial("tcp")
	ns1.ask(talk)

	s.write("queries", "www.example.com A\nexample.com SOA\nnone.example.com A\n")
	load := exec.Command("dnsperf", "-s", "127.0.0.1", "-p", portOf(ns1.dns), "-d", s.path("queries"), "-l", strconv.Itoa(seconds),
		"-Q", strconv.Itoa(rate), "-c", "20", "-t", "2")
	var said bytes.Buffer
	load.Stdout, load.Stderr = &said, &said
	if err := load.Start(); err != nil {
		t.Fatal(err)
	}
	s.await("there is load", func() bool { return ns1.counter("leeward_dns_queries_total") > 100 })
	counted := 0
	for i := range upgrades {
		ns1.upgrade()
		s.write("zones/example.com.zone", fmt.Sprintf("@ 300 IN SOA ns1 hostmaster %d 3600 600 604800 60\n@ 300 IN NS ns1\nns1 300 IN A 192.0.2.53\nwww 300 IN A 192.0.2.10\n", i+2))
		if out, code := ns1.run("reload"); code != 0 {
			t.Error(out)
		}
		now := ns1.counter("leeward_dns_queries_total")
		if now < counted {
			t.Errorf("the counter went back from %d to %d", counted, now)
		}
		counted = now
		if i == 0 {
			ns1.ask(talk) // the first process answers still
		}
	}
	talk.Close()
	if err := load.Wait(); err != nil {
		t.Fatal(err, said.String())
	}
	t.Log(said.String())
	sent, lost := figure(t, said.String(), "Queries sent"), figure(t, said.String(), "Queries lost")
	if lost != 0 {
		t.Errorf("%d queries of %d are lost", lost, sent)
	}
	for _, pid := range s.pids[1 : len(s.pids)-1] { // but for those of ns2, and the last
		s.await("the former processes end", func() bool { return gone(pid) })
	}
	if upgrades > 0 && !gone(first) {
		t.Error("the first process lives on")
	}
	all := sent + 1 + min(upgrades, 1) // and those of the connection
	for begun := time.Now(); ns1.counter("leeward_dns_queries_total") != all; <-time.After(20 * time.Millisecond) {
		if time.Since(begun) > patient {
			t.Fatalf("%d are counted of %d", ns1.counter("leeward_dns_queries_total"), all)
		}
	}
	if out, _ := ns1.run("status"); !strings.Contains(out, "kept") || !strings.Contains(out, fmt.Sprintf("  %d ", upgrades+1)) {
		t.Errorf("the order, or the zone, is another:\n%s", out)
	}
	other, err := os.ReadFile(s.path("ns2.log"))
	if err != nil {
		t.Fatal(err)
	}
	if got := regexp.MustCompile(`member (left|is dead|is silent)|has this node's name`).FindString(string(other)); got != "" {
		t.Errorf("the other node noticed: %s", got)
	}
}

func figure(t *testing.T, text, what string) int {
	t.Helper()
	found := regexp.MustCompile(what + `: +(\d+)`).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no %q in\n%s", what, text)
	}
	n, err := strconv.Atoi(found[1])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// childrenOf are the processes that another has started, from whichever thread.
func childrenOf(t *testing.T, pid int) (list []int) {
	t.Helper()
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, _ := os.ReadFile(file) // the thread may have ended
		for _, word := range strings.Fields(string(text)) {
			child, err := strconv.Atoi(word)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, child)
		}
	}
	return list
}

// TestUpgradeRefused: whatever the new process does wrong, the old one goes on: it answers, takes orders, and is heard.
func TestUpgradeRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ns2 := s.serve("ns2")
	ns1 := s.serve("ns1", ns2.talk)
	pid := s.pids[len(s.pids)-1]
	conn := ns1.dial("udp")
	s.write("text", "no program\n")
	for _, row := range []struct {
		name, binary, want string
		code               int
	}{
		{"another program", "/bin/false", "the new process ended before it was ready (exit status 1): its log says why. Is it Leeward, and does it know of upgrades?", 1},
		{"no program", "text", "--binary: " + s.path("text") + " is no program", 2},
		{"nothing", "nothing", "--binary: stat " + s.path("nothing") + ": no such file or directory", 2},
		{"another format", "leeward-later", "version other hands over in format 2, this one, " + version + ", in 1: restart instead", 1},
		{"it is too slow", "leeward-slow", "the new process was not ready in time, and was ended", 1},
		{"it says what it should not", "leeward-babble", `the new process says "serving" out of turn`, 1},
		{"it ends once it has all", "leeward-crash", "the new process ended before it was ready (exit status 7)", 1},
		{"it fails once it has all", "leeward-hasty", "the new process, version : port 53 tastes odd", 1},
	} {
		out, code := ns1.run("upgrade", "--timeout", "1s", "--binary", row.binary)
		if code != row.code || !strings.Contains(out, row.want) {
			t.Errorf("%s: exit code %d: %s", row.name, code, out)
		}
		ns1.ask(conn)
		if out, code := ns1.run("drain", "upstream:northway", "--force", "--reason", row.binary); code != 0 {
			t.Errorf("%s: %s", row.name, out)
		}
		s.await("the other node hears it", func() bool {
			out, _ := ns2.run("status")
			return strings.Contains(out, "by") || strings.Contains(out, row.binary)
		})
		s.await("it hears the other", func() bool { out, _ := ns1.run("status"); return regexp.MustCompile(`ns2 .* alive`).MatchString(out) })
		if out, code := ns1.run("undrain", "upstream:northway"); code != 0 {
			t.Errorf("%s: %s", row.name, out)
		}
	}
	good, err := os.ReadFile(s.path("ns1.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	s.write("ns1.yaml", string(good)+"nodes: {}\n")
	if out, code := ns1.run("upgrade", "--binary", "leeward"); code != 1 || !strings.Contains(out, `ns1.yaml:11: unknown key "nodes": did you mean node?`) {
		t.Errorf("a bad configuration: exit code %d: %s", code, out)
	}
	s.write("ns1.yaml", string(good))
	ns1.ask(conn)

	// Two at once.
	slow := make(chan string)
	go func() { out, _ := ns1.run("upgrade", "--timeout", "1h", "--binary", "leeward-slow"); slow <- out }()
	s.await("one is under way", func() bool { return len(childrenOf(t, pid)) > 0 })
	if out, code := ns1.run("upgrade", "--binary", "leeward"); code != 1 || !strings.Contains(out, "an upgrade is under way already") {
		t.Errorf("a second one: exit code %d: %s", code, out)
	}
	for _, child := range childrenOf(t, pid) {
		_ = syscall.Kill(child, syscall.SIGKILL) // it may have ended
	}
	select {
	case out := <-slow:
		if !strings.Contains(out, "(signal: killed)") {
			t.Error(out)
		}
	case <-time.After(patient):
		t.Fatal("its end is not noticed")
	}
	ns1.upgrade()
	ns1.ask(conn)
	s.await("the old one ends", func() bool { return gone(pid) })
}
