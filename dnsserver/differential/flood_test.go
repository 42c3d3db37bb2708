package differential

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/dnsserver"
	"leeward/zones/tsig"
)

var malformed = flag.Int("malformed", 120_000, "malformed messages that are sent to Leeward")

// proxyAddr is a proxy's: what it sends must have a PROXY header.
var proxyAddr = netip.MustParseAddr("127.0.0.2")

// spare is how many goroutines that served a TCP connection may wait for the next.
const spare = 64

// TestMalformed sends malformed messages to the sockets, two of three over UDP, some as a proxy does. Each that has a header
// and is no response is answered over UDP; each answer can be read, and is one. Valid queries between them are answered,
// the server meets no defect in itself, and holds in the end what it held in the beginning.
func TestMalformed(t *testing.T) {
	files := zoneFiles(t, "testdata/zones")
	server := leeward(t, files)
	view := *server.View()
	view.Proxy = []netip.Prefix{netip.PrefixFrom(proxyAddr, 32)}
	anybody := []dnsserver.Rule{{}}
	view.Access = &dnsserver.Access{Keys: tsig.NewKeys(transferKey), Transfer: anybody, Notify: anybody}
	server.Publish(&view)
	f := &flood{corpus: newCorpus(*seed, namesOf(t, files)), addr: serve(t, server)}
	f.some(t, *malformed/10) // what grows once has grown
	goroutines, heap := held(t, 0)
	f.some(t, *malformed-*malformed/10)
	if _, now := held(t, goroutines+spare); now > heap+heap/4 {
		t.Errorf("%d octets are held, where it were %d", now, heap)
	}
	server.Count(dnsserver.Counts{
		Dropped: func(reason string, n uint64) {
			if reason == "defect" && n > 0 {
				t.Errorf("%d messages met a defect", n)
			}
		},
	})
	t.Logf("%d messages, %d answers", f.sent, f.answered)
}

// held returns the octets on the heap, as soon as no more goroutines run than there should be.
func held(t *testing.T, goroutines int) (running int, heap uint64) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for runtime.NumGoroutine() > goroutines && goroutines > 0 {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines run, where it were %d", runtime.NumGoroutine(), goroutines)
		}
		runtime.Gosched()
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return runtime.NumGoroutine(), m.HeapAlloc
}

// flood is malformed messages on the way to a server.
type flood struct {
	corpus
	addr           netip.AddrPort
	sent, answered int
}

func (f *flood) some(t *testing.T, n int) {
	for end := f.sent + n; f.sent < end; {
		var err error
		switch f.sent / batch % 6 {
		case 0:
			err = f.udp(proxyAddr)
		case 1:
			err = f.tcp(loopback)
		case 2:
			err = f.tcp(proxyAddr)
		default:
			err = f.udp(loopback)
		}
		if err != nil {
			t.Fatalf("after %d messages: %v", f.sent, err)
		}
	}
}

// udp sends a batch over UDP from an address, and looks at the answers.
func (f *flood) udp(from netip.Addr) error {
	conn, err := net.DialUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(from, 0)), net.UDPAddrFromAddrPort(f.addr))
	if err != nil {
		return err
	}
	defer conn.Close()
	var packets [][]byte
	var needed []bool // to be answered
	for i := range batch {
		packet, header, good := withID(f.message(), i), []byte(nil), true
		if from == proxyAddr {
			header, good = f.proxyHeader()
		}
		needed = append(needed, good && len(packet) >= headerSize && packet[flagsAt]&0x80 == 0)
		packets = append(packets, append(header, packet...))
	}
	f.sent += batch
	responses, err := f.exchange(conn, from, packets)
	for i := 0; i < batch && err == nil; i++ {
		if needed[i] && responses[i] == nil { // silence, or lost on the way
			responses, err = f.exchange(conn, from, packets[i:i+1])
			if err == nil && responses[i] == nil {
				return fmt.Errorf("silence after %x", packets[i])
			}
		}
	}
	return err
}

