package dnsserver

import (
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestOutOfDescriptors: where the system has no descriptor for a new connection, the one that has waited longest for a
// query gives its own.
func TestOutOfDescriptors(t *testing.T) {
	s := start(t, &Transports{}, "127.0.0.1:0")
	longest, other, udp := s.dial(t, "tcp"), s.dial(t, "tcp"), s.dial(t, "udp")
	exchangeTCP(t, longest, 1)
	exchangeTCP(t, other, 2)
	connect := dialLater(t, s)
	useUpDescriptors(t)
	exchangeTCP(t, connect(), 3)
	wantEnd(t, longest)
	exchangeUDP(t, udp, 4)
}

// TestOutOfDescriptorsAtFirst: where no connection could give its descriptor, the new one waits until there is one.
func TestOutOfDescriptorsAtFirst(t *testing.T) {
	s := start(t, &Transports{}, "127.0.0.1:0")
	udp := s.dial(t, "udp")
	connect := dialLater(t, s)
	free := useUpDescriptors(t)
	conn := connect()
	until(t, "the shortage is told", func() bool { return strings.Contains(s.log.String(), "too many open files") })
	exchangeUDP(t, udp, 1)
	free()
	exchangeTCP(t, conn, 2)
	if text := s.log.String(); strings.Count(text, "\n") != 1 {
		t.Errorf("it is told more than once: %s", text)
	}
}

// dialLater makes a socket, and connects it when the result is called, which takes no descriptor.
func dialLater(t *testing.T, s *service) (connect func() net.Conn) {
	made, proceed, done := make(chan bool), make(chan bool), make(chan net.Conn, 1)
	dialer := net.Dialer{Timeout: patience, Control: func(string, string, syscall.RawConn) error {
		made <- true
		<-proceed
		return nil
	}}
	go func() {
		conn, err := dialer.Dial("tcp", s.at.String())
		if err != nil {
			t.Error(err)
		}
		done <- conn
	}()
	<-made
	return func() net.Conn {
		close(proceed)
		conn := <-done
		if conn == nil {
			t.FailNow()
		}
		t.Cleanup(func() { conn.Close() })
		if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		return conn
	}
}

// useUpDescriptors leaves the process none, until the test ends. free gives one back.
func useUpDescriptors(t *testing.T) (free func()) {
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	spare, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	files := []*os.File{spare}
	t.Cleanup(func() {
		for _, f := range files {
			f.Close()
		}
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
			t.Error(err)
		}
	})
	few := before
	few.Cur = uint64(spare.Fd()) + 1
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &few); err != nil {
		t.Fatal(err)
	}
	for {
		f, err := os.Open(os.DevNull)
		if err != nil {
			return func() { spare.Close() }
		}
		files = append(files, f)
	}
}
