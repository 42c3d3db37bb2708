package dnsserver

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// conversation is what is said on one TCP connection (RFC 7766). Queries are answered in turn, as they come; transfers
// beside them, each in its own time, so that their messages stand between the answers to later queries (RFC 7766 6.2.1.1).
type conversation struct {
	*Transports
	conn      *net.TCPConn
	conns     *connections
	client    netip.Addr
	mu        sync.Mutex // held while a message is written, so that it stays whole
	out       *bufio.Writer
	transfers chan struct{} // those in hand
	running   sync.WaitGroup
	answered  atomic.Int64 // Unix nanoseconds: the last time
}

func newConversation(t *Transports, conn *net.TCPConn, conns *connections) *conversation {
	return &conversation{Transports: t, conn: conn, conns: conns, out: bufio.NewWriterSize(conn, 4096),
		transfers: make(chan struct{}, maxTransfersBeside)}
}

// outBuffers holds buffers for the largest response, with its length before it.
var outBuffers = sync.Pool{New: func() any { b := make([]byte, 0, maxMessage); return &b }}

// serve answers the queries of a connection. Responses to queries that came together leave together.
func (c *conversation) serve(ctx context.Context) {
	in := bufio.NewReaderSize(c, 2048)
	if !c.conns.waits(c.conn, c.Idle) {
		return
	}
	var ok bool
	if c.client, ok = c.unwrapStream(in, c.conn.RemoteAddr().(*net.TCPAddr).AddrPort().Addr()); !ok {
		return
	}
	var msg []byte
	for c.conns.waits(c.conn, c.Idle) {
		_, err := in.Peek(1)
		if errors.Is(err, os.ErrDeadlineExceeded) && c.busy() {
			continue
		}
		if msg, err = readMessage(in, msg); err != nil || !c.take(ctx, msg) {
			break
		}
	}
	c.running.Wait()
	if c.flush() == nil && time.Since(time.Unix(0, c.answered.Load())) < grace {
		bidFarewell(c.conn)
	}
}

// busy says whether a client that sends nothing is not idle: it waits for a transfer, or just had one.
func (c *conversation) busy() bool {
	return len(c.transfers) > 0 || time.Since(time.Unix(0, c.answered.Load())) < c.Idle
}

// bidFarewell lets a client that may still be sending read the last answers: closed with octets unread, a connection is
// reset, and what is on the way lost.
func bidFarewell(conn *net.TCPConn) {
	if conn.CloseWrite() == nil && conn.SetReadDeadline(time.Now().Add(grace)) == nil {
		_, _ = io.Copy(io.Discard, conn)
	}
}

// readMessage reads a message and the length before it (RFC 1035 4.2.2), into buf if it has the room.
func readMessage(in *bufio.Reader, buf []byte) ([]byte, error) {
	length, err := in.Peek(2)
	if err != nil {
		return buf, err
	}
	size := int(get16(length, 0))
	if _, err := in.Discard(2); err != nil {
		return buf, err
	}
	if cap(buf) < size {
		buf = make([]byte, size)
	}
	_, err = io.ReadFull(in, buf[:size])
	return buf[:size], err
}

// Read reads the connection after what is to be said on it is said: no response waits for the rest of a later query.
func (c *conversation) Read(p []byte) (int, error) {
	if err := c.flush(); err != nil {
		return 0, err
	}
	return c.conn.Read(p)
}

func (c *conversation) flush() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.Flush()
}

// take answers one query; false ends the connection.
func (c *conversation) take(ctx context.Context, msg []byte) bool {
	if asksTransfer(msg) {
		return c.beside(ctx, msg)
	}
	buf := outBuffers.Get().(*[]byte)
	defer outBuffers.Put(buf)
	reply := c.answer(msg, c.client, TCP, *buf)
	if len(reply) == 0 {
		return false // a response, or less than a header: no peer that speaks DNS sends that
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.write(reply) == nil // not of buf: a reply that outgrew it for a while stands elsewhere
}

// write puts a message, and its length before it, among what will be said. mu must be held.
func (c *conversation) write(msg []byte) error {
	_ = c.out.WriteByte(byte(len(msg) >> 8)) // an error stays, and the last write gives it
	_ = c.out.WriteByte(byte(len(msg)))
	_, err := c.out.Write(msg)
	c.answered.Store(time.Now().UnixNano())
	return err
}
