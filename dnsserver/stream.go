package dnsserver

import (
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"syscall"
)

// buffer has room for any message with its length before it, and for any PROXY header.
type buffer [proxyFixed + maxMessage]byte

// buffers are lent to the connections on which something is being said.
var buffers = sync.Pool{New: func() any { return new(buffer) }}

// mostPart is how much of a message is copied while it waits for the rest. Of a longer one the buffer is kept: who sends it
// octet by octet would have it copied each time.
const mostPart = 1 << 10

// stream is what a client says on a connection. It has a buffer only while there are octets to look at: while it waits, it
// keeps no more than those of a message that is not whole, or the buffer if they are many.
type stream struct {
	raw    syscall.RawConn
	before func() error          // is called before it waits
	take   func(fd uintptr) bool // receive
	buf    *buffer               // where unread is; nil while it waits
	unread []byte
	part   []byte // the beginning of a message, while it waits for the rest without buf
	err    error  // why nothing came
}

func newStream(conn *net.TCPConn, before func() error) (*stream, error) {
	raw, err := conn.SyscallConn()
	s := &stream{raw: raw, before: before}
	s.take = s.receive
	return s, err
}

// peek gives so many octets, and waits for them; with an error, as many as there are. They are valid until the next call.
func (s *stream) peek(n int) ([]byte, error) {
	for len(s.unread) < n {
		if err := s.more(); err != nil {
			return s.unread, err
		}
	}
	return s.unread[:n], nil
}

// discard passes over octets that were peeked at.
func (s *stream) discard(n int) { s.unread = s.unread[n:] }

// whole says whether there is a whole message, so that message does not wait.
func (s *stream) whole() bool {
	return len(s.unread) >= 2 && len(s.unread)-2 >= int(get16(s.unread, 0))
}

// message gives the next message, without the length before it (RFC 1035 4.2.2). It is valid until the next call.
func (s *stream) message() ([]byte, error) {
	length, err := s.peek(2)
	if err != nil {
		return nil, err
	}
	size := 2 + int(get16(length, 0))
	msg, err := s.peek(size)
	if err != nil {
		return nil, err
	}
	s.discard(size)
	return msg[2:], nil
}

// more waits for further octets.
func (s *stream) more() error {
	if err := s.before(); err != nil {
		return err
	}
	if len(s.unread) < mostPart {
		s.part = slices.Clone(s.unread)
		s.release()
	} else if &s.unread[0] != &s.buf[0] {
		s.unread = s.buf[:copy(s.buf[:], s.unread)]
	}
	err := s.raw.Read(s.take)
	if err == nil {
		err = s.err
	}
	if err != nil && s.buf == nil {
		s.unread = s.part
	}
	return err
}

// receive takes the octets that came, and puts them behind those there are. It says no if there are none yet.
func (s *stream) receive(fd uintptr) bool {
	buf, size := s.buf, len(s.unread)
	if buf == nil {
		buf = buffers.Get().(*buffer)
		size = copy(buf[:], s.part)
	}
	n, err := syscall.Read(int(fd), buf[size:])
	for errors.Is(err, syscall.EINTR) {
		n, err = syscall.Read(int(fd), buf[size:])
	}
	if n > 0 {
		s.buf, s.unread, s.part, s.err = buf, buf[:size+n], nil, nil
		return true
	}
	if s.buf == nil {
		buffers.Put(buf)
	}
	if s.err = err; err == nil {
		s.err = io.EOF
	}
	return !errors.Is(err, syscall.EAGAIN)
}

// release gives the buffer back, with what was unread.
func (s *stream) release() {
	if s.buf != nil {
		buffers.Put(s.buf)
	}
	s.buf, s.unread = nil, nil
}
