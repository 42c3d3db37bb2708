package probe

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"syscall"
	"testing"
)

// The rows are what the kernel keeps with a socket (ip(7), IP_RECVERR).
func TestOffenderIsTheSenderOfAnICMPError(t *testing.T) {
	kept := func(origin byte, family uint16, rest ...byte) []byte {
		b := make([]byte, 16)
		b[4] = origin
		return slices.Concat(b, binary.NativeEndian.AppendUint16(nil, family), []byte{0, 0}, rest)
	}
	v6 := netip.MustParseAddr("2001:db8::1").As16()
	for _, c := range []struct {
		name string
		kept []byte
		want netip.Addr
	}{
		{"ICMP", kept(2, syscall.AF_INET, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0), netip.MustParseAddr("192.0.2.1")},
		{"ICMPv6", kept(3, syscall.AF_INET6, slices.Concat(make([]byte, 4), v6[:], make([]byte, 4))...), netip.MustParseAddr("2001:db8::1")},
		{"this host's own", kept(1, syscall.AF_INET, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0), netip.Addr{}},
		{"without a sender", kept(2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), netip.Addr{}},
		{"cut short", kept(3, syscall.AF_INET6, v6[:12]...), netip.Addr{}},
		{"nothing", nil, netip.Addr{}},
	} {
		if got := offender(c.kept); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
