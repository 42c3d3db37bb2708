package service

import (
	"net/netip"
	"strings"
	"testing"
)

// TestSource has what other servers are spoken to from.
func TestSource(t *testing.T) {
	for _, row := range []struct{ listen, to, want string }{
		{"0.0.0.0:53 [::]:53", "192.0.2.1", ""},
		{"198.51.100.1:53", "192.0.2.1", "198.51.100.1"},
		{"198.51.100.1:53 198.51.100.2:53", "192.0.2.1", "198.51.100.1"},
		{"198.51.100.1:53", "2001:db8::1", ""},
		{"198.51.100.1:53 [2001:db8::53]:53", "2001:db8::1", "2001:db8::53"},
		{"127.0.0.1:53", "192.0.2.1", ""},
		{"198.51.100.1:53 127.0.0.2:53", "127.0.0.1", "127.0.0.2"},
	} {
		var listen []netip.AddrPort
		for text := range strings.FieldsSeq(row.listen) {
			listen = append(listen, netip.MustParseAddrPort(text))
		}
		want, _ := netip.ParseAddr(row.want)
		if got := source(listen, netip.MustParseAddr(row.to)); got != want {
			t.Errorf("%s to %s: %v, want %v", row.listen, row.to, got, want)
		}
	}
}
