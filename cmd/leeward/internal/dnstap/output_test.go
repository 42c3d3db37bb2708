package dnstap

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/dnsserver"
)

// exchange is a query for a name over a transport, and its response.
func exchange(t testing.TB, name string, transport dnsserver.Transport, client string) dnsserver.Exchange {
	m := new(dns.Msg)
	m.SetQuestion(name, dns.TypeA)
	query, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	m.Response, m.Authoritative = true, true
	response, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	server := netip.MustParseAddrPort("192.0.2.53:53")
	if netip.MustParseAddrPort(client).Addr().Is6() {
		server = netip.MustParseAddrPort("[2001:db8::53]:53")
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	return dnsserver.Exchange{Query: query, Response: response, Client: netip.MustParseAddrPort(client), Server: server, Transport: transport,
		Taken: at, Answered: at.Add(time.Millisecond)}
}

// running is an output at work.
type running struct {
	*Output
	log  *logText
	stop func()
}

func run(t testing.TB, network, address string, change ...func(*Options)) *running {
	log := &logText{}
	o := Options{Network: network, Address: address, Queries: true, Responses: true, Identity: "ns1-ams", Version: "leeward test", Buffer: 1 << 20,
		Logger: slog.New(slog.NewTextHandler(log, nil))}
	for _, f := range change {
		f(&o)
	}
	r := &running{Output: New(o), log: log}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error("Run:", err)
		}
	})
	t.Cleanup(r.stop)
	return r
}

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

// until waits for an event outside of the test's hands.
func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(20 * time.Second); !holds(); {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// A file that is there is set aside, one that was moved is begun anew, and one that was not is written on.
func TestFileIsReopened(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "tap")
	if err := os.WriteFile(path, []byte("of an earlier run"), 0o600); err != nil {
		t.Fatal(err)
	}
	changed := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	if err := os.Chtimes(path, changed, changed); err != nil {
		t.Fatal(err)
	}
	r := run(t, "file", path)
	tell := func(name string) {
		before := r.Counts().Written
		r.Offer([]dnsserver.Exchange{exchange(t, name, dnsserver.UDP, "192.0.2.1:4000")})
		until(t, name+" is written", func() bool { return r.Counts().Written == before+2 })
	}
	tell("a.example.")
	r.Reopen()
	tell("b.example.")
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	r.Reopen()
	until(t, "the file is begun anew", func() bool { _, err := os.Stat(path); return err == nil })
	tell("c.example.")
	r.stop()
	for name, want := range map[string]string{"tap.20260102T030405Z": "an earlier run", "tap.1": "a b", "tap": "c"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, letter := range strings.Fields(want) {
			if strings.HasPrefix(want, "an ") {
				letter = want
			} else {
				letter = "\x01" + letter + "\x07example"
			}
			if !bytes.Contains(text, []byte(letter)) {
				t.Errorf("%s lacks %q: %q", name, letter, text)
			}
		}
	}
}

// A reader that goes away is found again, and what no reader takes is dropped and counted.
func TestReaderGone(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close() // nobody is there at first
	r := run(t, "tcp", addr, func(o *Options) { o.Buffer = 4 << 10 })
	for range 10 {
		r.Offer([]dnsserver.Exchange{exchange(t, "a.example.", dnsserver.UDP, "192.0.2.1:4000")})
	}
	if got := r.Counts(); got.Dropped != 12 || got.Open || got.Written != 0 { // room for 4 of 10
		t.Errorf("without a reader: %+v", got)
	}
	until(t, "the log tells", func() bool { return strings.Contains(r.log.String(), "dnstap has no reader") })
	if l, err = net.Listen("tcp", addr); err != nil {
		t.Skip("the port is another's meanwhile: ", err)
	}
	defer l.Close()
	read(t, l, 8).Close()
	until(t, "the messages are counted", func() bool { return r.Counts().Written == 8 })
	// The reader has closed the connection. Sooner or later that is noticed.
	until(t, "the end is noticed", func() bool {
		r.Offer([]dnsserver.Exchange{exchange(t, "b.example.", dnsserver.UDP, "192.0.2.1:4000")})
		return !r.Counts().Open
	})
	read(t, l, 2).Close()
	if n := strings.Count(r.log.String(), "connection refused"); n != 1 {
		t.Errorf("what stays the same is logged %d times: %s", n, r.log.String())
	}
}

