package dnsserver

import (
	"bytes"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// tapped is a tap that keeps what it is shown.
type tapped struct {
	mu  sync.Mutex
	all []Exchange
}

func (t *tapped) take(batch []Exchange) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, e := range batch {
		e.Query, e.Response = bytes.Clone(e.Query), bytes.Clone(e.Response)
		t.all = append(t.all, e)
	}
}

func (t *tapped) seen() []Exchange {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.all)
}

// TestTap: every exchange is shown as it went over the wire, between the addresses that it went between, until the tap is
// taken away.
func TestTap(t *testing.T) {
	for _, row := range []struct{ network, listen, ask string }{
		{"udp", "127.0.0.1:0", "127.0.0.1"},
		{"udp", "0.0.0.0:0", "127.3.2.1"},
		{"udp", "[::]:0", "::1"},
		{"tcp", "127.0.0.1:0", "127.0.0.1"},
		{"tcp", "0.0.0.0:0", "127.3.2.1"},
		{"tcp", "[::1]:0", "::1"},
	} {
		t.Run(row.network+" "+row.listen, func(t *testing.T) {
			if netip.MustParseAddr(row.ask).Is6() {
				needIPv6(t)
			}
			s := start(t, &Transports{}, row.listen)
			s.ask(t, row.network, row.ask, pack(t, 1, "mail.example.com.", "A"))
			var tap tapped
			s.Server.Tap(tap.take)
			start := time.Now()
			query := pack(t, 2, "www.example.com.", "A")
			conn := s.ask(t, row.network, row.ask, query)
			until(t, "the exchange is shown", func() bool { return len(tap.seen()) > 0 })
			e := tap.seen()[0]
			if client := addrPort(conn.LocalAddr()); e.Client != client || e.Server != addrPort(conn.RemoteAddr()) {
				t.Errorf("shown between %s and %s, was between %s and %s", e.Client, e.Server, client, conn.RemoteAddr())
			}
			if !bytes.Equal(e.Query, query) || len(e.Response) < len(query) || get16(e.Response, 0) != 2 {
				t.Errorf("shown are %x and %x", e.Query, e.Response)
			}
			if e.Transport.String() != row.network || e.View != s.Server.View() || e.Taken.Before(start) || e.Answered.Before(e.Taken) {
				t.Errorf("shown is %+v", e)
			}
			s.Server.Tap(nil)
			s.ask(t, row.network, row.ask, pack(t, 3, "mail.example.com.", "A"))
			if n := len(tap.seen()); n != 1 {
				t.Errorf("%d exchanges are shown, want 1", n)
			}
		})
	}
}

// ask puts a query from a connection of its own, and waits for the response.
func (s *service) ask(t *testing.T, network, addr string, query []byte) net.Conn {
	t.Helper()
	conn := s.dial(t, network, addr)
	if network == "tcp" {
		write(t, conn, framed(query))
		wantReply(t, readTCP(t, conn), get16(query, 0))
		return conn
	}
	write(t, conn, query)
	wantReply(t, readUDP(t, conn), get16(query, 0))
	return conn
}

func addrPort(a net.Addr) netip.AddrPort { return netip.MustParseAddrPort(a.String()) }

// TestTapOfOddities: of silence there is no response, and of a transfer only the query is shown; a client behind a proxy is
// shown without a port.
func TestTapOfOddities(t *testing.T) {
	s := start(t, &Transports{}, "127.0.0.1:0")
	var tap tapped
	s.Server.Tap(tap.take)
	response := pack(t, 9, "mail.example.com.", "A")
	response[2] |= 0x80
	write(t, s.dial(t, "udp"), response)
	until(t, "silence is shown", func() bool { return len(tap.seen()) == 1 })
	if e := tap.seen()[0]; len(e.Response) != 0 || !bytes.Equal(e.Query, response) {
		t.Errorf("of silence: %+v", e)
	}
	conn := s.dial(t, "tcp")
	write(t, conn, framed(pack(t, 4, "example.com.", "AXFR")))
	readTCP(t, conn)
	until(t, "the transfer is shown", func() bool { return len(tap.seen()) == 2 })
	if e := tap.seen()[1]; len(e.Response) != 0 || get16(e.Query, 0) != 4 {
		t.Errorf("of a transfer: %+v", e)
	}
	view := *s.Server.View()
	view.Proxy = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	s.Server.Publish(&view)
	header := append([]byte(proxySignature), proxyFor, 0x12, 0, 12, 192, 0, 2, 7, 192, 0, 2, 1, 0, 99, 0, 53)
	write(t, s.dial(t, "udp"), append(header, pack(t, 5, "mail.example.com.", "A")...))
	until(t, "the client behind the proxy is shown", func() bool { return len(tap.seen()) == 3 })
	if e := tap.seen()[2]; e.Client != netip.MustParseAddrPort("192.0.2.7:0") || get16(e.Query, 0) != 5 {
		t.Errorf("behind a proxy: %+v", e)
	}
}

