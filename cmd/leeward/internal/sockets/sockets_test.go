package sockets

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// descriptorOf is a copy of a socket's descriptor.
func descriptorOf(t *testing.T, c syscall.Conn) (fd int) {
	t.Helper()
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if err := raw.Control(func(of uintptr) { fd, err = syscall.Dup(int(of)) }); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return fd
}

func listen(t *testing.T, network, addr string) net.Listener {
	t.Helper()
	l, err := net.Listen(network, addr)
	if err != nil {
		t.Skip(err) // no IPv6 here
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// Each socket goes to who asks for what it is, once; what is of no use is named.
func TestTake(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "s")
	tcp := listen(t, "tcp4", "127.0.0.1:0").(*net.TCPListener)
	socket := listen(t, "unix", path).(*net.UnixListener)
	at := tcp.Addr().(*net.TCPAddr).AddrPort()
	udp, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(at))
	if err != nil {
		t.Skip(err) // somebody has the port
	}
	defer udp.Close()
	client, err := net.Dial("tcp4", at.String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	file, err := os.Create(filepath.Join(dir, "f"))
	if err != nil {
		t.Fatal(err)
	}
	noSocket, err := syscall.Dup(int(file.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	fds := []int{descriptorOf(t, udp), descriptorOf(t, tcp), descriptorOf(t, socket), descriptorOf(t, client.(*net.TCPConn)), noSocket}
	s := New(fds, []string{"dns", "dns", "admin", "stray", "file"})
	defer s.Close()

	other := netip.AddrPortFrom(at.Addr(), at.Port()+1)
	if got := s.Take("udp", other, true); len(got) > 0 {
		t.Error("taken for another address", got)
	}
	if got := s.Take("udp", at, false); !slices.Equal(got, fds[:1]) {
		t.Error(got)
	}
	if got := s.Take("udp", at, false); len(got) > 0 {
		t.Error("taken twice", got)
	}
	if got := s.Take("tcp", at, false); !slices.Equal(got, fds[1:2]) {
		t.Error(got)
	}
	if _, ok := s.TakeUnix(filepath.Join(dir, "other")); ok {
		t.Error("taken for another path")
	}
	if got, ok := s.TakeUnix(dir + "/./s"); !ok || got != fds[2] {
		t.Error(got, ok)
	}
	left := s.Left()
	if len(left) != 2 || !strings.HasPrefix(left[0], "a socket of another kind ") || !strings.HasSuffix(left[0], "(stray)") || left[1] != "no socket (file)" {
		t.Errorf("%q", left)
	}
}

// A socket of all addresses that takes IPv4 too is not what dns.listen means by [::].
func TestBothFamilies(t *testing.T) {
	both, six := listen(t, "tcp", "[::]:0").(*net.TCPListener), listen(t, "tcp6", "[::]:0").(*net.TCPListener)
	fds := []int{descriptorOf(t, both), descriptorOf(t, six)}
	s := New(fds, nil)
	defer s.Close()
	atBoth, atSix := both.Addr().(*net.TCPAddr).AddrPort(), six.Addr().(*net.TCPAddr).AddrPort()
	if got := s.Take("tcp", atBoth, false); len(got) > 0 {
		t.Error(got)
	}
	if left := s.Left(); !strings.Contains(strings.Join(left, "\n"), "which takes IPv4 too and should not (BindIPv6Only=ipv6-only)") {
		t.Errorf("%q", left)
	}
	if got := s.Take("tcp", atSix, false); len(got) != 1 {
		t.Error(got)
	}
	if got := s.Take("tcp", atBoth, true); len(got) != 1 {
		t.Error(got)
	}
}

// Without sockets there is nothing to take.
func TestNone(t *testing.T) {
	var s *Set
	if _, ok := s.TakeUnix("x"); ok || s.Take("udp", netip.AddrPort{}, true) != nil || s.Left() != nil {
		t.Error("something of nothing")
	}
	s.Close()
}
