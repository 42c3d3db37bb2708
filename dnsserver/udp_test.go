package dnsserver

import (
	"bytes"
	"net"
	"testing"
	"time"
)

// exchangeUDP asks for mail.example.com and wants the answer.
func exchangeUDP(t testing.TB, conn net.Conn, id uint16) {
	t.Helper()
	write(t, conn, pack(t, id, "mail.example.com.", "A"))
	wantReply(t, readUDP(t, conn), id)
}

func readUDP(t testing.TB, conn net.Conn) []byte {
	t.Helper()
	buf := make([]byte, maxMessage)
	n, err := conn.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	return buf[:n]
}

// TestDatagrams: no datagram does harm. The next query of the same client, which the same socket gets, is answered.
func TestDatagrams(t *testing.T) {
	s := start(t, &Transports{}, "127.0.0.1:0")
	for _, row := range []struct {
		name     string
		datagram []byte
		answered bool // by FORMERR; otherwise silence
	}{
		{"empty", nil, false},
		{"one octet", []byte{0}, false},
		{"eleven octets", make([]byte, 11), false},
		{"a header of zeros", make([]byte, 12), true},
		{"text", []byte("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n"), true},
		{"the largest, zeros", make([]byte, 65507), true},
		{"the largest, ones", bytes.Repeat([]byte{0xff}, 65507), false},
		{"a response", append([]byte{0, 1, 0x80, 0}, pack(t, 1, "mail.example.com.", "A")[4:]...), false},
	} {
		t.Run(row.name, func(t *testing.T) {
			conn := s.dial(t, "udp")
			write(t, conn, row.datagram)
			if row.answered {
				if reply := readUDP(t, conn); get16(reply, 0) != get16(row.datagram, 0) || get16(reply, 2)&15 == rcodeNoError {
					t.Errorf("answered by %x", reply)
				}
			}
			exchangeUDP(t, conn, 4711)
		})
	}
}

// TestUDPAllocatesNothing, over real sockets, the client's side included.
func TestUDPAllocatesNothing(t *testing.T) {
	for _, listen := range []string{"127.0.0.1:0", "0.0.0.0:0", "[::1]:0", "[::]:0"} {
		t.Run(listen, func(t *testing.T) {
			addr := "127.0.0.1"
			if port(listen).Addr().Is6() {
				needIPv6(t)
				addr = "::1"
			}
			s := start(t, &Transports{}, listen)
			conn := s.dial(t, "udp", addr)
			for _, name := range []string{"mail.example.com.", "www.example.com.", "big.example.com."} {
				query, reply := pack(t, 3, name, "A"), make([]byte, maxMessage)
				if n := testing.AllocsPerRun(100, func() { roundTrip(t, conn, query, reply) }); n != 0 {
					t.Errorf("%s: %v allocations", name, n)
				}
			}
		})
	}
}

func roundTrip(t testing.TB, conn net.Conn, query, reply []byte) {
	if _, err := conn.Write(query); err != nil {
		t.Fatal(err)
	}
	if n, err := conn.Read(reply); err != nil || n < len(query) {
		t.Fatal(n, err)
	}
}

// BenchmarkUDP is queries over loopback: one after another, and some on the way at once.
func BenchmarkUDP(b *testing.B) {
	for _, row := range []struct {
		name   string
		window int
	}{{"one", 1}, {"window16", 16}} {
		b.Run(row.name, func(b *testing.B) {
			s := start(b, &Transports{}, "127.0.0.1:0")
			conn := s.dial(b, "udp")
			if err := conn.SetDeadline(time.Time{}); err != nil {
				b.Fatal(err)
			}
			query, reply := pack(b, 3, "www.example.com.", "A"), make([]byte, maxMessage)
			for range row.window - 1 {
				write(b, conn, query)
			}
			b.ReportAllocs()
			for b.Loop() {
				roundTrip(b, conn, query, reply)
			}
		})
	}
}
