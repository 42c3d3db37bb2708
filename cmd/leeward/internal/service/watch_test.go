package service

import (
	"bytes"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/cmd/leeward/internal/admin"
	"leeward/steering"
)

// logText is a log to be read.
type logText struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// with adds to the configuration.
func (p *place) with(t testing.TB, text string) {
	t.Helper()
	file := filepath.Join(p.dir, "leeward.yaml")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	base, _, _ := strings.Cut(string(before), "\n# with\n")
	p.write(t, "leeward.yaml", base+"\n# with\n"+text)
}

// ask asks a running service for a name over UDP, for a client subnet if one is given.
func ask(t testing.TB, s *Service, name string, qtype uint16, subnet string) *dns.Msg {
	t.Helper()
	m := new(dns.Msg)
	m.SetQuestion(name, qtype)
	if subnet != "" {
		m.SetEdns0(1232, false)
		addr, network, err := net.ParseCIDR(subnet)
		if err != nil {
			t.Fatal(err)
		}
		bits, _ := network.Mask.Size()
		m.IsEdns0().Option = append(m.IsEdns0().Option, &dns.EDNS0_SUBNET{Code: dns.EDNS0SUBNET, Family: 1, SourceNetmask: uint8(bits), Address: addr})
	}
	r, _, err := (&dns.Client{Timeout: 10 * time.Second}).Exchange(m, (*s.listening.Load())[0].Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// logged starts a service that writes to a log.
func (p *place) logged(t testing.TB) (*Service, *logText) {
	t.Helper()
	log := &logText{}
	s, stop := p.startWith(t, slog.New(slog.NewTextHandler(log, nil)))
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return s, log
}

// Each row is a question and what its line in the log has, or has not (!).
func TestQueryLog(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.with(t, "log: {queries: {sample: 1, most: 1000}}\n")
	s, log := p.logged(t)
	until(t, "ams up", func() bool { return measured(s, 0) == steering.Up && measured(s, 1) == steering.Up })
	for _, row := range []struct {
		name   string
		qtype  uint16
		subnet string
		want   []string
	}{
		{"www.example.org.", dns.TypeA, "145.0.0.0/16", []string{"type=A", "rcode=NOERROR", "zone=example.org ", "colo=ams", "row=1", `region="ams lhr"`, "client=145.",
			"by=ecs", "the nearest colo with an address on an uplink that is up or at risk (row 1)", "ttl=30", "took=", "transport=udp"}},
		{"ns.example.org.", dns.TypeA, "145.0.7.0/24", []string{"client=0.0.0.0/0", "by=ecs", "answered as written", "!colo=", "ttl=300", "!145.0"}},
		{"none.example.org.", dns.TypeA, "", []string{"rcode=NXDOMAIN", "client=0.0.0.0/0", "by=resolver", "the name does not exist", "ttl=60", "!127.0.0.1"}},
		{"elsewhere.example.", dns.TypeMX, "", []string{"rcode=REFUSED", "type=MX", "!zone=", "no zone served here contains"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			ask(t, s, row.name, row.qtype, row.subnet)
			line := ""
			until(t, "the line", func() bool {
				_, line, _ = strings.Cut(log.String(), "msg=query name="+row.name)
				line, _, _ = strings.Cut(line, "\n")
				return line != ""
			})
			for _, want := range row.want {
				if unwanted, is := strings.CutPrefix(want, "!"); is == strings.Contains(line, strings.TrimPrefix(want, "!")) {
					t.Errorf("%q, unwanted %v, in %s", unwanted, is, line)
				}
			}
		})
	}
}

// A reload takes up who looks at queries, and a bad one changes nothing.
func TestWatchersReload(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	s, log := p.logged(t)
	reload := func() {
		t.Helper()
		if _, err := s.Reload(admin.ReloadRequest{ConfigToo: true}); err != nil {
			t.Fatal(err)
		}
	}
	tap := filepath.Join(p.dir, "tap")
	written := func() uint64 { return s.watchers.dnstap.Load().Counts().Written }
	ask(t, s, "ns.example.org.", dns.TypeA, "")
	p.with(t, "dnstap: {to: 'file:tap'}\nlog: {queries: {sample: 1, client: whole}}\n")
	reload()
	ask(t, s, "ns.example.org.", dns.TypeNS, "")
	until(t, "it is told and logged", func() bool { return written() == 2 && strings.Contains(log.String(), "type=NS") })
	if text := log.String(); strings.Contains(text, "type=A ") || !strings.Contains(text, "client=127.0.0.1/32") {
		t.Error(text)
	}
	if err := os.Rename(tap, tap+".1"); err != nil {
		t.Fatal(err)
	}
	reload() // nothing has changed but the file
	until(t, "the file is begun anew", func() bool { _, err := os.Stat(tap); return err == nil })
	p.with(t, "dnstap: {to: nowhere}\n")
	reload()
	if !s.unconfigured.Load() || s.watchers.dnstap.Load() == nil {
		t.Error("a bad configuration was taken up")
	}
	ask(t, s, "ns.example.org.", dns.TypeA, "")
	until(t, "the output goes on", func() bool { return written() == 4 })
	p.with(t, "")
	reload()
	if s.unconfigured.Load() || s.watchers.dnstap.Load() != nil {
		t.Error("the output goes on without a configuration")
	}
}

// Each row is a level that is set and what is in force then, and after a reload.
func TestLevel(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.with(t, "log: {level: warn}\n")
	s, _ := p.logged(t)
	if _, err := s.SetLevel(admin.LevelRequest{Level: "debug"}); err == nil {
		t.Error("a level was set of a logger without one")
	}
	inForce := new(slog.LevelVar)
	s.level.inForce = inForce
	for _, row := range []struct {
		request admin.LevelRequest
		want    string // in force; "": refused
		for_    time.Duration
	}{
		{admin.LevelRequest{Level: "debug"}, "debug", 10 * time.Minute},
		{admin.LevelRequest{Level: "error", For: "1h"}, "error", time.Hour},
		{admin.LevelRequest{Level: "warn", For: "1h"}, "warn", 0}, // as configured: nothing is to come back
		{admin.LevelRequest{Level: "loud"}, "", 0},
		{admin.LevelRequest{Level: "info+1"}, "", 0},
		{admin.LevelRequest{Level: "debug", For: "25h"}, "", 0},
		{admin.LevelRequest{Level: "debug", For: "-1s"}, "", 0},
		{admin.LevelRequest{Level: "debug", For: "soon"}, "", 0},
	} {
		got, err := s.SetLevel(row.request)
		if row.want == "" {
			if err == nil {
				t.Errorf("%+v is taken", row.request)
			}
			continue
		}
		if err != nil || got.Level != row.want || got.Configured != "warn" || levelWord(inForce.Level()) != row.want || s.Level().Level != row.want {
			t.Errorf("%+v: %+v, %v", row.request, got, err)
		}
		if (got.Until == nil) != (row.for_ == 0) || got.Until != nil && time.Until(*got.Until) > row.for_ {
			t.Errorf("%+v until %v", row.request, got.Until)
		}
	}
	for what, end := range map[string]func(){
		"a reload": func() { _, _ = s.Reload(admin.ReloadRequest{ConfigToo: true}) },
		"its time": func() { s.endLevel(s.level.until) },
	} {
		if _, err := s.SetLevel(admin.LevelRequest{Level: "debug"}); err != nil {
			t.Fatal(err)
		}
		s.endLevel(time.Time{}.Add(1)) // of an order that another has replaced
		if s.Level().Level != "debug" {
			t.Error("the end of an earlier order has ended a later one")
		}
		end()
		if got := s.Level(); got.Level != "warn" || got.Until != nil {
			t.Errorf("after %s: %+v", what, got)
		}
	}
}