// A reader that takes nothing holds nobody up: what does not fit is dropped, and the end of the program does not wait for it.
func TestReaderStuck(t *testing.T) {
	l, err := net.Listen("unix", filepath.Join(t.TempDir(), "socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r := run(t, "unix", l.Addr().String(), func(o *Options) { o.Buffer = 64 << 10 })
	defer read(t, l, 0).Close() // shakes hands, and no more
	batch := make([]dnsserver.Exchange, 32)
	for i := range batch {
		batch[i] = exchange(t, "a.example.", dnsserver.UDP, "192.0.2.1:4000")
	}
	until(t, "messages are dropped", func() bool {
		r.Offer(batch)
		return r.Counts().Dropped > 10_000
	})
	r.stop()
}

// What is told: queries, responses, or both; one in so many; who, and by which program.
func TestChosen(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*Options)
		want   string
	}{
		{"both", func(*Options) {}, "AUTH_QUERY AUTH_RESPONSE AUTH_QUERY AUTH_RESPONSE"},
		{"queries", func(o *Options) { o.Responses = false }, "AUTH_QUERY AUTH_QUERY"},
		{"responses", func(o *Options) { o.Queries = false }, "AUTH_RESPONSE AUTH_RESPONSE"},
		{"one in two", func(o *Options) { o.Sample = 2 }, "AUTH_QUERY AUTH_RESPONSE"},
	} {
		t.Run(row.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "tap")
			r := run(t, "file", path, row.change)
			r.Offer([]dnsserver.Exchange{exchange(t, "a.example.", dnsserver.UDP, "192.0.2.1:4000"),
				exchange(t, "b.example.", dnsserver.UDP, "192.0.2.1:4000")})
			want := strings.Fields(row.want)
			until(t, "they are written", func() bool { return r.Counts().Written == uint64(len(want)) })
			r.stop()
			var got []string
			for _, m := range decode(t, path) {
				got = append(got, m.Message.GetType().String())
				if string(m.Identity) != "ns1-ams" || string(m.Version) != "leeward test" {
					t.Errorf("told by %q, %q", m.Identity, m.Version)
				}
			}
			if strings.Join(got, " ") != row.want {
				t.Errorf("told are %v, want %s", got, row.want)
			}
		})
	}
}

// An update has types of its own, silence has no response, and a client behind a proxy no port.
func TestOddMessages(t *testing.T) {
	update, silence, proxied := exchange(t, "a.example.", dnsserver.TCP, "[2001:db8::1]:99"), exchange(t, "b.example.", dnsserver.UDP, "192.0.2.1:4000"),
		exchange(t, "c.example.", dnsserver.UDP, "[2001:db8::7]:0")
	update.Query[2] |= 5 << 3
	silence.Response = nil
	proxied.Server = netip.MustParseAddrPort("192.0.2.53:53")
	path := filepath.Join(t.TempDir(), "tap")
	r := run(t, "file", path)
	r.Offer([]dnsserver.Exchange{update, silence, proxied})
	until(t, "they are written", func() bool { return r.Counts().Written == 5 })
	r.stop()
	got := decode(t, path)
	if got[0].Message.GetType().String() != "UPDATE_QUERY" || got[1].Message.GetType().String() != "UPDATE_RESPONSE" ||
		got[0].Message.GetSocketFamily().String() != "INET6" || got[0].Message.GetSocketProtocol().String() != "TCP" {
		t.Errorf("of an update: %v, %v", got[0], got[1])
	}
	if got[2].Message.GetType().String() != "AUTH_QUERY" || got[3].Message.GetType().String() != "AUTH_QUERY" {
		t.Errorf("of silence there is a response: %v", got[3])
	}
	if m := got[3].Message; m.QueryPort != nil || m.ResponseAddress != nil || m.GetResponsePort() != 53 {
		t.Errorf("behind a proxy: %v", m)
	}
}

// BenchmarkForward is what the reader's side costs for each exchange: two messages, made and written to a file.
func BenchmarkForward(b *testing.B) {
	o := New(Options{Network: "file", Queries: true, Responses: true, Identity: "ns1-ams", Version: "leeward test", Buffer: 1 << 20})
	to, err := create(filepath.Join(b.TempDir(), "tap"))
	if err != nil {
		b.Fatal(err)
	}
	batch := make([]dnsserver.Exchange, 32)
	for i := range batch {
		batch[i] = exchange(b, "www.example.com.", dnsserver.UDP, "192.0.2.1:4000")
	}
	b.ReportAllocs()
	for b.Loop() {
		o.Offer(batch)
		if err := o.forward(to, <-o.queue.Full()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(batch)), "ns/exchange")
}
