package load

import (
	"cmp"
	"errors"
	"fmt"
	"io"

	"golang.org/x/sys/unix"

	"leeward/cmd/leeward-bench/internal/query"
)

// stream is a TCP connection with its queries on their way. The ID of a query is its slot.
type stream struct {
	fd    int
	asked []int // query of the set, by slot; free is none
	out   []byte
	in    []byte
	have  int // octets of in
}

// free is the query of a free slot, and the descriptor of a stream without one.
const free = -1

func newStream(window int) *stream {
	s := &stream{fd: free, asked: make([]int, window), in: make([]byte, 1<<16)}
	for i := range s.asked {
		s.asked[i] = free
	}
	return s
}

func (s *stream) close() {
	if s.fd != free {
		unix.Close(s.fd)
	}
	s.fd = free
}

// fill sends a query for every free slot, in one segment where they fit, and gives how many.
func (s *stream) fill(set query.Set, next *int) (int, error) {
	s.out = s.out[:0]
	n := 0
	for i := range s.asked {
		if s.asked[i] != free {
			continue
		}
		wire := set[*next].Wire
		s.asked[i] = *next
		if *next++; *next == len(set) {
			*next = 0
		}
		s.out = append(s.out, byte(len(wire)>>8), byte(len(wire)), byte(i>>8), byte(i))
		s.out = append(s.out, wire[2:]...)
		n++
	}
	sent, err := unix.Write(s.fd, s.out)
	if err == nil && sent < len(s.out) {
		err = errors.New("a server does not read what a connection holds")
	}
	return n, err
}

// receive takes the responses that have come, and gives their number.
func (s *stream) receive(set query.Set, tally *Tally) (int, error) {
	read, err := unix.Read(s.fd, s.in[s.have:])
	if err == unix.EAGAIN || err == unix.EINTR {
		return 0, nil
	}
	if err != nil || read == 0 {
		return 0, fmt.Errorf("the server closed a connection with a query on its way: %w", cmp.Or(err, io.EOF))
	}
	s.have += read
	n, at := 0, 0
	for s.have-at >= 2 {
		size := int(s.in[at])<<8 | int(s.in[at+1])
		if s.have-at < 2+size {
			break
		}
		if packet := s.in[at+2 : at+2+size]; s.take(packet, set, tally) {
			n++
		}
		at += 2 + size
	}
	s.have = copy(s.in, s.in[at:s.have])
	return n, nil
}

// take counts a response, if it is one to a query on its way.
func (s *stream) take(packet []byte, set query.Set, tally *Tally) bool {
	if len(packet) < query.HeaderSize {
		return false
	}
	id := int(packet[0])<<8 | int(packet[1])
	if id >= len(s.asked) || s.asked[id] == free {
		return false
	}
	tally.take(&set[s.asked[id]], packet)
	s.asked[id] = free
	return true
}
