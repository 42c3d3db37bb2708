package cluster

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"leeward/steering"
)

// noise gives packets of strangers: noise, and what nodes send, cut short, changed, or under another key.
func noise(r *mathrand.Rand, key []byte) []byte {
	b := beat{Name: "b", Counter: 1 << 40}
	msg := append([]byte{typeUser}, putBeat(begin(kindBeat), &b)...)
	packet := seal(nextKey, msg, nil)
	switch r.IntN(6) {
	case 0:
		packet = make([]byte, r.IntN(2*maxPacket))
		rand.Read(packet)
	case 1:
		packet = compound(msg, r.IntN(5))
	case 2:
		packet = []byte{typeCompress, byte(r.IntN(256)), byte(r.IntN(256))}
	case 3:
		packet = alive(fmt.Sprint("stranger", r.IntN(1000)), at(9), meta{})
	case 4:
		packet = seal(key, msg, nil)
		packet = packet[:r.IntN(len(packet))]
	case 5:
		packet = seal(key, msg, nil)
		packet[r.IntN(len(packet))] ^= 1 << r.IntN(8)
	}
	return packet
}

// stranger opens a stream, says something and waits for its end.
func stranger(to netip.AddrPort, what []byte, times int) {
	conn, err := net.Dial("tcp", to.String())
	if err != nil {
		return
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	for range times {
		if _, err := conn.Write(what); err != nil {
			return
		}
	}
	io.Copy(io.Discard, conn)
}

// Whatever strangers send, a node goes on, and holds no more afterwards than before.
func TestStrangers(t *testing.T) {
	a := run(t, Options{Name: "a", Listen: netip.MustParseAddrPort("127.0.0.1:0"), Keys: keyring(testKey)})
	b := run(t, Options{Name: "b", Listen: netip.MustParseAddrPort("127.0.0.1:0"), Keys: keyring(testKey), Join: []string{a.Addr().String()}})
	until(t, a, "both are members", func() bool { return len(a.Alive()) == 2 })
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	goroutines := runtime.NumGoroutine()

	r := mathrand.New(mathrand.NewPCG(1, 2))
	c, err := net.Dial("udp", a.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	replayed := seal(testKey, append([]byte{typeUser}, putBeat(begin(kindBeat), &beat{Name: "nobody", Counter: 1})...), nil)
	for range 4000 {
		c.Write(noise(r, testKey))
		c.Write(replayed)
	}
	lie := append(binary.BigEndian.AppendUint32([]byte{sealedStream}, 19<<20), sealed)
	said := [][]byte{nil, {typePushPull}, []byte("GET / HTTP/1.1\r\n\r\n"), lie, sealStream(nextKey, []byte{typePushPull}), make([]byte, 1<<20)}
	for range 2 * maxStreams { // silent, all at a time
		if c, err := net.Dial("tcp", a.Addr().String()); err == nil {
			defer c.Close()
		}
	}
	done := make(chan bool)
	const streams = 60
	for i := range streams {
		go func() {
			what := said[i%len(said)]
			stranger(a.Addr(), what, 1)
			if i%len(said) == 3 {
				stranger(a.Addr(), append(lie, make([]byte, 1<<20)...), 20)
			}
			done <- true
		}()
	}
	for range streams {
		<-done
	}
	a.Publish(votes(4, 9), steering.Demand{}, steering.Load{})
	b.Publish(votes(5, 9), steering.Demand{}, steering.Load{})
	until(t, b, "a is heard", func() bool { h := b.Sheets(); return len(h) == 2 && len(h[1].Sheet.Votes) == 4 })
	until(t, a, "b is heard", func() bool { h := a.Sheets(); return len(h) == 2 && len(h[1].Sheet.Votes) == 5 })
	until(t, a, "what strangers had begun is over", func() bool { return runtime.NumGoroutine() <= goroutines+20 })
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapInuse) - int64(before.HeapInuse); grown > 16<<20 {
		t.Errorf("%d octets more are held", grown)
	}
	if got := a.Refused(); got.Key == 0 || got.Malformed == 0 || got.Crowd == 0 || got.Allow != 0 {
		t.Errorf("counted as %+v", got)
	}
	if list := a.Members(); len(list) != 2 || a.Dropped() != 0 {
		t.Errorf("%d members, %d messages were taken for members'", len(list), a.Dropped())
	}
}

// Who has the key, but no allowed address, is not heard either.
func TestKeyWithoutAllow(t *testing.T) {
	onlyLinux(t)
	a := run(t, Options{Name: "a", Listen: netip.MustParseAddrPort("127.0.0.1:0"), Keys: keyring(testKey),
		Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/30")}})
	n, err := New(Options{Name: "b", Listen: netip.MustParseAddrPort("127.0.0.9:0"), Keys: keyring(testKey), Join: []string{a.Addr().String()}})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- n.Run(t.Context()) }()
	<-n.Ready()
	c, err := net.DialUDP("udp", &net.UDPAddr{IP: net.ParseIP("127.0.0.9")}, net.UDPAddrFromAddrPort(a.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	const sent = 50
	for range sent {
		c.Write(seal(testKey, alive("b", n.Addr(), meta{Incarnation: 1}), nil))
	}
	limit := time.Now().Add(10 * time.Second)
	for a.Refused().Allow < sent && time.Now().Before(limit) {
		c.Write(seal(testKey, alive("b", n.Addr(), meta{Incarnation: 1}), nil))
	}
	if got := a.Refused(); got.Allow < sent || got.Total() != got.Allow || len(a.Members()) != 1 {
		t.Errorf("counted as %+v, %d members", got, len(a.Members()))
	}
}

// Who has the key cannot end a node with what memberlist trusts unseen, nor with what it unpacks.
func TestSealsThatMemberlistTrusts(t *testing.T) {
	a := run(t, Options{Name: "a", Listen: netip.MustParseAddrPort("127.0.0.1:0"), Keys: keyring(testKey)})
	c, err := net.Dial("udp", a.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	other := func(packet []byte) []byte { packet[0] = 0; return packet } // its version is not sealed
	packets := [][]byte{seal(testKey, nil, nil), other(seal(testKey, bytes.Repeat([]byte{255}, 16), nil)), other(seal(testKey, nil, nil))}
	for _, p := range packets {
		c.Write(p)
	}
	for depth := range 5 {
		c.Write(seal(testKey, bomb(depth+1), nil))
		c.Write(seal(testKey, compound([]byte{typePing}, 2*depth), nil))
	}
	stream := other(seal(testKey, bytes.Repeat([]byte{255}, 16), binary.BigEndian.AppendUint32([]byte{sealedStream}, minSealed+16)))
	head := binary.BigEndian.AppendUint32([]byte{sealedStream}, minSealed+16)
	for _, s := range [][]byte{sealStream(testKey, nil), append(head, stream...)} {
		stranger(a.Addr(), s, 1)
	}
	limit := time.Now().Add(10 * time.Second)
	for a.Refused().Total() < uint64(len(packets)+2) && time.Now().Before(limit) {
		c.Write([]byte("x"))
	}
	if n := a.Refused().Total(); n < uint64(len(packets)+2) {
		t.Errorf("%d were refused", n)
	}
}

// Who has the key can make up names, but no more than the table of members holds, and cannot push out those who live. What
// a name says is bounded like what a node says.
func TestNamesAreBounded(t *testing.T) {
	inWorld(t, func(w *world) {
		nodes := w.cluster(2)
		nodes[1].Publish(votes(3, 1), steering.Demand{}, steering.Load{})
		w.await("the sheet is everywhere", 3*time.Second, has(nodes, "n2", 1, 3))
		tr, err := w.net.open(at(9), newGate(nil, true, &refusals{}), Sockets{})
		if err != nil {
			t.Fatal(err)
		}
		say := func(msg []byte) { tr.send(seal(testKey, msg, nil), path{to: at(1)}) }
		sheet := &steering.Sheet{Colo: "x", Incarnation: 1, Number: 1, Votes: votes(20, 1)}
		for i := range 2 * maxPeers {
			sheet.Observer = fmt.Sprint("made-up-", i)
			say(alive(sheet.Observer, at(9), meta{Incarnation: 1}))
			time.Sleep(2 * time.Millisecond)
			say(append([]byte{typeUser}, putSheet(begin(kindSheet), sheet)...))
			b := beat{Name: sheet.Observer, Incarnation: 1, Counter: 1, Number: 1}
			say(append([]byte{typeUser}, putBeat(begin(kindBeat), &b)...))
		}
		time.Sleep(time.Second)
		if n := len(nodes[0].Members()); n != maxPeers+1 {
			t.Errorf("%d members", n)
		}
		if n := len(nodes[0].Sheets()); n > maxPeers+1 {
			t.Errorf("%d sheets", n)
		}
		nodes[1].Publish(votes(4, 2), steering.Demand{}, steering.Load{})
		w.await("the next sheet is everywhere", 10*time.Second, has(nodes[:1], "n2", 2, 4))
		if n := nodes[0].log.count("ignoring alive message"); n < 1 || n > 2 {
			t.Errorf("names that are not taken in were logged %d times", n)
		}
		tr.Shutdown()
	})
}
