package transfer

import (
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/miekg/dns"
)

// scripted is a primary that answers as it is told, over UDP and TCP.
type scripted struct {
	addr netip.AddrPort

	mu   sync.Mutex
	seen []string
}

// asked are the queries that came: "SOA UDP, IXFR TCP".
func (s *scripted) asked() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.seen, ", ")
}

// script is what a scripted primary says to a query: messages as they stand on the wire. Nil closes a connection
// (over UDP: is silence); hang, as the last, keeps it open.
type script func(q *dns.Msg, wire []byte, tcp bool) [][]byte

var hang = []byte{}

// both listens on one port of TCP and UDP. What is free for the one may be taken for the other.
func both(t *testing.T) (tcp net.Listener, udp *net.UDPConn) {
	t.Helper()
	var err error
	for range 20 {
		if tcp, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			break
		}
		if udp, err = net.ListenUDP("udp", net.UDPAddrFromAddrPort(tcp.Addr().(*net.TCPAddr).AddrPort())); err == nil {
			t.Cleanup(func() { _, _ = tcp.Close(), udp.Close() })
			return tcp, udp
		}
		_ = tcp.Close()
	}
	t.Fatal(err)
	return nil, nil
}

// start starts a primary, which ends with the test.
func start(t *testing.T, say script) *scripted {
	t.Helper()
	l, u := both(t)
	s := &scripted{addr: l.Addr().(*net.TCPAddr).AddrPort()}
	go s.udp(u, say)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.tcp(c, say)
		}
	}()
	return s
}

func (s *scripted) udp(u net.PacketConn, say script) {
	buf := make([]byte, 1<<16)
	for {
		n, from, err := u.ReadFrom(buf)
		if err != nil {
			return
		}
		for _, m := range s.say(buf[:n], false, say) {
			_, _ = u.WriteTo(m, from)
		}
	}
}

func (s *scripted) tcp(c net.Conn, say script) {
	defer c.Close()
	var size [2]byte
	if _, err := io.ReadFull(c, size[:]); err != nil {
		return
	}
	query := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(c, query); err != nil {
		return
	}
	for _, m := range s.say(query, true, say) {
		if len(m) == 0 {
			_, _ = io.Copy(io.Discard, c)
			return
		}
		_, _ = c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(m))), m...))
	}
}

func (s *scripted) say(wire []byte, tcp bool, say script) [][]byte {
	q := new(dns.Msg)
	if q.Unpack(wire) != nil || len(q.Question) != 1 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, dns.Type(q.Question[0].Qtype).String()+map[bool]string{false: " UDP", true: " TCP"}[tcp])
	return say(q, wire, tcp)
}

// reply is one message with records for an answer.
func reply(t testing.TB, q *dns.Msg, records string, change ...func(*dns.Msg)) []byte {
	t.Helper()
	m := new(dns.Msg)
	m.SetReply(q)
	m.Authoritative, m.Answer = true, rrs(t, records)
	for _, c := range change {
		c(m)
	}
	wire, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return wire
}

func rcode(code int) func(*dns.Msg) { return func(m *dns.Msg) { m.Rcode = code } }
