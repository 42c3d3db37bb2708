package differential

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/miekg/dns"

	"leeward/dnsserver"
)

// batch is how many queries are under way to one server at a time: few enough for every receive buffer.
const batch = 32

// lastID is the message ID of the query after a batch. Queries in a batch have their place in it.
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

// exchangeUDP ends a batch with a query that every server answers, and in order: what has no response when that one has
// will have none. Each batch has its own port, because BIND drops what looks like two servers sending each other FORMERR.
func exchangeUDP(addr netip.AddrPort, queries []query) ([][]byte, error) {
	conn, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(addr))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	last, err := lastQuery()
	if err != nil {
		return nil, err
	}
	for i, q := range queries {
		if _, err := conn.Write(withID(q.packet, i)); err != nil {
			return nil, err
		}
	}
	responses := make([][]byte, len(queries))
	deadline := time.Now().Add(patience)
	for buf := make([]byte, 1<<16); ; {
		if _, err := conn.Write(last); err != nil {
			return nil, err
		}
		if err := conn.SetReadDeadline(time.Now().Add(patience / 10)); err != nil {
			return nil, err
		}
		n, err := conn.Read(buf)
		for err == nil && !isLast(buf[:n]) {
			keep(responses, buf[:n])
			n, err = conn.Read(buf)
		}
		switch {
		case err == nil:
			return responses, nil
		case !errors.Is(err, os.ErrDeadlineExceeded) || time.Now().After(deadline):
			return nil, err
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
	m.Id = lastID
	return m.Pack()
}

// isLast says whether a message is the response to the last query. Others may have its ID by accident of mutation.
func isLast(msg []byte) bool { return len(msg) >= 2 && binary.BigEndian.Uint16(msg) == lastID }

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
