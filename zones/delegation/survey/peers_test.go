package survey_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/dnsserver"
	"leeward/zones"
)

// patience is how long something may take that must come.
const patience = 30 * time.Second

// leeward serves zones, by the text of each, on an address of loopback until the test ends.
func leeward(t *testing.T, addr string, texts map[string]string) netip.AddrPort {
	t.Helper()
	var list []*zones.Zone
	for origin, text := range texts {
		name, err := zones.ParseName(origin)
		if err != nil {
			t.Fatal(err)
		}
		z, _, err := zones.Parse(zones.Source{Origin: name, File: write(t, text)})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, z)
	}
	server := dnsserver.New()
	server.Publish(&dnsserver.View{Zones: zones.NewSet(list...), UDPSize: 1232})
	l, err := dnsserver.Listen(netip.AddrPortFrom(netip.MustParseAddr(addr), 0), dnsserver.Sockets{})
	if err != nil {
		t.Fatal(err)
	}
	transports := &dnsserver.Transports{Server: server, Listeners: []*dnsserver.Listener{l}, Idle: patience, Connections: 100,
		Logger: slog.New(slog.DiscardHandler)}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- transports.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return l.Addr()
}

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "zone")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// free is an address of loopback whose port is free.
func free(t *testing.T, addr string) netip.AddrPort {
	t.Helper()
	l, err := dnsserver.Listen(netip.AddrPortFrom(netip.MustParseAddr(addr), 0), dnsserver.Sockets{})
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	return l.Addr()
}

// product starts a name server of another house with its settings, and returns when it answers at all. It ends with
// the test.
func product(t *testing.T, at netip.AddrPort, settings string, program string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("%s is not installed: no fault of its to look for", program)
	}
	var log bytes.Buffer
	cmd := exec.Command(program, append(args, write(t, settings))...)
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // how it ends is of no interest
		close(ended)
	}()
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // it may have ended
		<-ended
		if t.Failed() {
			t.Log(log.String())
		}
	})
	next, over := time.NewTicker(20*time.Millisecond), time.After(patience)
	defer next.Stop()
	client := &dns.Client{Timeout: time.Second}
	for {
		if _, _, err := client.Exchange(new(dns.Msg).SetQuestion("example.com.", dns.TypeSOA), at.String()); err == nil {
			return
		}
		select {
		case <-ended:
			t.Fatalf("%s has ended", program)
		case <-over:
			t.Fatalf("%s does not answer", program)
		case <-next.C:
		}
	}
}

// nsd serves a zone by NSD.
func nsd(t *testing.T, at netip.AddrPort, text string) {
	dir := t.TempDir()
	product(t, at, fmt.Sprintf(`server:
	ip-address: %s@%d
	username: ""
	chroot: ""
	zonesdir: "%[3]s"
	database: ""
	pidfile: "%[3]s/nsd.pid"
	zonelistfile: "%[3]s/zone.list"
	xfrdfile: "%[3]s/xfrd.state"
	xfrdir: "%[3]s"
	server-count: 1
remote-control:
	control-enable: no
zone:
	name: example.com
	zonefile: "%[4]s"
`, at.Addr(), at.Port(), dir, write(t, text)), "nsd", "-d", "-c")
}

// knot runs Knot without any zone.
func knot(t *testing.T, at netip.AddrPort) {
	dir := t.TempDir()
	product(t, at, fmt.Sprintf(`server:
    listen: %s@%d
    rundir: "%[3]s"
control:
    listen: "%[3]s/knot.sock"
database:
    storage: "%[3]s"
`, at.Addr(), at.Port(), dir), "knotd", "-c")
}

// bind serves a zone by BIND, with recursion and transfers for everybody.
func bind(t *testing.T, at netip.AddrPort, text string) {
	dir := t.TempDir()
	product(t, at, fmt.Sprintf(`options {
	directory "%s";
	pid-file "%[1]s/named.pid";
	session-keyfile "%[1]s/session.key";
	listen-on port %d { %s; };
	listen-on-v6 { none; };
	recursion yes;
	allow-recursion { any; };
	allow-transfer { any; };
	notify no;
	dnssec-validation no;
	qname-minimization off;
};
zone "." { type hint; file "%[5]s"; };
controls { };
zone "example.com" { type primary; file "%[4]s"; };
`, dir, at.Port(), at.Addr(), write(t, text), write(t, ". 3600 IN NS ns.root.\nns.root. 3600 IN A 127.0.0.127\n")), "named", "-g", "-n", "1", "-c")
}
