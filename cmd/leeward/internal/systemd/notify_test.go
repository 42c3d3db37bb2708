package systemd

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"
)

// manager is a service manager's socket.
func manager(t *testing.T, name string) *net.UnixConn {
	t.Helper()
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func read(t *testing.T, conn *net.UnixConn) string {
	t.Helper()
	buf := make([]byte, 4096)
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	n, err := conn.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	return string(buf[:n])
}

// What is told arrives as one datagram a word, at sockets with a path and at those without.
func TestTell(t *testing.T) {
	for _, path := range []string{filepath.Join(t.TempDir(), "notify"), "@leeward-test-" + strconv.Itoa(os.Getpid())} {
		conn := manager(t, path)
		t.Setenv("NOTIFY_SOCKET", path)
		n, err := Manager()
		if err != nil {
			t.Fatal(err)
		}
		n.Tell("READY=1", Status("line %d\nand more", 1))
		if got, want := read(t, conn), "READY=1\nSTATUS=line 1 and more"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		n.Tell(Extend(1500 * time.Millisecond))
		if got, want := read(t, conn), "EXTEND_TIMEOUT_USEC=1500000"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if os.Getenv("NOTIFY_SOCKET") != "" {
			t.Error("children would speak for the service")
		}
	}
}

// Whose watchdog it is.
//
//	WATCHDOG_USEC    WATCHDOG_PID    watched
//	none             none            no
//	a number         none            yes
//	a number         this process    yes
//	a number         another         no
//	no number        none            no
func TestWatchdog(t *testing.T) {
	self := strconv.Itoa(os.Getpid())
	for _, row := range []struct {
		usec, pid string
		want      time.Duration
	}{
		{"", "", 0},
		{"3000000", "", 3 * time.Second},
		{"3000000", self, 3 * time.Second},
		{"3000000", self + "0", 0},
		{"soon", "", 0},
		{"-1", "", 0},
	} {
		path := filepath.Join(t.TempDir(), "notify")
		manager(t, path)
		t.Setenv("NOTIFY_SOCKET", path)
		t.Setenv("WATCHDOG_USEC", row.usec)
		t.Setenv("WATCHDOG_PID", row.pid)
		n, err := Manager()
		if err != nil {
			t.Fatal(err)
		}
		if got := n.Watchdog(); got != row.want {
			t.Errorf("%q %q: got %s, want %s", row.usec, row.pid, got, row.want)
		}
		if want := row.want > 0; slices.Contains(n.Environment(), "WATCHDOG_USEC=3000000") != want {
			t.Errorf("%q %q: a successor is given %q", row.usec, row.pid, n.Environment())
		}
	}
}

// Without a manager nobody is told; one that is gone is no reason to stop.
func TestNoManager(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	n, err := Manager()
	if n != nil || err != nil {
		t.Fatal(n, err)
	}
	n.Tell("READY=1")
	if n.Watchdog() != 0 || n.Environment() != nil {
		t.Error(n.Watchdog(), n.Environment())
	}

	path := filepath.Join(t.TempDir(), "notify")
	t.Setenv("NOTIFY_SOCKET", path)
	if _, err := Manager(); err == nil {
		t.Error("nobody listens, and nothing is said")
	}
	conn := manager(t, path)
	t.Setenv("NOTIFY_SOCKET", path)
	if n, err = Manager(); err != nil {
		t.Fatal(err)
	}
	conn.Close()
	n.Tell("READY=1")
}
