package probe

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"leeward/steering"
)

func TestTCPPassesWhenConnected(t *testing.T) {
	for _, host := range loopbacks {
		t.Run(host, func(t *testing.T) {
			a, addr := probing(t, steering.Check{}, serve(t, host, func(c net.Conn) { io.Copy(io.Discard, c) }))
			if got := try(t, a, addr, patient); got != "passed" {
				t.Error(got)
			}
		})
	}
}

func TestTCPTakesMappedAddresses(t *testing.T) {
	a, addr := probing(t, steering.Check{}, listen(t, "127.0.0.1").Addr().String())
	if got := try(t, a, netip.AddrFrom16(addr.As16()), patient); got != "passed" {
		t.Error(got)
	}
}

func TestTCPRefused(t *testing.T) {
	a, addr := probing(t, steering.Check{}, closedPort(t))
	if got := try(t, a, addr, patient); got != "connection refused" {
		t.Error(got)
	}
}

// A listener whose queue is full drops what comes after, as a blackhole does.
func TestTCPTimesOut(t *testing.T) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	in := name.(*syscall.SockaddrInet4)
	a := newTCP(steering.Check{Port: uint16(in.Port)}, &dialer{})
	got := "passed"
	for range 10 { // nobody accepts, so each connection that is made takes a place in the queue
		if got = try(t, a, netip.AddrFrom4(in.Addr), 200*time.Millisecond); got != "passed" {
			break
		}
	}
	if got != "timeout" {
		t.Error(got)
	}
}

// A reset, not a plain close, so that no TIME_WAIT stays behind.
func TestTCPEndsWithReset(t *testing.T) {
	ended := make(chan error, 1)
	a, addr := probing(t, steering.Check{}, serve(t, "127.0.0.1", func(c net.Conn) {
		_, err := c.Read(make([]byte, 1))
		ended <- err
	}))
	if got := try(t, a, addr, patient); got != "passed" {
		t.Error(got)
	}
	if err := <-ended; !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the server read %v, want a reset", err)
	}
}
