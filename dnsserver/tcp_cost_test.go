package dnsserver

import (
	"bytes"
	"io"
	"net"
	"runtime"
	"testing"
	"time"
)

// TestWaitingIsCheap: a connection that waits keeps no buffer, whether it has asked or not, but the octets of a query that is not
// whole. What is measured has the client's side in it, and the stack that a goroutine grew for its last answer.
func TestWaitingIsCheap(t *testing.T) {
	const conns, bound = 500, 12 << 10
	query := framed(pack(t, 1, "mail.example.com.", "A"))
	for _, row := range []struct {
		name string
		say  []byte
	}{
		{"silent", nil},
		{"asked", query},
		{"asked, and a part of the next", append(query, query[:20]...)},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := start(t, &Transports{Connections: conns + 1}, "127.0.0.1:0")
			exchangeTCP(t, s.dial(t, "tcp"), 1)
			before := inUse()
			for range conns {
				conn := s.dial(t, "tcp")
				write(t, conn, row.say)
				if len(row.say) > 0 {
					wantReply(t, readTCP(t, conn), 1)
				}
			}
			each := (inUse() - before) / conns
			if each > bound {
				t.Errorf("%d octets a connection, more than %d", each, bound)
			}
		})
	}
}

// inUse is how many octets heap and stacks take.
func inUse() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // lets go of what pools keep
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc + m.StackInuse)
}

// BenchmarkTCP is queries over loopback: each on a connection of its own, one after another on one, and 16 in a segment.
func BenchmarkTCP(b *testing.B) {
	s := start(b, &Transports{}, "127.0.0.1:0")
	query, reply := framed(pack(b, 3, "www.example.com.", "A")), make([]byte, maxMessage)
	b.Run("connection", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			conn, err := net.DialTCP("tcp", nil, net.TCPAddrFromAddrPort(s.at))
			if err != nil {
				b.Fatal(err)
			}
			roundTrip(b, conn, query, reply)
			_ = conn.SetLinger(0) // no port is to stay behind for each
			conn.Close()
		}
	})
	conn := s.dial(b, "tcp")
	if err := conn.SetDeadline(time.Time{}); err != nil {
		b.Fatal(err)
	}
	b.Run("one", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			roundTrip(b, conn, query, reply)
		}
	})
	b.Run("window16", func(b *testing.B) {
		write(b, conn, query)
		size := len(framed(readTCP(b, conn)))
		window, replies := bytes.Repeat(query, 16), make([]byte, 16*size)
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			if n%16 > 0 {
				continue
			}
			write(b, conn, window)
			if _, err := io.ReadFull(conn, replies); err != nil {
				b.Fatal(err)
			}
		}
	})
}
