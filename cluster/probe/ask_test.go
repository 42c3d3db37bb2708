package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"leeward/steering"
)

// patient is a timeout for checks whose result does not depend on it.
const patient = 10 * time.Second

var loopbacks = []string{"127.0.0.1", "::1"}

// try asks once and returns the words of a vote's detail, or "passed".
func try(t *testing.T, a ask, addr netip.Addr, timeout time.Duration) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	if err := a(ctx, addr); err != nil {
		return detail(err, addr)
	}
	return "passed"
}

// probing makes a check against the port of an address, and gives the address.
func probing(t *testing.T, c steering.Check, at string) (ask, netip.Addr) {
	t.Helper()
	ap := netip.MustParseAddrPort(at)
	c.Port = ap.Port()
	a, err := newAsk(withDefaults(c), &dialer{})
	if err != nil {
		t.Fatal(err)
	}
	return a, ap.Addr()
}

// listen opens a TCP listener on a free port of a loopback address, or skips the test where there is no such address.
func listen(t *testing.T, host string) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil && host == "::1" {
		t.Skip("no IPv6 loopback here:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// serve answers each connection of a new listener, and returns its address.
func serve(t *testing.T, host string, answer func(net.Conn)) string {
	t.Helper()
	l := listen(t, host)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				answer(conn)
			}()
		}
	}()
	return l.Addr().String()
}

// closedPort is an address where nothing listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l := listen(t, "127.0.0.1")
	defer l.Close()
	return l.Addr().String()
}

func TestRunRefusesChecksThatCannotBeMade(t *testing.T) {
	for _, c := range []struct {
		check steering.Check
		want  string
	}{
		{steering.Check{Type: "icmp"}, `check.type "icmp"`},
		{steering.Check{Type: "http", Path: "healthz"}, `check.path "healthz"`},
		{steering.Check{Type: "http", Path: "/a\nb"}, `check.path "/a\nb"`},
		{steering.Check{Type: "https", Host: "www example"}, `check.host "www example"`},
		{steering.Check{Type: "https", Host: "a\r\nX: y"}, `check.host "a\r\nX: y"`},
		{steering.Check{Type: "dns", Name: "example.com", Qtype: "SOAP"}, `check.qtype "SOAP"`},
		{steering.Check{Type: "dns"}, `check.name ""`},
		{steering.Check{Type: "dns", Name: "a..b"}, `check.name "a..b"`},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := New(Options{Check: c.check}).Run(ctx); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%+v: Run says %v, want %s", c.check, err, c.want)
		}
	}
}

func TestOutcomeOfAnswers(t *testing.T) {
	const limit, quick, late = 200 * time.Millisecond, 200 * time.Millisecond, 200*time.Millisecond + 1
	for _, c := range []struct {
		name   string
		answer answer
		limit  time.Duration
		want   outcome
		detail string
		own    bool
	}{
		{"cancelled", answer{context.Canceled, quick, true}, limit, void, "", false},
		{"cancelled after it passed", answer{nil, quick, true}, limit, void, "", false},
		{"passed", answer{nil, quick, false}, limit, passed, "", false},
		{"slow", answer{nil, late, false}, limit, slow, "slow: over 200ms", false},
		{"without a bound nothing is slow", answer{nil, time.Hour, false}, 0, passed, "", false},
		{"no descriptors", answer{syscall.EMFILE, quick, false}, limit, void, "", true},
		{"no buffers", answer{syscall.ENOBUFS, quick, false}, limit, void, "", true},
		{"no source address", answer{syscall.EADDRNOTAVAIL, quick, false}, limit, void, "", true},
		{"a router on the way has no route", answer{syscall.ENETUNREACH, quick, false}, limit, failed, "no IPv4 route", false},
		{"this host has no route", answer{noRoute{}, quick, false}, limit, void, "", true},
		{"failed and late", answer{errors.New("odd"), late, false}, limit, failed, "odd", false},
	} {
		e := conclude(5, c.answer, netip.MustParseAddr("192.0.2.1"), c.limit)
		if e.result != (result{5, c.want, c.detail}) || (e.own != nil) != c.own {
			t.Errorf("%s: %+v", c.name, e)
		}
	}
}

func TestDetailOfErrors(t *testing.T) {
	v4, v6 := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	connect := func(e syscall.Errno) error {
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", e)}
	}
	for _, c := range []struct {
		err  error
		addr netip.Addr
		want string
	}{
		{word("status 503"), v4, "status 503"},
		{context.DeadlineExceeded, v4, "timeout"},
		{os.ErrDeadlineExceeded, v4, "timeout"},
		{connect(syscall.ETIMEDOUT), v4, "timeout"},
		{connect(syscall.ECONNREFUSED), v4, "connection refused"},
		{connect(syscall.ECONNRESET), v4, "connection reset"},
		{connect(syscall.EPIPE), v4, "connection reset"},
		{connect(syscall.EHOSTUNREACH), v6, "no route to host"},
		{connect(syscall.ENETUNREACH), v4, "no IPv4 route"},
		{connect(syscall.ENETUNREACH), v6, "no IPv6 route"},
		{connect(syscall.EAFNOSUPPORT), v6, "no IPv6 route"},
		{io.EOF, v4, "connection closed"},
		{io.ErrUnexpectedEOF, v4, "connection closed"},
		{fmt.Errorf("outer: %w", errors.New("inner")), v4, "inner"},
		{errors.New(strings.Repeat("x", 100)), v4, strings.Repeat("x", 64)},
		{errors.New(strings.Repeat("x", 63) + "éé"), v4, strings.Repeat("x", 63)},
		{errors.New("a\xffb"), v4, "a?b"},
	} {
		got := detail(c.err, c.addr)
		if got != c.want {
			t.Errorf("%v is %q, want %q", c.err, got, c.want)
		}
		if len(got) > maxDetail || !utf8.ValidString(got) {
			t.Errorf("%q is no detail", got)
		}
	}
}

func TestControlSeesEachSocketAndItsErrorIsTheProbes(t *testing.T) {
	at := netip.MustParseAddrPort(listen(t, "127.0.0.1").Addr().String())
	var seen string
	d := &dialer{control: func(network, address string, _ syscall.RawConn) error {
		seen = network + " " + address
		return os.NewSyscallError("setsockopt", syscall.EHOSTUNREACH)
	}}
	a := newTCP(steering.Check{Port: at.Port()}, d)
	if got := try(t, a, at.Addr(), patient); got != "no route to host" || seen != "tcp4 "+at.String() {
		t.Errorf("%q, after control saw %q", got, seen)
	}
}

// quiet is a log for servers whose clients go away on purpose.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }
