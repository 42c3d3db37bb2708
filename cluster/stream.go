package cluster

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
)

// Bounds of what strangers can make a node hold, in octets but for the count of streams. Memberlist holds up to twice what
// it has read of a stream.
const (
	maxStreams  = 64       // that came in, at a time
	maxStream   = 4 << 20  // that one may send
	maxStreamed = 16 << 20 // that all together may have sent that are open
)

// stream is a TCP connection that is closed with the transport and bounds what is read.
type stream struct {
	net.Conn
	t        *sockets
	incoming bool
	from     netip.Addr
	number   uint64 // in the order in which they came
	read     int    // octets
	head     []byte // the first octets
}

func (s *stream) Read(b []byte) (int, error) {
	n, err := s.Conn.Read(b)
	if !s.t.grant(s, n) {
		return 0, errors.New("stream is longer than any message, or there are too many")
	}
	if more := headSize - len(s.head); more > 0 && n > 0 {
		s.head = append(s.head, b[:min(n, more)]...)
		if !acceptable(s.head) {
			return 0, errors.New("stream is sealed in a way that nodes do not use")
		}
	}
	return n, err
}

func (s *stream) Close() error {
	s.t.mu.Lock()
	s.t.release(s)
	s.t.mu.Unlock()
	return s.Conn.Close()
}

// How a stream that is sealed begins: memberlist's type of message, the size of the rest, its first octet the version of the
// encryption.
const (
	sealedStream = 10
	headSize     = 1 + 4 + 1
)

// acceptable refuses the heads that no node sends, and whose content memberlist does not check before it trusts it.
//
//	begins as          encryption of       in a version         then
//	anything but sealed -                  -                    acceptable, for memberlist to read
//	sealed             nothing             any                  refused
//	sealed             something           another than nodes'  refused
//	sealed             something           that of nodes        acceptable
func acceptable(head []byte) bool {
	if len(head) < headSize || head[0] != sealedStream {
		return true
	}
	return binary.BigEndian.Uint32(head[1:]) > minSealed && head[5] == sealed
}
