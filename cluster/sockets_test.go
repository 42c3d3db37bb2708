package cluster

import (
	"context"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"leeward/steering"
)

// run runs a node on real sockets until the test ends.
func run(t *testing.T, o Options) *Node {
	t.Helper()
	n, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	select {
	case <-n.Ready():
	case err := <-done:
		t.Fatal(err)
	}
	return n
}

// until waits for a node to change until a condition holds.
func until(t *testing.T, n *Node, what string, holds func() bool) {
	t.Helper()
	limit := time.After(10 * time.Second)
	for !holds() {
		select {
		case <-n.Changed():
		case <-limit:
			t.Fatalf("not in time: %s", what)
		}
	}
}

func TestSockets(t *testing.T) {
	for _, listen := range []string{"127.0.0.1:0", "127.3.0.53:0", "[::1]:0"} {
		t.Run(listen, func(t *testing.T) {
			at := netip.MustParseAddrPort(listen)
			if l, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(at)); err != nil {
				if runtime.GOOS == "linux" && at.Addr().Is4() {
					t.Fatal(err)
				}
				t.Skip("this host does not have the address:", err)
			} else {
				l.Close()
			}
			allow := []netip.Prefix{netip.PrefixFrom(at.Addr(), at.Addr().BitLen())}
			a := run(t, Options{Name: "a", Colo: "ams", Listen: at, Keys: keyring(testKey), Allow: allow})
			b := run(t, Options{Name: "b", Colo: "iad", Listen: at, Keys: keyring(testKey), Allow: allow, Join: []string{a.Addr().String()}})
			a.Publish(votes(3, 1), steering.Demand{}, steering.Load{})
			b.Publish(votes(1000, 1), steering.Demand{}, steering.Load{}) // too large for a packet
			until(t, b, "the small sheet arrives", func() bool { h := b.Sheets(); return len(h) == 2 && len(h[1].Sheet.Votes) == 3 })
			until(t, a, "the large sheet arrives", func() bool { h := a.Sheets(); return len(h) == 2 && len(h[1].Sheet.Votes) == 1000 })
			if m := a.Members(); len(m) != 2 || m[1].Name != "b" || m[1].Colo != "iad" || m[1].Addr != b.Addr() || m[1].State != Alive {
				t.Errorf("members %+v", m)
			}
			if n := a.Refused().Total() + b.Refused().Total() + a.Dropped() + b.Dropped(); n != 0 {
				t.Errorf("%d messages were not understood", n)
			}
		})
	}
}

// A node that listens everywhere says that it is reached where its routes to the peers leave.
func TestListenEverywhere(t *testing.T) {
	peer := run(t, Options{Name: "a", Listen: netip.MustParseAddrPort("127.0.0.1:0"), Keys: keyring(testKey)})
	n := run(t, Options{Name: "b", Listen: netip.MustParseAddrPort("0.0.0.0:0"), Keys: keyring(testKey), Join: []string{"127.0.0.1:1", peer.Addr().String()}})
	if n.Addr().Addr().IsUnspecified() || n.Addr().Port() == 0 {
		t.Errorf("reached at %s", n.Addr())
	}
	until(t, peer, "it is a member", func() bool { return len(peer.Alive()) == 2 })
}

func TestPortInUse(t *testing.T) {
	a := run(t, Options{Name: "a", Listen: netip.MustParseAddrPort("127.0.0.1:0")})
	n, err := New(Options{Name: "b", Listen: a.Addr()})
	if err != nil {
		t.Fatal(err)
	}
	err = n.Run(context.Background())
	if err == nil || !strings.Contains(err.Error(), a.Addr().String()) || !strings.Contains(err.Error(), "is in use by another program") {
		t.Error(err)
	}
}

// Who is not allowed is not heard: neither his packets nor his streams.
func TestAllow(t *testing.T) {
	var refused refusals
	tr, err := openSockets(netip.MustParseAddrPort("127.0.0.1:0"), newGate([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/30")}, false, &refused), Sockets{})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Shutdown()
	dial := func(network, from string) net.Conn {
		d := net.Dialer{LocalAddr: &net.UDPAddr{IP: net.ParseIP(from)}}
		if network == "tcp" {
			d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(from)}
		}
		c, err := d.Dial(network, tr.bound().String())
		if err != nil && runtime.GOOS != "linux" {
			t.Skip("only Linux has all of 127.0.0.0/8 by itself:", err)
		}
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for _, from := range []string{"127.0.0.9", "127.0.0.1"} {
		c := dial("udp", from)
		defer c.Close()
		c.Write([]byte(from))
	}
	if p := <-tr.PacketCh(); !slices.Equal(p.Buf, []byte("127.0.0.1")) {
		t.Errorf("heard %q", p.Buf)
	}
	stranger := dial("tcp", "127.0.0.9")
	defer stranger.Close()
	if _, err := stranger.Read(make([]byte, 1)); err == nil {
		t.Error("a stranger's stream stays open")
	}
	if got := refused.read(); got != (Refusals{Allow: 2}) {
		t.Errorf("counted as %+v", got)
	}
	friend := dial("tcp", "127.0.0.1")
	defer friend.Close()
	(<-tr.StreamCh()).Close()
}

// Packets that nobody can read are counted, from whomever.
func TestRefused(t *testing.T) {
	n := run(t, Options{Name: "a", Listen: netip.MustParseAddrPort("127.0.0.1:0"), Keys: keyring(testKey)})
	c, err := net.Dial("udp", n.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	limit := time.Now().Add(10 * time.Second)
	for n.Refused().Total() == 0 && time.Now().Before(limit) {
		c.Write([]byte(strings.Repeat("x", 100)))
	}
	if n.Refused().Total() == 0 {
		t.Error("none is counted")
	}
}
