package differential

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"time"

	"github.com/miekg/dns"

	"leeward/dnsserver"
)

// batch is how many queries are under way to one server at a time: few enough for every receive buffer.
const batch = 32

// lastID is the highest message ID of the queries after a batch. Those in it have their place in it.
const lastID = 0xFFFF

// exchange puts a batch of queries to a server, and gives the responses in their order, nil for silence.
func exchange(addr netip.AddrPort, transport dnsserver.Transport, queries []query) ([][]byte, error) {
	if transport == dnsserver.TCP {
		return exchangeTCP(addr, queries)
	}
	responses, err := exchangeUDP(addr, queries)
	if err != nil {
		return nil, err
	}
	for i, r := range responses {
		if r != nil {
			continue
		}
		// Silence, or lost on the way: what stays silent alone is silence.
		again, err := exchangeUDP(addr, queries[i:i+1])
		if err != nil {
			return nil, err
		}
		responses[i] = again[0]
	}
	return responses, nil
}

// exchangeUDP tries a batch again, from another port, should a server of a busy machine not have answered for long.
func exchangeUDP(addr netip.AddrPort, queries []query) (responses [][]byte, err error) {
	for range 3 {
		responses, err = exchangeOnce(addr, queries)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			break
		}
	}
	return responses, err
}

// exchangeOnce ends a batch with a query that every server answers: what has no response when that one has will have none.
// It asks so twice, because NSD answers what it has taken in at one time in any order. Each batch has its own port,
// because BIND drops what looks like two servers sending each other FORMERR.
func exchangeOnce(addr netip.AddrPort, queries []query) ([][]byte, error) {
	conn, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(addr))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	for i, q := range queries {
		if _, err := conn.Write(withID(q.packet, i)); err != nil {
			return nil, err
		}
	}
	responses := make([][]byte, len(queries))
	for id := lastID; id > lastID-2; id-- {
		if err := readUntil(conn, nil, id, responses); err != nil {
			return nil, err
		}
	}
	return responses, nil
}

// readUntil asks a last query, with a PROXY header or none, and keeps all responses that come before its own. It asks again should that be lost.
func readUntil(conn *net.UDPConn, header []byte, id int, responses [][]byte) error {
	last, err := lastQuery()
	if err != nil {
		return err
	}
	buf := make([]byte, 1<<16)
	const tries = 10
	for try := 1; ; try++ {
		if _, err := conn.Write(slices.Concat(header, withID(last, id))); err != nil {
			return err
		}
		if err := conn.SetReadDeadline(time.Now().Add(patience / tries)); err != nil {
			return err
		}
		for err == nil {
			var n int
			if n, err = conn.Read(buf); n >= 2 && int(binary.BigEndian.Uint16(buf)) == id {
				return nil
			}
			keep(responses, buf[:n])
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) || try == tries {
			return err
		}
	}
}

// exchangeTCP pipelines a batch. All its queries must be such that they are answered.
func exchangeTCP(addr netip.AddrPort, queries []query) ([][]byte, error) {
	conn, err := net.DialTCP("tcp4", nil, net.TCPAddrFromAddrPort(addr))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, err
	}
	var out []byte
	for i, q := range queries {
		out = binary.BigEndian.AppendUint16(out, uint16(len(q.packet)))
		out = append(out, withID(q.packet, i)...)
	}
	if _, err := conn.Write(out); err != nil {
		return nil, err
	}
	responses := make([][]byte, len(queries))
	for range queries {
		var size [2]byte
		if _, err := io.ReadFull(conn, size[:]); err != nil {
			return nil, fmt.Errorf("%s: TCP: %w", addr, err)
		}
		message := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(conn, message); err != nil {
			return nil, err
		}
		keep(responses, message)
	}
	return responses, nil
}

func lastQuery() ([]byte, error) {
	m := &dns.Msg{Question: []dns.Question{{Name: ".", Qtype: dns.TypeSOA, Qclass: dns.ClassINET}}}
	return m.Pack()
}

// keep puts a response to its query.
func keep(responses [][]byte, msg []byte) {
	if len(msg) < 2 {
		return
	}
	if id := int(binary.BigEndian.Uint16(msg)); id < len(responses) && responses[id] == nil {
		responses[id] = append([]byte{}, msg...)
	}
}

// withID is the packet with a message ID.
func withID(packet []byte, id int) []byte {
	packet = append([]byte{}, packet...)
	if len(packet) >= 2 {
		binary.BigEndian.PutUint16(packet, uint16(id))
	}
	return packet
}
