package cluster

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"leeward/steering"
)

func onlyLinux(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has all of 127.0.0.0/8 by itself")
	}
}

// What leaves a node that listens everywhere comes from the address that the path says.
func TestSources(t *testing.T) {
	onlyLinux(t)
	for _, listen := range []string{"0.0.0.0:0", "[::]:0"} {
		t.Run(listen, func(t *testing.T) {
			peer, err := openSockets(netip.MustParseAddrPort("127.0.0.1:0"), newGate(nil, false, &refusals{}), Sockets{})
			if err != nil {
				t.Fatal(err)
			}
			defer peer.Shutdown()
			tr, err := openSockets(netip.MustParseAddrPort(listen), newGate(nil, false, &refusals{}), Sockets{})
			if err != nil {
				t.Skip("this host does not have the family:", err)
			}
			defer tr.Shutdown()
			for _, from := range []string{"127.0.1.1", "127.0.2.1"} {
				p := path{netip.MustParseAddr(from), peer.bound()}
				if err := tr.send([]byte(from), p); err != nil {
					t.Fatal(err)
				}
				want := netip.AddrPortFrom(p.from, tr.bound().Port())
				if got := <-peer.PacketCh(); got.From.(*net.UDPAddr).AddrPort() != want || string(got.Buf) != from {
					t.Errorf("%q came from %s, not %s", got.Buf, got.From, want)
				}
				conn, err := tr.dial(t.Context(), p)
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				came := <-peer.StreamCh()
				defer came.Close()
				if got := came.RemoteAddr().(*net.TCPAddr).AddrPort().Addr(); got != p.from {
					t.Errorf("a stream came from %s, not %s", got, p.from)
				}
			}
			nowhere := path{netip.MustParseAddr("192.0.2.1"), peer.bound()}
			if tr.send([]byte("x"), nowhere) == nil {
				t.Error("a packet left from an address that this host does not have")
			}
			if _, err := tr.dial(t.Context(), nowhere); err == nil {
				t.Error("a stream left from an address that this host does not have")
			}
		})
	}
}

// lame is a transport whose host has lost addresses.
type lame struct {
	transport
	mu   *sync.Mutex
	dead *[]netip.Addr
}

func (t lame) cut(p path) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Contains(*t.dead, p.from) || slices.Contains(*t.dead, p.to.Addr())
}

func (t lame) send(b []byte, p path) error {
	if t.cut(p) {
		return nil
	}
	return t.transport.send(b, p)
}

func (t lame) dial(ctx context.Context, p path) (net.Conn, error) {
	if t.cut(p) {
		<-ctx.Done()
		return nil, errors.New("i/o timeout")
	}
	return t.transport.dial(ctx, p)
}

// On real sockets too, nodes with two addresses each go on when an address of each dies.
func TestTwoAddressesEach(t *testing.T) {
	onlyLinux(t)
	var mu sync.Mutex
	var dead []netip.Addr
	one, other := netip.MustParseAddr("127.0.1.1"), netip.MustParseAddr("127.0.1.2")
	two, another := netip.MustParseAddr("127.0.2.1"), netip.MustParseAddr("127.0.2.2")
	options := func(name string, addrs ...netip.Addr) Options {
		o := Options{Name: name, Listen: netip.MustParseAddrPort("0.0.0.0:0"), Keys: keyring(testKey), Heartbeat: 200 * time.Millisecond,
			open: func(listen netip.AddrPort, g *gate, open Sockets) (transport, error) {
				tr, err := openSockets(listen, g, open)
				return lame{tr, &mu, &dead}, err
			}}
		for _, a := range addrs {
			o.Advertise = append(o.Advertise, netip.AddrPortFrom(a, 0))
		}
		return o
	}
	a := run(t, options("a", one, other))
	o := options("b", two, another)
	o.Join = []string{a.Addr().String()}
	b := run(t, o)
	both := func(n *Node, what string, number uint64, count int) {
		until(t, n, what, func() bool {
			h := n.Sheets()
			return len(h) == 2 && h[1].Sheet.Number == number && len(h[1].Sheet.Votes) == count
		})
	}
	a.Publish(votes(3, 1), steering.Demand{}, steering.Load{})
	b.Publish(votes(3, 1), steering.Demand{}, steering.Load{})
	both(a, "b's sheet arrives", 1, 3)
	both(b, "a's sheet arrives", 1, 3)
	if m := a.Members()[1]; !slices.Equal(m.Addrs, []netip.AddrPort{netip.AddrPortFrom(two, m.Addr.Port()), netip.AddrPortFrom(another, m.Addr.Port())}) {
		t.Errorf("b is reached at %s", m.Addrs)
	}
	mu.Lock()
	dead = []netip.Addr{one, another}
	mu.Unlock()
	for i := range uint64(3) {
		a.Publish(votes(4, i+2), steering.Demand{}, steering.Load{})
		b.Publish(votes(1000, i+2), steering.Demand{}, steering.Load{}) // over a stream
		both(b, "a's next sheet arrives", i+2, 4)
		both(a, "b's next sheet arrives", i+2, 1000)
	}
	if a.Members()[1].State != Alive || b.Members()[1].State != Alive {
		t.Error("one is lost")
	}
	if n := a.Refused().Total() + b.Refused().Total() + a.Dropped() + b.Dropped(); n != 0 {
		t.Errorf("%d messages were not understood", n)
	}
}
