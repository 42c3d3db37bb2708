package cluster

import (
	"encoding/binary"
	"net"
	"net/netip"
	"testing"
)

// The rows are those of the chart above admits.
func TestAdmits(t *testing.T) {
	allow := []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	inside, outside := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("198.51.100.1")
	packet := seal(testKey, []byte("x"), nil)
	other := append([]byte{0}, packet[1:]...)
	for _, c := range []struct {
		name    string
		keyed   bool
		packets [][]byte
		from    netip.Addr
		want    []bool
		refused Refusals
	}{
		{"elsewhere", true, [][]byte{packet}, outside, []bool{false}, Refusals{Allow: 1}},
		{"empty", false, [][]byte{{}}, inside, []bool{false}, Refusals{Malformed: 1}},
		{"large", false, [][]byte{make([]byte, maxPacket), make([]byte, maxPacket+1)}, inside, []bool{true, false}, Refusals{Malformed: 1}},
		{"too short", true, [][]byte{packet[:minSealed-1]}, inside, []bool{false}, Refusals{Malformed: 1}},
		{"sealed otherwise", true, [][]byte{other}, inside, []bool{false}, Refusals{Malformed: 1}},
		{"the same again", true, [][]byte{packet, packet, other, packet}, inside, []bool{true, false, false, false}, Refusals{Malformed: 1}},
		{"the same again, without a key", false, [][]byte{packet, packet}, inside, []bool{true, true}, Refusals{}},
	} {
		var refused refusals
		g := newGate(allow, c.keyed, &refused)
		for i, p := range c.packets {
			if got := g.admits(p, c.from); got != c.want[i] {
				t.Errorf("%s, packet %d: %v", c.name, i, got)
			}
		}
		if got := refused.read(); got != c.refused {
			t.Errorf("%s: counted as %+v", c.name, got)
		}
	}
}

// What came is remembered for as many packets as a burst has, and no longer.
func TestRememberedPackets(t *testing.T) {
	g := newGate(nil, true, &refusals{})
	packet := func(i int) []byte { return binary.BigEndian.AppendUint64(make([]byte, minSealed), uint64(i)) }
	for i := range 10 * remembered {
		if !g.isNew(packet(i)) {
			t.Fatalf("packet %d is not new", i)
		}
		if before := max(0, i-remembered+1); g.isNew(packet(before)) {
			t.Fatalf("packet %d is forgotten after %d", before, i)
		}
	}
	if n := len(g.seen[0]) + len(g.seen[1]); n > 2*remembered {
		t.Errorf("%d are remembered", n)
	}
}

// The rows are those of the chart above acceptable.
func TestAcceptable(t *testing.T) {
	head := func(size uint32, version byte) []byte {
		return append(binary.BigEndian.AppendUint32([]byte{sealedStream}, size), version)
	}
	for _, c := range []struct {
		name string
		head []byte
		want bool
	}{
		{"not sealed", []byte{typePushPull, 0, 0, 0, 0, 0}, true},
		{"not yet known", head(minSealed, 0)[:5], true},
		{"nothing", head(minSealed, sealed), false},
		{"less than nothing", head(0, sealed), false},
		{"another version", head(100, 0), false},
		{"something", head(minSealed+1, sealed), true},
	} {
		if got := acceptable(c.head); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// Streams beyond the bound close the oldest of the address that has most of them: one address keeps out no other.
func TestCrowdOfStreams(t *testing.T) {
	onlyLinux(t)
	var refused refusals
	tr, err := openSockets(netip.MustParseAddrPort("127.0.0.1:0"), newGate(nil, true, &refused), Sockets{})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Shutdown()
	dial := func(from string) (net.Conn, net.Conn) {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
		c, err := d.Dial("tcp", tr.bound().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c, <-tr.StreamCh()
	}
	open := func(near, far net.Conn) bool {
		near.Write([]byte("x"))
		n, _ := far.Read(make([]byte, 8))
		return n == 1
	}
	friend, far := dial("127.0.0.2")
	var near, crowd []net.Conn
	for range maxStreams + 5 {
		c, d := dial("127.0.0.9")
		near, crowd = append(near, c), append(crowd, d)
	}
	for i := range crowd {
		if got, want := open(near[i], crowd[i]), i >= 6; got != want {
			t.Errorf("stream %d of the crowd is open: %v", i, got)
		}
	}
	if !open(friend, far) {
		t.Error("the first stream of another address is closed")
	}
	if got := refused.read(); got != (Refusals{Crowd: 6}) {
		t.Errorf("counted as %+v", got)
	}
}
