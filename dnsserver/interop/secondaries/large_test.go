package secondaries

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/dnsserver/internal/peers"
	"leeward/zones"
	"leeward/zones/tsig"
)

var million = flag.Bool("million", false, "transfer a zone of 1,000,000 delegations, and print how long it takes")

// TestRootZones transfers the root zones in the directory that LEEWARD_ROOT_ZONES names (*.zone.gz) to every peer.
func TestRootZones(t *testing.T) {
	dir := os.Getenv("LEEWARD_ROOT_ZONES")
	if dir == "" {
		t.Skip("LEEWARD_ROOT_ZONES names no directory with root zones")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.zone.gz"))
	if err != nil || len(files) == 0 {
		t.Fatal("no root zones in", dir, err)
	}
	key := testKey(t, tsig.HMACSHA256)
	for _, file := range files {
		leeward := newPrimary(t, unpacked(t, file), key)
		for _, p := range products {
			peers.Installed(t, p.program)
			t.Run(filepath.Base(file)+" "+p.name, func(t *testing.T) {
				peer := peers.Start(t, p.taking(secondary{origin: ".", from: leeward.addr, key: key}), ".")
				sameContent(t, taken(t, ".", peer.Addr), leeward.zone)
			})
		}
	}
}

// unpacked is the root zone in a compressed file.
func unpacked(t testing.TB, file string) *zones.Zone {
	t.Helper()
	packed, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, zones.Root, text)
}

func read(t testing.TB, origin zones.Name, text []byte) *zones.Zone {
	t.Helper()
	file := filepath.Join(t.TempDir(), "zone")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	z, _, err := zones.Parse(zones.Source{Origin: origin, File: file})
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// TestMillion transfers a zone of 1,000,000 delegations, and meanwhile asks for other names, over UDP.
func TestMillion(t *testing.T) {
	if !*million {
		t.Skip("wants -million: it takes memory and a minute")
	}
	var text bytes.Buffer
	fmt.Fprint(&text, "$TTL 86400\nexample.net. SOA ns1 hostmaster 1 3600 600 86400 60\n NS ns1\nns1 A 192.0.2.53\n")
	for i := range 1_000_000 {
		fmt.Fprintf(&text, "domain%d NS ns1.provider%d.example.\n NS ns2.provider%[2]d.example.\n", i, i%5000)
	}
	apex, err := zones.ParseName(origin)
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	z := read(t, apex, text.Bytes())
	t.Logf("loaded in %s", time.Since(begun).Round(time.Millisecond))
	text = bytes.Buffer{}
	for _, key := range []*tsig.Key{nil, testKey(t, tsig.HMACSHA256)} {
		leeward := newPrimary(t, z, key)
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		slowest := make(chan time.Duration, 1)
		over := make(chan struct{})
		go func() { slowest <- askOn(leeward.addr, over) }()
		begun = time.Now()
		octets, messages, records := swallow(t, leeward.addr, key)
		took := time.Since(begun)
		close(over)
		runtime.ReadMemStats(&after)
		if records != z.Records()+1 {
			t.Errorf("%d records, want %d", records, z.Records()+1)
		}
		t.Logf("%s: %d records, %d messages, %d octets in %s; heap %d MiB before, %d MiB after; slowest answer over UDP meanwhile %s", name(key),
			records, messages, octets, took.Round(time.Millisecond), before.HeapInuse>>20, after.HeapInuse>>20, <-slowest)
	}
	for _, p := range products {
		peers.Installed(t, p.program)
		leeward := newPrimary(t, z, nil)
		begun = time.Now()
		peer, err := peers.Launch(t, p.taking(secondary{origin: origin, from: leeward.addr}))
		if err != nil {
			t.Fatal(err)
		}
		ticker := time.NewTicker(100 * time.Millisecond)
		for got := uint32(0); got != z.Serial(); got, _ = serialAt(peer) { // an error: not yet
			if time.Since(begun) > 10*peers.Patience {
				t.Fatalf("%s: %s", p.name, tail(peer.Log()))
			}
			<-ticker.C
		}
		ticker.Stop()
		t.Logf("%s serves it %s after its start", p.name, time.Since(begun).Round(time.Millisecond))
		peer.Stop()
	}
}

// askOn asks for one name after another until it is over, and gives the time that the slowest answer took.
func askOn(at netip.AddrPort, over chan struct{}) (slowest time.Duration) {
	client := &dns.Client{Timeout: peers.Patience}
	for i := 0; ; i++ {
		select {
		case <-over:
			return slowest
		default:
		}
		_, took, err := client.Exchange(new(dns.Msg).SetQuestion(fmt.Sprintf("domain%d.%s", i, origin), dns.TypeA), at.String())
		if err != nil {
			return peers.Patience
		}
		slowest = max(slowest, took)
	}
}

// swallow reads a transfer as fast as it comes, verifying its signatures.
func swallow(t *testing.T, from netip.AddrPort, key *tsig.Key) (octets, messages, records int) {
	t.Helper()
	conn, err := net.Dial("tcp", from.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	query, err := new(dns.Msg).SetAxfr(origin).Pack()
	if err != nil {
		t.Fatal(err)
	}
	var verifier *tsig.Query
	if key != nil {
		query, verifier = tsig.Ask(key, query, time.Now())
	}
	if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(query))), query...)); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReaderSize(conn, 1<<16)
	soa := []byte{0, 6, 0, 1} // type and class behind a pointer: the last record is the second of them
	for last := false; !last; {
		msg := next(t, in)
		octets, messages, records = octets+len(msg), messages+1, records+int(binary.BigEndian.Uint16(msg[6:]))
		if verifier != nil {
			if err := verifier.Verify(msg, time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		last = bytes.Count(msg, soa) > 0 && messages > 1
	}
	return octets, messages, records
}

// next is the next message on a connection.
func next(t *testing.T, in io.Reader) []byte {
	t.Helper()
	var size [2]byte
	if _, err := io.ReadFull(in, size[:]); err != nil {
		t.Fatal(err)
	}
	msg := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(in, msg); err != nil {
		t.Fatal(err)
	}
	return msg
}
