package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/config"
	"leeward/dnsserver"
	"leeward/steering"
	"leeward/zones"
)

// place is a directory with a configuration, zones and state, and two colos on loopback that it names.
type place struct {
	dir  string
	webs map[string]net.Listener // by colo
}

const zoneText = `$TTL 300
@ IN SOA ns hostmaster 1 3600 600 604800 60
@ IN NS ns
ns IN A 192.0.2.53
www IN A 127.201.1.1
www IN A 127.202.1.1
`

func newPlace(t testing.TB) *place {
	p := &place{dir: t.TempDir(), webs: map[string]net.Listener{}}
	port := 0
	for _, at := range []struct{ colo, addr string }{{"ams", "127.201.1.1"}, {"lhr", "127.202.1.1"}} {
		l, err := net.Listen("tcp", net.JoinHostPort(at.addr, fmt.Sprint(port)))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		port = l.Addr().(*net.TCPAddr).Port
		p.webs[at.colo] = l
	}
	p.write(t, "zones/example.org.zone", zoneText)
	p.configure(t, port, "30s")
	return p
}

func (p *place) write(t testing.TB, name, text string) {
	t.Helper()
	file := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (p *place) configure(t testing.TB, port int, ttl string) {
	p.write(t, "leeward.yaml", fmt.Sprintf(`
node: {name: ns1}
dns: {listen: ["127.0.0.1:0"]}
zones: {directory: zones}
admin: {listen: "", socket: ""}
state: {directory: state}
steering: {hold: 0s, ttl: {max: %s, min: 5s}}
check: {port: %d, interval: 100ms, timeout: 100ms, fall: 2, rise: 2}
colos:
  - {name: ams, location: {lat: 52, lon: 5}, uplinks: [{upstreams: [north], prefixes: [127.201.1.0/24], probe: [127.201.1.1]}]}
  - {name: lhr, location: {lat: 51, lon: 0}, uplinks: [{upstreams: [east], prefixes: [127.202.1.0/24], probe: [127.202.1.1]}]}
`, ttl, port))
}

func (p *place) load() (*config.Config, error) {
	return config.Load(config.Options{File: filepath.Join(p.dir, "leeward.yaml"), HostName: "ns1", Version: "test"})
}

// start runs a service until stop is called, which gives what Run returned.
func (p *place) start(t testing.TB) (s *Service, stop func() error) {
	t.Helper()
	return p.startWith(t, slog.New(slog.DiscardHandler))
}

// startWith is start with a logger.
func (p *place) startWith(t testing.TB, log *slog.Logger) (s *Service, stop func() error) {
	t.Helper()
	cfg, err := p.load()
	if err != nil {
		t.Fatal(err)
	}
	s = New(Options{Config: cfg, Reconfigure: p.load, Version: "test", Logger: log})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	stop = func() error { cancel(); return <-ended }
	until(t, "ready", s.Ready)
	return s, stop
}

// until waits for an event outside of the test's hands.
func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(30 * time.Second); !holds(); {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// answer is the addresses that a client near ams is given, and their TTL.
func answer(t *testing.T, s *Service) string {
	t.Helper()
	name, err := zones.ParseName("www.example.org")
	if err != nil {
		t.Fatal(err)
	}
	e, err := s.Explain(name, dns.TypeA, dnsserver.Asker{Subnet: netip.MustParsePrefix("145.0.0.0/16")})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(e.Answer, "; ")
}

func measured(s *Service, colo int) steering.State { return s.View().Verdicts.Uplinks[colo].Measured }

func TestFailureMovesAnswers(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	s, stop := p.start(t)
	until(t, "both colos up", func() bool { return measured(s, 0) == steering.Up && measured(s, 1) == steering.Up })
	if got := answer(t, s); got != "www.example.org. 30 IN A 127.201.1.1" {
		t.Errorf("at first: %s", got)
	}
	_ = p.webs["ams"].Close()
	until(t, "ams down", func() bool { return measured(s, 0) == steering.Down })
	if got := answer(t, s); got != "www.example.org. 30 IN A 127.202.1.1" {
		t.Errorf("ams down: %s", got)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}

	// The next start begins where the last ended, before any vote.
	again, stop := p.start(t)
	if v := again.View().Verdicts.Uplinks[0]; v.Measured != steering.Down {
		t.Errorf("after a restart ams is %s: %s", v.Measured, v.Reason)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// Rows follow the chart of Drain.
func TestDrain(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	s, stop := p.start(t)
	for _, row := range []struct {
		r       admin.DrainRequest
		refused bool
		want    string
	}{
		{admin.DrainRequest{Target: "ams", Reason: "x"}, false, `"ams" is no target: colo:NAME, uplink:COLO/UPSTREAM or upstream:NAME is wanted`},
		{admin.DrainRequest{Target: "colo:amsterdam", Reason: "x"}, false, "the network has no colo:amsterdam: did you mean colo:ams? It has colo:ams, uplink:ams/north, upstream:north, colo:lhr, uplink:lhr/east, upstream:east"},
		{admin.DrainRequest{Target: "colo:ams", Reason: " "}, false, "a reason is missing (--reason): whoever finds the drain at night must know why"},
		{admin.DrainRequest{Target: "colo:ams", Reason: "x", For: "soon"}, false, `for "soon": a duration of a second or more is wanted, such as 30m or 48h`},
		{admin.DrainRequest{Target: "colo:ams", Reason: "x", For: "-1h"}, false, `for "-1h": a duration of a second or more is wanted, such as 30m or 48h`},
		{admin.DrainRequest{Target: "colo:ams", Reason: "x", For: "999ms"}, false, `for "999ms": a duration of a second or more is wanted, such as 30m or 48h`},
		{admin.DrainRequest{Target: "colo:ams", Reason: "x\x1b[31m"}, false, "a reason has no control characters, nor any that turn the direction of text: it is shown on terminals"},
		{admin.DrainRequest{Target: "colo:ams", Reason: "x\u202etxet"}, false, "a reason has no control characters, nor any that turn the direction of text: it is shown on terminals"},
		{admin.DrainRequest{Target: "colo:ams", Reason: "x", By: "op"}, false, ""},
		{admin.DrainRequest{Target: "upstream:east", Reason: "x"}, true, "with upstream:east drained nothing would be left undrained; use --force if that is meant"},
		{admin.DrainRequest{Target: "upstream:east", Reason: "x", Force: true}, false, ""},
	} {
		o, err := s.Drain(row.r)
		var refusal *admin.Refusal
		switch {
		case row.want == "" && err != nil, row.want != "" && (err == nil || err.Error() != row.want):
			t.Errorf("%+v: got %v, want %q", row.r, err, row.want)
		case errors.As(err, &refusal) != row.refused:
			t.Errorf("%+v: refused %v", row.r, !row.refused)
		case err == nil && o.Target != row.r.Target:
			t.Errorf("%+v: %+v", row.r, o)
		}
	}
	if got := answer(t, s); !strings.Contains(got, "127.201.1.1") {
		t.Errorf("all drained, measured up: the nearest is given, not %s", got)
	}
	if err := s.Undrain("upstream:east", "op"); err != nil {
		t.Error(err)
	}
	if got := answer(t, s); got != "www.example.org. 30 IN A 127.202.1.1" {
		t.Errorf("ams drained: %s", got)
	}
	if err := s.Undrain("upstream:east", "op"); err == nil || err.Error() != "upstream:east is not drained" {
		t.Error(err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	again, stop := p.start(t)
	if list := again.Status().Overrides; len(list) != 1 || list[0].Target != "colo:ams" || list[0].By != "op@ns1" {
		t.Errorf("after a restart: %+v", list)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestReconfigure(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	s, stop := p.start(t)
	until(t, "a vote on every uplink", func() bool { return measured(s, 0) == steering.Up && measured(s, 1) == steering.Up })
	port := p.webs["ams"].Addr().(*net.TCPAddr).Port
	p.configure(t, port, "20s")
	result, err := s.Reload(admin.ReloadRequest{ConfigToo: true})
	if err != nil || result.Config != "taken up" || !result.OK() {
		t.Errorf("%+v, %v", result, err)
	}
	if got := answer(t, s); got != "www.example.org. 20 IN A 127.201.1.1" {
		t.Errorf("what was known of the network stays known, and the answer settled, under the new TTL: %s", got)
	}

	text, err := os.ReadFile(filepath.Join(p.dir, "leeward.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	before := s.View().Network.Digest()
	p.write(t, "leeward.yaml", strings.Replace(string(text), "lat: 52", "lat: 53", 1))
	if result, err := s.Reload(admin.ReloadRequest{ConfigToo: true}); err != nil || !result.OK() {
		t.Errorf("%+v, %v", result, err)
	}
	if v := s.View().Verdicts.Uplinks[0]; s.View().Network.Digest() == before || v.Measured != steering.Up || v.Stale || len(v.Votes) != 1 {
		t.Errorf("a colo that moves is still known: %+v", v)
	}

	p.write(t, "leeward.yaml", "zones: {directory: zones}\nnode: {nme: x}\n")
	result, err = s.Reload(admin.ReloadRequest{ConfigToo: true})
	if err != nil || result.OK() || !strings.Contains(result.Error, `leeward.yaml:2: unknown key "node.nme"`) {
		t.Errorf("%+v, %v", result, err)
	}
	if got := answer(t, s); got != "www.example.org. 20 IN A 127.201.1.1" {
		t.Errorf("a bad configuration changed the answer to %s", got)
	}

	p.write(t, "leeward.yaml", "node: {name: other}\nzones: {directory: zones}\nadmin: {listen: \"\", socket: \"\"}\n")
	result, err = s.Reload(admin.ReloadRequest{ConfigToo: true})
	if err != nil || !strings.HasPrefix(result.Config, "taken up, but for what needs a restart: node, dns.listen") {
		t.Errorf("%+v, %v", result, err)
	}
	if got := answer(t, s); !strings.Contains(got, "127.201.1.1") || !strings.Contains(got, "127.202.1.1") {
		t.Errorf("without colos the RRset is given as written, not %s", got)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// An address that the new network puts elsewhere, and a zone edit, meet in one view.
func TestZoneEdit(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	s, stop := p.start(t)
	p.write(t, "zones/example.org.zone", strings.Replace(zoneText, "www IN A 127.202.1.1", "www IN A 127.202.1.1\nwww IN A 127.201.1.7", 1))
	until(t, "the edit is served", func() bool { return strings.Contains(answer(t, s), "127.201.1.7") })
	p.write(t, "zones/example.org.zone", zoneText+"www IN CNAME ns\n")
	until(t, "the error is shown", func() bool { return len(s.Status().Problems) == 1 })
	if got := s.Status().Problems[0]; !strings.Contains(got, "example.org.zone:7") || !strings.Contains(got, "CNAME") {
		t.Error(got)
	}
	if !strings.Contains(answer(t, s), "127.201.1.7") {
		t.Error("a bad edit changed the answer")
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestStartRefused(t *testing.T) {
	taken, err := dnsserver.Listen(netip.MustParseAddrPort("127.0.0.1:0"), dnsserver.Sockets{})
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, row := range []struct {
		name, files, want string
		start             bool
	}{
		{"no zones", "", "no zone files", true},
		{"all zones bad", "x.zone", "no zone can be served", false},
		{"port in use", "good.zone", "is in use by another program", true},
	} {
		dir := t.TempDir()
		if row.files != "" {
			text := "@ IN SOA"
			if row.files == "good.zone" {
				text = zoneText
			}
			if err := os.WriteFile(filepath.Join(dir, row.files), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		cfg := &config.Config{Zones: config.Zones{Directory: dir}, Node: config.Node{Name: "ns1"}, DNS: config.DNS{Listen: []netip.AddrPort{taken.Addr()}}}
		err := New(Options{Config: cfg, Logger: slog.New(slog.DiscardHandler)}).Run(t.Context())
		var start *StartError
		if err == nil || !strings.Contains(err.Error(), row.want) || errors.As(err, &start) != row.start {
			t.Errorf("%s: %v (a start error: %v)", row.name, err, errors.As(err, &start))
		}
	}
}
