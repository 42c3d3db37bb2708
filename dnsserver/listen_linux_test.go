package dnsserver

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"syscall"
	"testing"
)

// TestSharedPort: there is a socket for every core, and clients are spread over them.
func TestSharedPort(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	l, err := Listen(port("127.0.0.1:0"), Sockets{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if len(l.udp) != 4 {
		t.Fatalf("%d sockets", len(l.udp))
	}
	const clients = 64 // that all of them meet one socket has a chance of 1 in 4^63
	got := make(chan int, 2*clients)
	ctx, stop := context.WithTimeout(t.Context(), patience)
	var readers sync.WaitGroup
	defer readers.Wait()
	defer stop()
	for i, socket := range l.udp {
		d, err := newDatagrams(socket, 1)
		if err != nil {
			t.Fatal(err)
		}
		readers.Go(func() {
			for ctx.Err() == nil {
				if taken, _, err := d.exchange(); err != nil || taken == 1 {
					got <- i
				}
			}
		})
	}
	var each [4]int
	for range clients {
		client, err := net.Dial("udp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		write(t, client, []byte{0})
		client.Close()
		select {
		case i := <-got:
			each[i]++
		case <-ctx.Done():
			t.Fatal("a datagram did not come")
		}
	}
	for _, n := range each {
		if n == clients {
			t.Errorf("all clients met one socket: %v", each)
		}
	}
}

// TestAddressAsked: the answer comes from the address that the query went to. The clients are connected, and take no
// other.
func TestAddressAsked(t *testing.T) {
	for _, row := range []struct {
		listen string
		asked  []string
	}{
		{"0.0.0.0:0", []string{"127.0.0.1", "127.0.0.5", "127.9.9.9", "127.255.255.254"}},
		{"[::]:0", []string{"::1"}},
		{"127.0.0.5:0", []string{"127.0.0.5"}},
		{"[::1]:0", []string{"::1"}},
	} {
		t.Run(row.listen, func(t *testing.T) {
			if port(row.listen).Addr().Is6() {
				needIPv6(t)
			}
			s := start(t, &Transports{}, row.listen)
			for _, addr := range row.asked {
				for _, conn := range []net.Conn{s.dial(t, "udp", addr), s.dial(t, "udp", addr)} {
					exchangeUDP(t, conn, 1)
					exchangeUDP(t, conn, 2)
				}
				exchangeTCP(t, s.dial(t, "tcp", addr), 3)
			}
		})
	}
}

// TestBothWildcards stand side by side on one port, each with the addresses of its family.
func TestBothWildcards(t *testing.T) {
	needIPv6(t)
	s := start(t, &Transports{Listeners: bothWildcards(t)})
	for _, addr := range []string{"127.0.0.5", "::1"} {
		exchangeUDP(t, s.dial(t, "udp", addr), 1)
		exchangeTCP(t, s.dial(t, "tcp", addr), 2)
	}

	six := start(t, &Transports{}, "[::]:0")
	conn := six.dial(t, "udp", "127.0.0.1")
	write(t, conn, pack(t, 1, "mail.example.com.", "A"))
	if _, err := conn.Read(make([]byte, 512)); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("[::] hears what 127.0.0.1 is asked: %v", err)
	}
}

// bothWildcards listens on a port that is free in both families.
func bothWildcards(t *testing.T) []*Listener {
	for try := 1; ; try++ {
		four, err := Listen(port("0.0.0.0:0"), Sockets{})
		if err != nil {
			t.Fatal(err)
		}
		six, err := Listen(netip.AddrPortFrom(netip.IPv6Unspecified(), four.Addr().Port()), Sockets{})
		if err == nil {
			return []*Listener{four, six}
		}
		four.Close()
		if try == 20 {
			t.Fatal(err)
		}
	}
}

// TestBroadcast: a query to a broadcast address has no address that its answer could come from. It is counted as not
// sent, for each of the sockets that share the port, as each gets it.
func TestBroadcast(t *testing.T) {
	s := start(t, &Transports{}, "0.0.0.0:0")
	conn := s.dial(t, "udp", "127.255.255.255")
	write(t, conn, pack(t, 1, "mail.example.com.", "A"))
	until(t, "the answers are counted as not sent", func() bool {
		return s.dropped(dropSend) == uint64(len(s.Listeners[0].udp))
	})
	exchangeUDP(t, s.dial(t, "udp", "127.0.0.1"), 2)
}
