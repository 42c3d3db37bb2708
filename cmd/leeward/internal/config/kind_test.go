package config

import (
	"fmt"
	"testing"
)

// What kinds accept, and what becomes of it.
func TestKinds(t *testing.T) {
	for _, tt := range []struct {
		name string
		kind kind
		give any
		want string
	}{
		{"origin", domainName(), "Example.COM", "example.com."},
		{"origin", domainName(), "example.com.", "example.com."},
		{"origin", domainName(), ".", "."},
		{"origin", domainName(), "0/25.2.0.192.in-addr.arpa", "0/25.2.0.192.in-addr.arpa."},
		{"origin", domainName(), `a\.b\032c.example`, `a\.b\032c.example.`},
		{"join", hostPort(), "ns1.example.com", "ns1.example.com:7946"},
		{"join", hostPort(), "ns1:53", "ns1:53"},
		{"join", hostPort(), "192.0.2.1", "192.0.2.1:7946"},
		{"join", hostPort(), "2001:db8::1", "[2001:db8::1]:7946"},
		{"join", hostPort(), "[2001:db8::1]:1", "[2001:db8::1]:1"},
		{"advertise", advertised(), "192.0.2.1", "192.0.2.1:0"},
		{"advertise", advertised(), "2001:db8::1", "[2001:db8::1]:0"},
		{"advertise", advertised(), "[2001:db8::1]:1", "[2001:db8::1]:1"},
		{"listen", addrPort(), "[fe80::1%eth0]:53", "[fe80::1%eth0]:53"},
		{"off", orOff(addrPort()), "", "invalid AddrPort"},
		{"capacity", fraction(0, 10), int64(3), "3"},
		{"zero is a duration where allowed", duration(0, forever), "0s", "0s"},
		{"ttl", wholeSeconds(), "1m30s", "90"},
		{"level", logLevel(), "warn", "WARN"},
		{"target", requestTarget(), "/a?b=c", "/a?b=c"},
	} {
		got, err := tt.kind.parse(tt.give)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if fmt.Sprint(got) != tt.want {
			t.Errorf("%s: %v is %v, want %s", tt.name, tt.give, got, tt.want)
		}
	}
}