// exchange sends packets, and looks at what comes back until a valid query is answered. The IDs are places in a batch.
func (f *flood) exchange(conn *net.UDPConn, from netip.Addr, packets [][]byte) (responses [][]byte, err error) {
	for _, packet := range packets {
		if _, err := conn.Write(packet); err != nil {
			return nil, err
		}
	}
	var header []byte
	if from == proxyAddr {
		header = goodProxyHeader()
	}
	responses = make([][]byte, batch)
	if err := readUntil(conn, header, lastID, responses); err != nil {
		return nil, fmt.Errorf("a valid query has no answer: %w", err)
	}
	for i, r := range responses {
		if r != nil {
			if err := f.look(r); err != nil {
				return nil, fmt.Errorf("%w after %x", err, packets[min(i, len(packets)-1)])
			}
		}
	}
	return responses, nil
}

// look holds an answer to what every answer must be.
func (f *flood) look(response []byte) error {
	f.answered++
	var m dns.Msg
	if err := cmp.Or(m.Unpack(response), entire(response)); err != nil {
		return fmt.Errorf("an answer that cannot be read (%w): %x", err, response)
	}
	if !m.Response {
		return fmt.Errorf("an answer that is none: %x", response)
	}
	return nil
}

// tcp sends a batch over TCP, some to a connection, and looks at the answers. One length in sixteen is wrong. The server
// may end a connection on which it meets what is no query; it does end it after the last.
func (f *flood) tcp(from netip.Addr) error {
	for range batch / 8 {
		var out []byte
		if from == proxyAddr {
			out, _ = f.proxyHeader()
		}
		for i := range 8 {
			packet := withID(f.message(), i)
			size := len(packet)
			if f.random.IntN(16) == 0 {
				size = int(uint16(f.random.Uint32()))
			}
			out = append(binary.BigEndian.AppendUint16(out, uint16(size)), packet...)
		}
		f.sent += 8
		if err := f.converse(from, out); err != nil {
			return fmt.Errorf("%w on a connection that said %x", err, out)
		}
	}
	return nil
}

func (f *flood) converse(from netip.Addr, out []byte) error {
	conn, err := net.DialTCP("tcp4", net.TCPAddrFromAddrPort(netip.AddrPortFrom(from, 0)), net.TCPAddrFromAddrPort(f.addr))
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := conn.Write(out); err == nil {
		_ = conn.CloseWrite() // the server may have ended it
	}
	for in := bufio.NewReader(conn); ; {
		var size [2]byte
		if _, err := io.ReadFull(in, size[:]); err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				return errors.New("the connection is not ended")
			}
			return nil
		}
		response := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(in, response); err != nil {
			return nil // reset
		}
		if err := f.look(response); err != nil {
			return err
		}
	}
}

// TestMalformedPeers: what NSD, Knot and BIND all answer, Leeward does not leave unanswered.
func TestMalformedPeers(t *testing.T) {
	installed(t)
	files := zoneFiles(t, "testdata/zones")
	server := leeward(t, files)
	c := newCorpus(*seed+1, namesOf(t, files))
	var peers []*peer
	for _, p := range products {
		peers = append(peers, start(t, p, files))
	}
	silent := 0
	for range 5000 / batch {
		var batched []query
		for range batch {
			batched = append(batched, query{packet: c.message(), kind: "malformed"})
		}
		ours := answers(server, dnsserver.UDP, batched)
		theirs := make([][][]byte, len(peers))
		for i, p := range peers {
			var err error
			if theirs[i], err = exchange(p.addr, dnsserver.UDP, batched); err != nil {
				t.Fatalf("%s: %v", p.name, err)
			}
		}
		for i, q := range batched {
			all := true
			for j := range peers {
				all = all && theirs[j][i] != nil
			}
			if len(ours[i]) == 0 {
				silent++
			}
			if all && len(ours[i]) == 0 {
				t.Errorf("silence, where all peers answer: %s", q)
			}
		}
	}
	t.Logf("silence after %d", silent)
}
