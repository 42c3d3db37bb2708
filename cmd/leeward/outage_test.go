package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// TestStopBehindResolver: of two nodes that a real resolver asks, one is told to stop. While it leaves, and when it is gone, no resolution fails. Each asks for a name of its own, so that none is answered from the cache.
func TestStopBehindResolver(t *testing.T) {
	if _, err := exec.LookPath("unbound"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("the resolver is unbound, which is not here:", err)
	}
	s := newSite(t)
	s.write("zones/example.com.zone", "@ 300 IN SOA ns1 hostmaster 1 3600 600 604800 60\n@ 300 IN NS ns1\nns1 300 IN A 192.0.2.53\n*.w 300 IN A 192.0.2.10\n")
	t.Setenv("LEEWARD_PROCESS_GRACE", "500ms") // as long as a test has time for
	ns2 := s.serve("ns2")
	ns1 := s.serve("ns1", ns2.talk)
	leaving := s.pids[len(s.pids)-1]
	resolver := s.resolver(ns1.dns, ns2.dns)

	asked, failed, slowest := 0, 0, time.Duration(0)
	resolve := func() {
		asked++
		m := new(dns.Msg).SetQuestion(fmt.Sprintf("n%d.w.example.com.", asked), dns.TypeA)
		client := &dns.Client{Timeout: patient}
		begun := time.Now()
		reply, _, err := client.Exchange(m, resolver)
		slowest = max(slowest, time.Since(begun))
		if err != nil || reply.Rcode != dns.RcodeSuccess || len(reply.Answer) != 1 {
			failed++
			t.Errorf("resolution %d: %v %v", asked, reply, err)
		}
	}
	until := func(enough func() bool, atLeast int) {
		for begun, n := time.Now(), 0; n < atLeast || !enough(); n++ {
			if time.Since(begun) > patient {
				t.Fatal("it does not come")
			}
			resolve()
		}
	}
	until(func() bool { return true }, 100)
	before := ns1.counter("leeward_dns_queries_total")
	if before == 0 {
		t.Error("the resolver did not ask it")
	}
	if err := syscall.Kill(leaving, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	until(func() bool { return gone(leaving) }, 100)
	until(func() bool { return true }, 200)
	t.Logf("%d resolutions, %d failed; the slowest took %s", asked, failed, slowest)
}

// resolver is a resolver in front of servers of the zone.
func (s *site) resolver(servers ...string) (addr string) {
	s.Helper()
	addr = freeAddr(s)
	var stubs strings.Builder
	for _, server := range servers {
		fmt.Fprintf(&stubs, "  stub-addr: %s\n", strings.Replace(server, ":", "@", 1))
	}
	s.write("unbound.conf", fmt.Sprintf(`server:
  interface: %s
  directory: %q
  do-not-query-localhost: no
  module-config: "iterator"
  num-threads: 1
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  do-daemonize: no
remote-control:
  control-enable: no
stub-zone:
  name: example.com
%s`, strings.Replace(addr, ":", "@", 1), s.dir, stubs.String()))
	cmd := exec.Command("unbound", "-d", "-c", s.path("unbound.conf"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		s.Fatal(err)
	}
	s.pids = append(s.pids, cmd.Process.Pid)
	go func() { _ = cmd.Wait() }()
	s.await("the resolver answers", func() bool {
		reply, _, err := new(dns.Client).Exchange(new(dns.Msg).SetQuestion("w.example.com.", dns.TypeSOA), addr)
		return err == nil && reply.Rcode == dns.RcodeSuccess
	})
	return addr
}
