package main

import (
	"net"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"leeward/cmd/leeward/internal/systemd"
)

// TestManager: what systemd hears of a server from its start to its end: that it takes its time, that it is ready once it
// answers, that it lives, its reloads, which process takes its place and that this one is ready, and that it stops. A server
// that is stopped in its tracks is silent.
func TestManager(t *testing.T) {
	s := newSite(t)
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: s.path("notify"), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	words := make(chan string, 1000) // a manager always listens
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := conn.Read(buf)
			if err != nil {
				return
			}
			words <- string(buf[:n])
		}
	}()
	var heard []string
	await := func(want string) {
		t.Helper()
		pattern, over := regexp.MustCompile("(?m)^"+want+"$"), time.After(patient)
		for {
			select {
			case word := <-words:
				heard = append(heard, word)
				if pattern.MatchString(word) {
					return
				}
			case <-over:
				t.Fatalf("%s does not come; heard: %q", want, heard)
			}
		}
	}
	t.Setenv("NOTIFY_SOCKET", s.path("notify"))
	t.Setenv("WATCHDOG_USEC", "4000000") // a sign of life every second
	v := s.serve("ns1")
	pid := s.pids[len(s.pids)-1]

	await(`EXTEND_TIMEOUT_USEC=\d+`)
	await("READY=1")
	if last := heard[len(heard)-1]; !strings.Contains(last, "STATUS=answering from ") {
		t.Errorf("%q", last)
	}
	v.ask(v.dial("udp"))
	await("WATCHDOG=1")
	if out, code := v.run("reload"); code != 0 {
		t.Error(out)
	}
	await(`RELOADING=1\nMONOTONIC_USEC=\d+`)
	await("READY=1")
	next := v.upgrade()
	await(systemd.MainProcess(next))
	await("READY=1")
	await("WATCHDOG=1")
	s.await("the former process ends", func() bool { return gone(pid) })

	// One that hangs says nothing.
	if err := syscall.Kill(next, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	for silent := false; !silent; {
		select {
		case <-words: // said before
		case <-time.After(2500 * time.Millisecond):
			silent = true
		}
	}
	if err := syscall.Kill(next, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	await("WATCHDOG=1")
	if err := syscall.Kill(next, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	await("STOPPING=1")
	s.await("it ends", func() bool { return gone(next) })
}
