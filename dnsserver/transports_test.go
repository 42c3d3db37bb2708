package dnsserver

import (
	"bytes"
	"context"
	"encoding/hex"
	"log/slog"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/zones"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

func port(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

// service is a server behind its transports.
type service struct {
	*Transports
	at   netip.AddrPort // of the first listener
	log  *logText
	stop func() error // ends Run and gives its result
}

// start serves a plain view on ports of the system's choice. What s leaves open gets a value that does not matter.
func start(t testing.TB, s *Transports, listen ...string) *service {
	log := &logText{}
	s.Server, s.Logger = New(), slog.New(slog.NewTextHandler(log, nil))
	s.Server.Publish(plainView(t))
	if s.Idle == 0 {
		s.Idle = time.Hour
	}
	if s.Connections == 0 {
		s.Connections = 100
	}
	for _, addr := range listen {
		l, err := Listen(port(addr), Sockets{})
		if err != nil {
			t.Fatal(err)
		}
		s.Listeners = append(s.Listeners, l)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	stop := sync.OnceValue(func() error { cancel(); return <-done })
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error("Run:", err)
		}
	})
	return &service{Transports: s, at: s.Listeners[0].Addr(), log: log, stop: stop}
}

// plainView serves example.com of the transcripts, without steering.
func plainView(t testing.TB) *View {
	origin, err := zones.ParseName("example.com.")
	if err != nil {
		t.Fatal(err)
	}
	zone, _, err := zones.Parse(zones.Source{Origin: origin, File: "testdata/zones/example.com.zone"})
	if err != nil {
		t.Fatal(err)
	}
	return &View{Zones: zones.NewSet(zone), NSID: "ns1-ams", UDPSize: 1232}
}

// dropped is how many queries were dropped for a reason.
func (s *service) dropped(reason int) uint64 { return s.Server.counts.dropped[reason].Load() }

// answered is how many answers without error were given.
func (s *service) answered(transport Transport) uint64 {
	return s.Server.counts.responses[transport][rcodeNoError].Load()
}

// dial connects to the service, at addr if that is given.
func (s *service) dial(t testing.TB, network string, addr ...string) net.Conn {
	t.Helper()
	at := s.at
	if len(addr) > 0 {
		at = netip.AddrPortFrom(netip.MustParseAddr(addr[0]), at.Port())
	}
	conn, err := net.Dial(network, at.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// pack is a query for a name of the transcripts' zones.
func pack(t testing.TB, id uint16, name, qtype string) []byte {
	t.Helper()
	m := new(dns.Msg)
	m.SetQuestion(name, dns.StringToType[qtype])
	m.Id = id
	packet, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return packet
}

// packCH is a query that needs a view, but no zone.
func packCH(t testing.TB, id uint16) []byte {
	t.Helper()
	packet := pack(t, id, "id.server.", "TXT")
	put16(packet, len(packet)-2, classCH)
	return packet
}

// until waits for an event outside of the test's hands.
func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(patience); !holds(); {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited in vain: %s", what)
		}
	}
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

// needIPv6 skips a test where the host has no IPv6 loopback.
func needIPv6(t testing.TB) {
	conn, err := net.ListenPacket("udp6", "[::1]:0")
	if err != nil {
		t.Skip("no IPv6 loopback: ", err)
	}
	conn.Close()
}

// TestRunLeavesNothing: after Run no goroutine is left, no connection, and the port is free.
func TestRunLeavesNothing(t *testing.T) {
	before := runtime.NumGoroutine()
	s := start(t, &Transports{}, "127.0.0.1:0")
	udp, idle, used := s.dial(t, "udp"), s.dial(t, "tcp"), s.dial(t, "tcp")
	exchangeUDP(t, udp, 1)
	exchangeTCP(t, used, 2)
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	for _, conn := range []net.Conn{idle, used} {
		wantEnd(t, conn)
	}
	until(t, "goroutines end", func() bool { return runtime.NumGoroutine() <= before })
	again, err := Listen(s.at, Sockets{})
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}

// TestRunEndsWithAListener: a service that lost a socket ends, and says why.
func TestRunEndsWithAListener(t *testing.T) {
	for _, network := range []string{"UDP", "TCP"} {
		t.Run(network, func(t *testing.T) {
			l, err := Listen(port("127.0.0.1:0"), Sockets{})
			if err != nil {
				t.Fatal(err)
			}
			if network == "UDP" {
				l.udp[0].close()
			} else {
				l.tcp.Close()
			}
			s := &Transports{Server: New(), Listeners: []*Listener{l}, Logger: slog.New(slog.DiscardHandler)}
			if err := s.Run(t.Context()); err == nil || !strings.Contains(err.Error(), network+" "+l.Addr().String()) {
				t.Errorf("Run gives %v", err)
			}
		})
	}
}

// TestDefect: a query that meets a defect of the server is dropped, counted, and written down; the service goes on. A
// view without zones stands for the defect.
func TestDefect(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		t.Run(network, func(t *testing.T) {
			s := start(t, &Transports{}, "127.0.0.1:0")
			s.Server.Publish(&View{NSID: "ns1-ams", UDPSize: 1232})
			bad := pack(t, 1, "www.example.com.", "A")
			for range 3 {
				conn := s.dial(t, network)
				if network == "tcp" {
					write(t, conn, framed(packCH(t, 7)), framed(bad))
					wantReply(t, readTCP(t, conn), 7)
					wantEnd(t, conn)
					conn = s.dial(t, network)
					write(t, conn, framed(packCH(t, 8)))
					wantReply(t, readTCP(t, conn), 8)
					continue
				}
				write(t, conn, bad)
				write(t, conn, packCH(t, 8))
				wantReply(t, readUDP(t, conn), 8)
			}
			if n := s.dropped(dropDefect); n != 3 {
				t.Errorf("%d defects counted, want 3", n)
			}
			if text := s.log.String(); strings.Count(text, hex.EncodeToString(bad)) != 1 {
				t.Errorf("the log has not the query once, but: %s", text)
			}
		})
	}
}
