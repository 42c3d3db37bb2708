package dnsserver

import (
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"
)

// TestDatagramsTogether: queries that wait together are taken together, as many as may be, and each answer reaches who
// asked, also behind one that cannot be sent: to who asked a broadcast address, as which no answer can come.
func TestDatagramsTogether(t *testing.T) {
	l, err := Listen(port("0.0.0.0:0"), Sockets{Count: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	d, err := newDatagrams(l.udp[0], 3)
	if err != nil {
		t.Fatal(err)
	}
	var clients []net.Conn
	for i, addr := range []string{"127.0.0.1", "127.255.255.255", "127.0.0.2", "127.0.0.3", "127.255.255.255"} {
		client, err := net.Dial("udp4", netip.AddrPortFrom(netip.MustParseAddr(addr), l.addr.Port()).String())
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		if err := client.SetDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		write(t, client, fmt.Appendf(nil, "query %d", i))
		clients = append(clients, client)
	}
	next := 0
	for _, want := range []struct{ taken, lost int }{{3, 0}, {2, 1}, {0, 1}} {
		taken, lost, err := d.exchange()
		if taken != want.taken || lost != want.lost || err != nil {
			t.Fatalf("%d taken, %d lost, %v, want %v", taken, lost, err, want)
		}
		for i := range taken {
			if msg, _ := d.query(i); string(msg) != fmt.Sprint("query ", next) {
				t.Fatalf("query %d is %q", next, msg)
			}
			d.answer(i, fmt.Append(d.room(), "answer ", next))
			next++
		}
	}
	for _, i := range []int{0, 2, 3} {
		if got := readUDP(t, clients[i]); string(got) != fmt.Sprint("answer ", i) {
			t.Errorf("client %d got %q", i, got)
		}
	}
}

// TestOverflow: datagrams that find no room are counted, also when the socket is closed.
func TestOverflow(t *testing.T) {
	l, err := Listen(port("127.0.0.1:0"), Sockets{Count: 1, ReceiveBuffer: 4096})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if got := l.ReceiveBuffer(); got < 1024 || got > 1<<16 {
		t.Errorf("a receive buffer of %d octets", got)
	}
	client, err := net.Dial("udp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for range 100 {
		write(t, client, make([]byte, 512))
	}
	before := l.Overflowed()
	if before == 0 || before >= 100 {
		t.Errorf("%d datagrams have overflowed", before)
	}
	l.Close()
	if after := l.Overflowed(); after != before {
		t.Errorf("%d datagrams have overflowed, after the end %d", before, after)
	}
}
