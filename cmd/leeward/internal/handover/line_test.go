package handover

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"leeward/cmd/leeward/internal/sockets"
)

func lines(t testing.TB) (a, b *Line) {
	t.Helper()
	own, file, err := pair()
	if err != nil {
		t.Fatal(err)
	}
	fd, err := syscall.Dup(int(file.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	file.Close()
	theirs, err := lineOf(fd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { own.Close(); theirs.Close() })
	return own, theirs
}

func soon() time.Time { return time.Now().Add(10 * time.Second) }

// More sockets than go with one octet arrive all, in order, and are the same sockets.
func TestSockets(t *testing.T) {
	a, b := lines(t)
	const many = 450
	var list []int
	var names []string
	l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	file, err := l.File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for range many {
		list = append(list, int(file.Fd()))
		names = append(names, "dns")
	}
	sent := make(chan error, 1)
	go func() {
		sent <- errors.Join(a.Send(Message{Kind: State, Sockets: names, Content: json.RawMessage(`{"x":1}`)}, list),
			a.Send(Message{Kind: Yours}, nil))
	}()
	m, got, err := b.Receive(soon())
	if err != nil || m.Kind != State || len(got) != many || string(m.Content) != `{"x":1}` {
		t.Fatal(m.Kind, len(got), err)
	}
	set := sockets.New(got, m.Sockets)
	defer set.Close()
	if n := len(set.Take("tcp", l.Addr().(*net.TCPAddr).AddrPort(), false)); n != many {
		t.Errorf("%d are the socket", n)
	}
	if m, _, err := b.Receive(soon()); err != nil || m.Kind != Yours {
		t.Error(m, err)
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
}

// The end of the other process is the end of the talk, also in the middle of a message.
func TestEnd(t *testing.T) {
	for _, said := range []string{"", "\x00", "\x00\x00\x00\x08{\"kind\""} {
		a, b := lines(t)
		if _, err := a.conn.Write([]byte(said)); err != nil {
			t.Fatal(err)
		}
		a.Close()
		if _, _, err := b.Receive(soon()); !errors.Is(err, io.EOF) {
			t.Errorf("%q: %v", said, err)
		}
	}
}

func TestReceiveWaitsNoLonger(t *testing.T) {
	_, b := lines(t)
	if _, _, err := b.Receive(time.Now().Add(time.Millisecond)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
}

// Whoever sets the variable by hand is told what it is.
func TestPredecessor(t *testing.T) {
	if l, err := Predecessor(); l != nil || err != nil {
		t.Error(l, err)
	}
	for _, text := range []string{"", "x", "2", "-1", "99999"} {
		t.Setenv(Variable, text)
		_, err := Predecessor()
		if err == nil || !strings.Contains(err.Error(), "it is set by leeward upgrade alone") {
			t.Errorf("%q: %v", text, err)
		}
		if _, ok := os.LookupEnv(Variable); ok {
			t.Error("children would take it for theirs")
		}
	}
}

// FuzzReceive: whatever the other end says, it is a message or an error.
func FuzzReceive(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x02{}"))
	f.Add([]byte("\xff\xff\xff\xff"))
	f.Add([]byte("\x00\x00\x00\x13{\"sockets\":[\"a\"]}  \x00"))
	f.Fuzz(func(t *testing.T, said []byte) {
		a, b := lines(t)
		go func() {
			_, _ = a.conn.Write(said)
			_ = a.Close()
		}()
		for {
			if _, _, err := b.Receive(soon()); err != nil {
				return
			}
		}
	})
}
