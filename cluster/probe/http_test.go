package probe

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"leeward/steering"
)

// site starts an HTTP server on a loopback address and returns where it listens.
func site(t *testing.T, host string, h http.HandlerFunc) string {
	t.Helper()
	s := &httptest.Server{Listener: listen(t, host), Config: &http.Server{Handler: h}}
	s.Start()
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

func TestHTTPAsksAsConfigured(t *testing.T) {
	for _, host := range loopbacks {
		for _, c := range []struct {
			check      steering.Check
			path, name string // name "" is the address
		}{
			{steering.Check{}, "/", ""},
			{steering.Check{Path: "/healthz?full=1"}, "/healthz?full=1", ""},
			{steering.Check{Path: "/", Host: "www.example.com"}, "/", "www.example.com"},
			{steering.Check{Path: "/", Host: "www.example.com:8080"}, "/", "www.example.com:8080"},
		} {
			t.Run(host+" "+c.path+" "+c.name, func(t *testing.T) {
				asked := make(chan *http.Request, 1)
				at := site(t, host, func(_ http.ResponseWriter, r *http.Request) { asked <- r })
				c.check.Type = steering.CheckHTTP
				a, addr := probing(t, c.check, at)
				if got := try(t, a, addr, patient); got != "passed" {
					t.Fatal(got)
				}
				name := c.name
				if name == "" {
					name = at
				}
				r := <-asked
				if r.Method != "GET" || r.Proto != "HTTP/1.1" || r.RequestURI != c.path || r.Host != name ||
					r.UserAgent() != "leeward-probe" || !r.Close {
					t.Errorf("asked %s %s %s of %s, as %q, close %v", r.Method, r.RequestURI, r.Proto, r.Host, r.UserAgent(), r.Close)
				}
			})
		}
	}
}

func TestHTTPHostIsTheAddressWithAnUnusualPort(t *testing.T) {
	for _, c := range []struct {
		kind steering.CheckType
		port uint16
		addr string
		want string
	}{
		{steering.CheckHTTP, 80, "192.0.2.1", "192.0.2.1"},
		{steering.CheckHTTP, 443, "192.0.2.1", "192.0.2.1:443"},
		{steering.CheckHTTPS, 443, "2001:db8::1", "[2001:db8::1]"},
		{steering.CheckHTTPS, 8443, "2001:db8::1", "[2001:db8::1]:8443"},
		{steering.CheckHTTP, 80, "fe80::1%eth0", "[fe80::1]"},
		{steering.CheckHTTP, 80, "::ffff:192.0.2.1", "192.0.2.1"},
	} {
		h, err := newHTTPCheck(withDefaults(steering.Check{Type: c.kind, Port: c.port}), &dialer{})
		if err != nil {
			t.Fatal(err)
		}
		if got := h.host(netip.MustParseAddr(c.addr)); got != c.want {
			t.Errorf("%s on port %d of %s: host %q, want %q", c.kind, c.port, c.addr, got, c.want)
		}
	}
}

func TestHTTPStatus(t *testing.T) {
	for _, c := range []struct {
		status int
		wanted []int
		want   string
	}{
		{200, nil, "passed"},
		{204, nil, "status 204"},
		{204, []int{200, 204}, "passed"},
		{301, nil, "status 301"},
		{301, []int{301}, "passed"},
		{503, nil, "status 503"},
		{404, []int{200, 404}, "passed"},
	} {
		at := site(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/" {
				t.Errorf("a redirect was followed to %s", r.URL.Path)
			}
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(c.status)
		})
		a, addr := probing(t, steering.Check{Type: steering.CheckHTTP, Status: c.wanted}, at)
		if got := try(t, a, addr, patient); got != c.want {
			t.Errorf("status %d with %v wanted: %s", c.status, c.wanted, got)
		}
	}
}

// Servers that say these octets and then close, or with more, keep silent.
func TestHTTPResponses(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	for _, c := range []struct{ name, says, want string }{
		{"whole", ok + "Content-Length: 2\r\n\r\nok", "passed"},
		{"until closed", ok + "\r\nok", "passed"},
		{"chunked", ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "passed"},
		{"HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\n", "passed"},
		{"early hints first", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + ok + "Content-Length: 0\r\n\r\n", "passed"},
		{"hints for ever", strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 50), "status 103"},
		{"nothing", "", "connection closed"},
		{"half a header", ok + "Server: x\r\n", "connection closed"},
		{"half a body", ok + "Content-Length: 20\r\n\r\nok", "connection closed"},
		{"another protocol", "SSH-2.0-OpenSSH_9.9\r\n\r\n", "malformed HTTP response"},
		{"a header field without a colon", ok + "what is this\r\n\r\n", "malformed HTTP response"},
		{"a header without end", ok + strings.Repeat("X: y\r\n", maxHeader/6+1), "response header too long"},
		{"a body without end", ok + "\r\n" + strings.Repeat("x", maxBody+1), "passed"},
	} {
		at := serve(t, "127.0.0.1", func(conn net.Conn) {
			http.ReadRequest(bufio.NewReader(conn))
			io.WriteString(conn, c.says)
		})
		a, addr := probing(t, steering.Check{Type: steering.CheckHTTP}, at)
		if got := try(t, a, addr, patient); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestHTTPTimesOut(t *testing.T) {
	for _, c := range []struct{ name, says string }{
		{"nothing comes", ""},
		{"half a header", "HTTP/1.1 200 OK\r\n"},
		{"half a body", "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok"},
	} {
		for _, kind := range []steering.CheckType{steering.CheckHTTP, steering.CheckHTTPS} {
			at := serve(t, "127.0.0.1", func(conn net.Conn) {
				io.WriteString(conn, c.says)
				io.Copy(io.Discard, conn)
			})
			a, addr := probing(t, steering.Check{Type: kind}, at)
			want, timeout := "timeout", 200*time.Millisecond
			if kind == steering.CheckHTTPS && c.says != "" {
				want, timeout = "no TLS there", patient
			}
			if got := try(t, a, addr, timeout); got != want {
				t.Errorf("%s, %s: %q, want %q", kind, c.name, got, want)
			}
		}
	}
}

func TestHTTPRefused(t *testing.T) {
	for _, kind := range []steering.CheckType{steering.CheckHTTP, steering.CheckHTTPS} {
		a, addr := probing(t, steering.Check{Type: kind}, closedPort(t))
		if got := try(t, a, addr, patient); got != "connection refused" {
			t.Errorf("%s: %s", kind, got)
		}
	}
}

func TestHTTPConnectsEachTime(t *testing.T) {
	connections := make(chan string, 10)
	at := site(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		connections <- r.RemoteAddr
		fmt.Fprint(w, "ok")
	})
	a, addr := probing(t, steering.Check{Type: steering.CheckHTTP}, at)
	for range 3 {
		if got := try(t, a, addr, patient); got != "passed" {
			t.Fatal(got)
		}
	}
	if a, b, c := <-connections, <-connections, <-connections; a == b || b == c {
		t.Errorf("connections from %s, %s, %s: one was used twice", a, b, c)
	}
}
