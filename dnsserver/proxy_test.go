package dnsserver

import (
	"encoding/hex"
	"errors"
	"hash/crc32"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"
)

// proxyHex makes a header: "S" stands for the signature, "L" for the two octets of the length of what follows it.
func proxyHex(t testing.TB, text string) []byte {
	t.Helper()
	before, after, sized := strings.Cut(strings.ReplaceAll(text, " ", ""), "L")
	if sized {
		before += hex.EncodeToString([]byte{byte(len(after) / 2 >> 8), byte(len(after) / 2)})
	}
	octets, err := hex.DecodeString(strings.ReplaceAll(before, "S", hex.EncodeToString([]byte(proxySignature))) + after)
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

// summed puts the right checksum into the TLV that ends a header.
func summed(header []byte) []byte {
	at := len(header) - 4
	clear(header[at:])
	sum := crc32.Checksum(header, crc32.MakeTable(crc32.Castagnoli))
	put16(header, at, uint16(sum>>16))
	put16(header, at+2, uint16(sum))
	return header
}

// Rows follow the chart of parseProxy.
func TestProxyHeader(t *testing.T) {
	const (
		four = "cb007107 c0000235 1234 0035"
		six  = "20010db8000000000000000000000007 20010db8000000000000000000000035 1234 0035"
	)
	for _, row := range []struct{ name, header, want string }{
		{"IPv4, UDP", "S 21 12 L" + four, "203.0.113.7"},
		{"IPv4, TCP", "S 21 11 L" + four, "203.0.113.7"},
		{"IPv6, UDP", "S 21 22 L" + six, "2001:db8::7"},
		{"IPv6, TCP", "S 21 21 L" + six, "2001:db8::7"},
		{"IPv4 in IPv6", "S 21 22 L 00000000000000000000ffffcb007107 20010db8000000000000000000000035 1234 0035", "203.0.113.7"},
		{"local", "S 20 00 L", "the proxy"},
		{"local, with what is passed over", "S 20 12 L ffffff", "the proxy"},
		{"unspecified", "S 21 00 L", "the proxy"},
		{"unspecified transport", "S 21 10 L" + four, "the proxy"},
		{"unspecified family, with TLVs", "S 21 02 L 04 0002 0000", "the proxy"},
		{"TLVs", "S 21 12 L" + four + "04 0003 000000 ea 0000", "203.0.113.7"},
		{"a checksum", hex.EncodeToString(summed(proxyHex(t, "S 21 12 L"+four+"04 0001 00 03 0004 00000000"))), "203.0.113.7"},
		{"a wrong checksum", "S 21 12 L" + four + "03 0004 00000000", "a malformed PROXY header"},
		{"a checksum of three octets", "S 21 12 L" + four + "03 0003 000000", "a malformed PROXY header"},
		{"half a TLV", "S 21 12 L" + four + "04 00", "a malformed PROXY header"},
		{"a TLV that is too long", "S 21 12 L" + four + "04 0002 00", "a malformed PROXY header"},
		{"addresses that do not fit", "S 21 12 L cb007107 c0000235 1234", "a malformed PROXY header"},
		{"IPv6 with addresses of IPv4", "S 21 22 L" + four, "a malformed PROXY header"},
		{"a socket of the file system", "S 21 31 L" + four, "a PROXY header for another family or transport"},
		{"another transport", "S 21 13 L" + four, "a PROXY header for another family or transport"},
		{"another command", "S 22 12 L" + four, "a PROXY header of another version or command"},
		{"version 3", "S 31 12 L" + four, "a PROXY header of another version or command"},
		{"version 1", hex.EncodeToString([]byte("PROXY TCP4 203.0.113.7 192.0.2.53 4660 53\r\n")), "a PROXY header of version 1, where version 2 must be"},
		{"nothing", "", "no PROXY header"},
		{"a signature alone", "S", "no PROXY header"},
		{"a length alone", "S 21 12 000c", "a PROXY header that is cut short"},
		{"cut short", "S 21 12 000c cb007107", "a PROXY header that is cut short"},
		{"a query", "0001 0000 0001 0000 0000 0000 046d61696c076578616d706c6503636f6d0000010001", "no PROXY header"},
	} {
		t.Run(row.name, func(t *testing.T) {
			header := proxyHex(t, row.header)
			client, size, why := parseProxy(append(header, "the query"...)[:len(header)])
			got := why
			switch {
			case why == "" && size != len(header):
				t.Errorf("%d octets of %d", size, len(header))
			case why == "" && !client.IsValid():
				got = "the proxy"
			case why == "":
				got = client.String()
			}
			if got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

// FuzzProxyHeader: no octets make parseProxy panic, and a header lies within them.
func FuzzProxyHeader(f *testing.F) {
	f.Add(proxyHex(f, "S 21 12 L cb007107 c0000235 1234 0035 04 0001 00"))
	f.Add(proxyHex(f, "S 20 00 L"))
	f.Add([]byte("PROXY TCP4 203.0.113.7 192.0.2.53 4660 53\r\n"))
	f.Fuzz(func(t *testing.T, msg []byte) {
		client, size, why := parseProxy(msg)
		if size > len(msg) || why == "" && size < proxyFixed || why != "" && client.IsValid() {
			t.Errorf("%v, %d of %d octets, %q", client, size, len(msg), why)
		}
	})
}

// TestProxy: behind a listed address the header is needed, and names the client; from others it is a bad packet. The cookie
// of the answer tells for which client it was made.
func TestProxy(t *testing.T) {
	const client = "203.0.113.7"
	header := proxyHex(t, "S 21 12 L cb007107 c0000235 1234 0035")
	local := proxyHex(t, "S 20 00 L")
	query := kindOfAnswer{name: "mail.example.com.", qtype: typeA, cookie: "0102030405060708"}.pack(t)
	put16(query, 0, 7)
	for _, row := range []struct {
		name   string
		listed string
		header []byte
		client string // "": dropped, and counted
		rcode  int
	}{
		{"listed", "127.0.0.0/8", header, client, rcodeNoError},
		{"listed, for itself", "127.0.0.0/8", local, "127.0.0.1", rcodeNoError},
		{"listed, without a header", "127.0.0.0/8", nil, "", 0},
		{"listed, version 1", "127.0.0.0/8", []byte("PROXY TCP4 203.0.113.7 192.0.2.53 4660 53\r\n"), "", 0},
		{"not listed, without a header", "192.0.2.0/24", nil, "127.0.0.1", rcodeNoError},
	} {
		for _, network := range []string{"udp", "tcp"} {
			t.Run(row.name+"/"+network, func(t *testing.T) {
				s, cookies := proxied(t, row.listed)
				conn := s.dial(t, network)
				if row.client == "" {
					sayTo(t, conn, network, row.header, query)
					until(t, "what came without its header is counted", func() bool { return s.dropped(dropProxy) == 1 })
					if network == "tcp" {
						wantEndOfProxy(t, conn)
					}
					return
				}
				var reply []byte
				if sayTo(t, conn, network, row.header, query); network == "udp" {
					reply = readUDP(t, conn)
				} else {
					reply = readTCP(t, conn)
				}
				wantReply(t, reply, 7)
				cookie := reply[len(reply)-wholeCookie:]
				if _, state := cookies.answer(cookie, netip.MustParseAddr(row.client)); state != cookieGood {
					t.Errorf("the answer is not for %s: %x", row.client, reply)
				}
			})
		}
	}
}

// proxied is a service that listens to the proxies of a prefix.
func proxied(t *testing.T, prefix string) (*service, *Cookies) {
	s := start(t, &Transports{Idle: patience}, "127.0.0.1:0")
	view := plainView(t)
	view.Proxy = []netip.Prefix{netip.MustParsePrefix(prefix)}
	view.Cookies = NewCookies(secret(t, secretA), secret(t, secretB))
	s.Server.Publish(view)
	return s, view.Cookies
}

// sayTo sends a header and a query, as the transport wants them.
func sayTo(t *testing.T, conn net.Conn, network string, header, query []byte) {
	t.Helper()
	if network == "tcp" {
		query = framed(query)
	}
	write(t, conn, header, query)
}

// wantEndOfProxy wants the connection ended; as it had octets unread, by a reset or not.
func wantEndOfProxy(t *testing.T, conn net.Conn) {
	t.Helper()
	if n, err := conn.Read(make([]byte, 1)); n != 0 || err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%d octets, %v", n, err)
	}
}

// TestProxyStream: over TCP a header may come octet by octet, or be the largest there is, and stands for all queries of the connection; a connection on
// which nothing is said is none.
func TestProxyStream(t *testing.T) {
	s, _ := proxied(t, "127.0.0.0/8")
	conn := s.dial(t, "tcp")
	for _, octet := range proxyHex(t, "S 21 11 L cb007107 c0000235 1234 0035 04 0001 00") {
		write(t, conn, []byte{octet})
	}
	for id := range uint16(3) {
		exchangeTCP(t, conn, id)
	}
	largest := s.dial(t, "tcp")
	write(t, largest, proxyHex(t, "S 21 11 L cb007107 c0000235 1234 0035 04 fff0"+strings.Repeat("00", 0xfff0)))
	exchangeTCP(t, largest, 4)
	silent := s.dial(t, "tcp").(*net.TCPConn)
	if err := silent.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	wantEnd(t, silent)
	cut := s.dial(t, "tcp").(*net.TCPConn)
	write(t, cut, proxyHex(t, "S 21 11 000c cb007107"))
	if err := cut.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	wantEnd(t, cut)
	if n := s.dropped(dropProxy); n != 1 {
		t.Errorf("%d dropped, want the one cut short", n)
	}
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	exchangeTCP(t, conn, 4)
}

// TestProxyUnlisted: who is not listed and sends a header sends a bad packet.
func TestProxyUnlisted(t *testing.T) {
	s, _ := proxied(t, "192.0.2.0/24")
	conn := s.dial(t, "udp")
	write(t, conn, proxyHex(t, "S 21 12 L cb007107 c0000235 1234 0035"), pack(t, 7, "mail.example.com.", "A"))
	if reply := readUDP(t, conn); get16(reply, 0) != 0x0d0a || get16(reply, 2)&15 == rcodeNoError {
		t.Errorf("answered by %x", reply)
	}
}
