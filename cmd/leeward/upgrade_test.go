package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

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
	s.write("ns1.yaml", strings.Replace(string(good), "dns: {listen: [", `dns: {listen: ["192.0.2.1:53", `, 1))
	if out, code := ns1.run("upgrade", "--binary", "leeward"); code != 1 || !strings.Contains(out, "192.0.2.1:53 is no address of this host") {
		t.Errorf("an address that is none: exit code %d: %s", code, out)
	}
	s.write("ns1.yaml", string(good))
	if out, code := ns1.run("status"); code != 0 {
		t.Errorf("the new process took the admin socket's file with it: %s", out)
	}
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
