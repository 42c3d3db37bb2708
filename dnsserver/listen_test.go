package dnsserver

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestPortInUse: a port that another program has for either transport is refused, and the message names the transport.
// "ours" is another Leeward, whose UDP sockets share their port with each other.
func TestPortInUse(t *testing.T) {
	for _, row := range []struct{ theirs, at, want, transport string }{
		{"udp", "127.0.0.1", "127.0.0.1", "UDP"},
		{"tcp", "127.0.0.1", "127.0.0.1", "TCP"},
		{"ours", "127.0.0.1", "127.0.0.1", "TCP"},
		{"udp", "127.0.0.1", "0.0.0.0", "UDP"},
		{"tcp", "127.0.0.1", "0.0.0.0", "TCP"},
		{"ours", "127.0.0.1", "0.0.0.0", "TCP"},
		{"udp", "0.0.0.0", "127.0.0.1", "UDP"},
		{"tcp", "0.0.0.0", "127.0.0.1", "TCP"},
		{"ours", "0.0.0.0", "127.0.0.1", "TCP"},
		{"udp", "::1", "::", "UDP"},
		{"tcp", "::1", "::", "TCP"},
		{"ours", "::", "::1", "TCP"},
	} {
		t.Run(fmt.Sprintf("%s on %s, wanted %s", row.theirs, row.at, row.want), func(t *testing.T) {
			if strings.Contains(row.at, ":") {
				needIPv6(t)
			}
			addr := net.JoinHostPort(row.want, occupy(t, row.theirs, row.at))
			l, err := Listen(port(addr), Sockets{})
			if err == nil {
				l.Close()
			}
			want := fmt.Sprintf("dns.listen: %s is in use by another program (%s)", addr, row.transport)
			if err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
}

// occupy takes a port on an address for one transport, or for both as ours, and returns it.
func occupy(t *testing.T, who, addr string) string {
	t.Helper()
	both, err := Listen(port(net.JoinHostPort(addr, "0")), Sockets{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(both.Close)
	at := both.Addr().String()
	switch who {
	case "udp":
		both.Close()
		conn, err := net.ListenPacket("udp", at)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
	case "tcp":
		for _, socket := range both.udp {
			socket.close()
		}
	}
	return strconv.Itoa(int(both.Addr().Port()))
}

// TestRefusals: what the operator is told.
func TestRefusals(t *testing.T) {
	addr := port("192.0.2.53:53")
	for _, row := range []struct {
		err  error
		want string
	}{
		{syscall.EADDRNOTAVAIL, "dns.listen: 192.0.2.53:53 is no address of this host"},
		{syscall.EACCES, "dns.listen: no permission to listen on 192.0.2.53:53 (ports under 1024 want root or CAP_NET_BIND_SERVICE)"},
		{syscall.EAFNOSUPPORT, "dns.listen: this host knows no addresses of the kind of 192.0.2.53:53"},
		{syscall.EMFILE, "dns.listen: 192.0.2.53:53: listen udp4: " + syscall.EMFILE.Error()},
	} {
		if got := refusal(addr, &net.OpError{Op: "listen", Net: "udp4", Err: row.err}); got.Error() != row.want {
			t.Errorf("got  %v\nwant %s", got, row.want)
		}
	}
	_, err := Listen(port("192.0.2.53:0"), Sockets{}) // TEST-NET-1: on no host
	if want := "dns.listen: 192.0.2.53:0 is no address of this host"; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// TestPortZero takes one port for both transports.
func TestPortZero(t *testing.T) {
	s := start(t, &Transports{}, "127.0.0.1:0", "127.0.0.1:0")
	if s.at.Port() == 0 || s.at == s.Listeners[1].Addr() {
		t.Fatal(s.at, s.Listeners[1].Addr())
	}
	exchangeUDP(t, s.dial(t, "udp"), 1)
	exchangeTCP(t, s.dial(t, "tcp"), 2)
}
