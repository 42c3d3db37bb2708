package dnsserver

import (
	"encoding/hex"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// framed puts a message's length before it (RFC 1035 4.2.2).
func framed(msg []byte) []byte {
	return append([]byte{byte(len(msg) >> 8), byte(len(msg))}, msg...)
}

// write sends all parts as one segment or datagram.
func write(t testing.TB, conn net.Conn, parts ...[]byte) {
	t.Helper()
	var all []byte
	for _, part := range parts {
		all = append(all, part...)
	}
	if _, err := conn.Write(all); err != nil {
		t.Fatal(err)
	}
}

func readTCP(t testing.TB, conn net.Conn) []byte {
	t.Helper()
	reply, err := nextTCP(conn)
	if err != nil {
		t.Fatal(err)
	}
	return reply
}

func nextTCP(conn net.Conn) ([]byte, error) {
	var length [2]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return nil, err
	}
	reply := make([]byte, get16(length[:], 0))
	_, err := io.ReadFull(conn, reply)
	return reply, err
}

// wantReply wants a response without error to the query of an id.
func wantReply(t testing.TB, reply []byte, id uint16) {
	t.Helper()
	if get16(reply, 0) != id || get16(reply, 2)&(flagQR|15) != flagQR || get16(reply, 6) == 0 {
		t.Fatalf("got %x, want an answer to query %d", reply, id)
	}
}

// exchangeTCP asks for mail.example.com and wants the answer.
func exchangeTCP(t testing.TB, conn net.Conn, id uint16) {
	t.Helper()
	write(t, conn, framed(pack(t, id, "mail.example.com.", "A")))
	wantReply(t, readTCP(t, conn), id)
}

// wantEnd wants the server to have ended the connection, without another octet.
func wantEnd(t testing.TB, conn net.Conn) {
	t.Helper()
	n, err := conn.Read(make([]byte, 1))
	if n != 0 || err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("the connection is not ended: %d octets, %v", n, err)
	}
}

// TestConversations over TCP (RFC 7766). What the client sends, and what comes back, in words:
//
//	Q7       the query with id 7
//	q7       the same, each octet in a segment of its own
//	R7       the same, as a response
//	0000     octets
//	|        the end of a segment
//	close    the client sends no more, and reads on
//
//	7        the response to query 7
//	end      the server ends the connection
//
// The server's idle time is one hour, but one second in the rows of idle clients.
func TestConversations(t *testing.T) {
	patient, hasty := start(t, &Transports{}, "127.0.0.1:0"), start(t, &Transports{Idle: time.Second}, "127.0.0.1:0")
	for _, row := range []struct{ name, send, back string }{
		{"one query", "Q1", "1"},
		{"one after another", "Q1 | Q2 | Q3", "1 2 3"},
		{"many in one segment", "Q1 Q2 Q3 Q4 Q5 Q6 Q7 Q8", "1 2 3 4 5 6 7 8"},
		{"one octet at a time", "q1 | q2", "1 2"},
		{"a query and one octet of the next", "Q1 00", "1"},
		{"a query and the length of the next", "Q1 0022", "1"},
		{"a query and the header of the next", "Q1 0022 000200000001000000000000", "1"},
		{"a client that half-closes", "Q1 Q2 Q3 close", "1 2 3 end"},
		{"a client that half-closes within a query", "Q1 Q2 0022 0003 close", "1 2 end"},
		{"a client that half-closes at once", "close", "end"},
		{"a length without a message", "0000", "end"},
		{"a length without a message, after a query", "Q1 0000 Q2", "1 end"},
		{"less than a header", "Q1 000b 0002000000010000000000", "1 end"},
		{"a response", "R1", "end"},
		{"a response among queries", "Q1 Q2 R3 Q4", "1 2 end"},
		{"idle: nothing is sent", "", "end"},
		{"idle: after a query", "Q1", "1 end"},
		{"idle: two octets of length", "0022", "end"},
		{"idle: a message that does not end", "Q1 ffff 0002", "1 end"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := patient
			if strings.HasPrefix(row.name, "idle") {
				s = hasty
			}
			converse(t, s.dial(t, "tcp"), row.send, row.back)
		})
	}
}

func converse(t *testing.T, conn net.Conn, send, back string) {
	for segment := range strings.SplitSeq(send, "|") {
		say(t, conn, strings.Fields(segment))
	}
	for _, word := range strings.Fields(back) {
		if word == "end" {
			wantEnd(t, conn)
			return
		}
		wantReply(t, readTCP(t, conn), id(t, word))
	}
}

// say sends the words of a segment.
func say(t *testing.T, conn net.Conn, words []string) {
	var octets []byte
	for _, word := range words {
		switch word[0] {
		case 'Q', 'R':
			octets = append(octets, framed(message(t, word))...)
		case 'q':
			for _, octet := range framed(message(t, word)) {
				write(t, conn, []byte{octet})
			}
		case 'c':
			defer conn.(*net.TCPConn).CloseWrite()
		default:
			more, err := hex.DecodeString(word)
			if err != nil {
				t.Fatal(err)
			}
			octets = append(octets, more...)
		}
	}
	write(t, conn, octets)
}

func message(t *testing.T, word string) []byte {
	msg := pack(t, id(t, word[1:]), "mail.example.com.", "A")
	if word[0] == 'R' {
		msg[2] |= flagQR >> 8
	}
	return msg
}

func id(t *testing.T, digits string) uint16 { return uint16(number(t, digits)) }
