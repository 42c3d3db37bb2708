package dnsserver

import (
	"bytes"
	"errors"
	"net"
	"os"
	"testing"
	"time"

	"leeward/zones"
)

// TestIdleTimeStartsAnew with each query: a connection that asks again and again outlives the idle time. Where the test
// itself was held up for that long, nothing is shown, and it asks again.
func TestIdleTimeStartsAnew(t *testing.T) {
	const idle = 500 * time.Millisecond
	s := start(t, &Transports{Idle: idle}, "127.0.0.1:0")
	query := framed(pack(t, 1, "mail.example.com.", "A"))
	for {
		conn := s.dial(t, "tcp")
		opened, asked, heldUp := time.Now(), time.Now(), time.Duration(0)
		var err error
		for err == nil && time.Since(opened) < 3*idle {
			_, _ = conn.Write(query) // an error shows at the reading
			_, err = nextTCP(conn)
			heldUp = max(heldUp, time.Since(asked))
			asked = time.Now()
		}
		switch {
		case err == nil:
			return
		case heldUp < idle/2:
			t.Fatalf("ended after %s: %v", time.Since(opened), err)
		}
	}
}

// TestIdleTimeEnds: after an answer, too, a connection is idle no longer than it may be. Where the test itself was held up, it asks
// again.
func TestIdleTimeEnds(t *testing.T) {
	const idle = 500 * time.Millisecond
	s := start(t, &Transports{Idle: idle}, "127.0.0.1:0")
	var took time.Duration
	for range 5 {
		conn := s.dial(t, "tcp")
		exchangeTCP(t, conn, 1)
		asked := time.Now()
		wantEnd(t, conn)
		if took = time.Since(asked); took < 3*idle/2 {
			return
		}
	}
	t.Errorf("ended only after %s", took)
}

// TestClientThatNeverReads: it holds up no other, and is ended.
func TestClientThatNeverReads(t *testing.T) {
	s := start(t, &Transports{Idle: time.Second}, "127.0.0.1:0")
	deaf := s.dial(t, "tcp").(*net.TCPConn)
	if err := deaf.SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	query := framed(pack(t, 1, "big.example.com.", "A"))
	ended := make(chan error)
	go func() { ended <- sendOn(deaf, query) }()
	for {
		select {
		case err := <-ended:
			if errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error("the connection was not ended")
			}
			return
		default:
			other := s.dial(t, "tcp").(*net.TCPConn)
			exchangeTCP(t, other, 2)
			_ = other.SetLinger(0) // no port is to stay behind for each
			other.Close()
		}
	}
}

// TestConnectionLimit: at the limit the connection that has waited longest for a query is closed for the new one.
func TestConnectionLimit(t *testing.T) {
	s := start(t, &Transports{Connections: 3}, "127.0.0.1:0", "127.0.0.1:0")
	first, second, third := s.dial(t, "tcp"), s.dial(t, "tcp"), s.dial(t, "tcp")
	for _, conn := range []net.Conn{first, second, third, first, third} {
		exchangeTCP(t, conn, 1)
	}
	fourth := s.dial(t, "tcp")
	exchangeTCP(t, fourth, 2)
	wantEnd(t, second)
	for _, conn := range []net.Conn{third, first, fourth} {
		exchangeTCP(t, conn, 3)
	}

	other, err := net.Dial("tcp", s.Listeners[1].Addr().String()) // the limit is one for all listeners
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	exchangeTCP(t, other, 4)
	wantEnd(t, third)
	exchangeTCP(t, first, 5)
	exchangeTCP(t, fourth, 5)
}

// TestSlowReader: a client with more answers on the way than it reads within the idle time gets them all, as long as it reads.
func TestSlowReader(t *testing.T) {
	const idle, queries = 2 * time.Second, 300
	s := start(t, &Transports{Idle: idle}, "127.0.0.1:0")
	view := *s.Server.View()
	view.Zones = zones.NewSet(largeZone(t))
	s.Server.Publish(&view)
	conn := narrow(t, s)
	write(t, conn, bytes.Repeat(framed(pack(t, 1, "all.large.", "A")), queries))
	next := time.NewTicker(3 * idle / 2 / queries)
	defer next.Stop()
	for range queries {
		wantReply(t, readTCP(t, conn), 1)
		<-next.C
	}
}