// Each row is a time and the bucket it falls in, by its upper bound.
func TestLatencyBuckets(t *testing.T) {
	for _, row := range []struct{ took, bound time.Duration }{
		{-time.Second, time.Microsecond},
		{0, time.Microsecond},
		{time.Microsecond, time.Microsecond},
		{time.Microsecond + 1, 2500 * time.Nanosecond},
		{100 * time.Millisecond, 100 * time.Millisecond},
		{time.Second, 0}, // in none that has a bound
	} {
		s := New()
		s.latencies.of(UDP).observe(row.took, 3)
		s.latencies.of(UDP).observe(row.took, 2)
		got := s.Latency(UDP)
		if got.Count != 5 || got.Total != 5*max(row.took, 0) || s.Latency(TCP).Count != 0 {
			t.Errorf("%s: %+v", row.took, got)
		}
		for bound, below := range got.Buckets {
			if want := uint64(5); (row.bound != 0 && bound >= row.bound) != (below == want) {
				t.Errorf("%s: %d in the bucket up to %s", row.took, below, bound)
			}
		}
	}
}

// TestLatency: over TCP the first query of a connection is measured; over UDP some batch is, sooner or later, with all its
// queries.
func TestLatency(t *testing.T) {
	s := start(t, &Transports{}, "127.0.0.1:0")
	s.ask(t, "tcp", "127.0.0.1", pack(t, 1, "mail.example.com.", "A"))
	if got := s.Server.Latency(TCP); got.Count != 1 || got.Total <= 0 {
		t.Errorf("over TCP: %+v", got)
	}
	conn := s.dial(t, "udp")
	until(t, "a batch is measured", func() bool {
		exchangeUDP(t, conn, 2)
		return s.Server.Latency(UDP).Count > 0
	})
}

// BenchmarkTap is queries over loopback, some on the way at once, without a tap and with one that does nothing.
func BenchmarkTap(b *testing.B) {
	for _, row := range []struct {
		name string
		tap  Tap
	}{{"off", nil}, {"on", func([]Exchange) {}}} {
		b.Run(row.name, func(b *testing.B) {
			s := start(b, &Transports{}, "127.0.0.1:0")
			s.Server.Tap(row.tap)
			conn := s.dial(b, "udp")
			if err := conn.SetDeadline(time.Time{}); err != nil {
				b.Fatal(err)
			}
			query, reply := pack(b, 3, "www.example.com.", "A"), make([]byte, maxMessage)
			for range 15 {
				write(b, conn, query)
			}
			b.ReportAllocs()
			for b.Loop() {
				roundTrip(b, conn, query, reply)
			}
		})
	}
}

// TestTapKnowsTheView: where another view comes into force while a query is answered, as here on its NOTIFY, it is not said
// which one has answered.
func TestTapKnowsTheView(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		t.Run(network, func(t *testing.T) {
			s := start(t, &Transports{}, "127.0.0.1:0")
			var tap tapped
			s.Server.Tap(tap.take)
			s.Server.OnNotify = func(Notice) {
				view := *s.Server.View()
				s.Server.Publish(&view)
			}
			view := *s.Server.View()
			view.Access = &Access{Notify: []Rule{{Prefixes: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}}}
			s.Server.Publish(&view)
			notify, err := new(dns.Msg).SetNotify("example.com.").Pack()
			if err != nil {
				t.Fatal(err)
			}
			if conn := s.dial(t, network); network == "tcp" {
				write(t, conn, framed(notify))
				readTCP(t, conn)
			} else {
				write(t, conn, notify)
				readUDP(t, conn)
			}
			s.ask(t, network, "127.0.0.1", pack(t, 7, "www.example.com.", "A"))
			until(t, "both are shown", func() bool { return len(tap.seen()) == 2 })
			for _, e := range tap.seen() {
				if known := get16(e.Query, 0) == 7; known != (e.View == s.Server.View()) || !known && e.View != nil {
					t.Errorf("query %d: view %p, in force %p", get16(e.Query, 0), e.View, s.Server.View())
				}
			}
		})
	}
}
