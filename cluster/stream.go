package cluster

import (
	"errors"
	"net"
)

// Bounds of what strangers can make a node hold: streams at a time, and octets that one may send.
const (
	maxStreams = 64
	maxStream  = 4 << 20
)

// stream is a TCP connection that is closed with the transport and bounds what is read.
type stream struct {
	net.Conn
	t    *sockets
	left int
}

func (s *stream) Read(b []byte) (int, error) {
	if s.left <= 0 {
		return 0, errors.New("stream is longer than any message")
	}
	n, err := s.Conn.Read(b[:min(len(b), s.left)])
	s.left -= n
	return n, err
}

func (s *stream) Close() error {
	s.t.mu.Lock()
	delete(s.t.streams, s)
	s.t.mu.Unlock()
	return s.Conn.Close()
}

// hold keeps account of a connection. It gives nil when there are too many, or the transport is over.
func (t *sockets) hold(conn net.Conn, incoming bool) *stream {
	t.mu.Lock()
	defer t.mu.Unlock()
	came := 0
	for _, in := range t.streams {
		if in {
			came++
		}
	}
	if incoming && came >= maxStreams || t.ctx.Err() != nil {
		return nil
	}
	s := &stream{conn, t, maxStream}
	t.streams[s] = incoming
	return s
}
