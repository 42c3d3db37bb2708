package dnsserver

import (
	"container/list"
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
	place     *list.Element // in conns
	client    netip.Addr
	in        *stream
	mu        sync.Mutex    // held while a message is written, so that it stays whole
	out       []byte        // answers that have not left
	buf       *buffer       // where out is; nil while there are none
	broken    error         // why no more can leave
	transfers chan struct{} // those in hand; nil before the first
	running   sync.WaitGroup
	answered  atomic.Int64 // Unix nanoseconds: the last time
	latency   *latency     // of the listener
	asked     uint         // queries so far, but for transfers
}

// together is how many octets of answers leave together, though more of the queries that came together are to be answered.
const together = 16 << 10

var errEnded = errors.New("the connection is ended")

// serve answers the queries of a connection. Responses to queries that came together leave together.
func (c *conversation) serve(ctx context.Context) {
	err := c.answerAll(ctx)
	c.in.release()
	c.running.Wait()
	sent := c.flush() == nil
	if sent && !errors.Is(err, io.EOF) && time.Since(time.Unix(0, c.answered.Load())) < grace {
		bidFarewell(c.conn)
	}
}

// answerAll answers queries until no more come or are wanted, and says why.
func (c *conversation) answerAll(ctx context.Context) (err error) {
	if c.in, err = newStream(c.conn, c.flush); err != nil {
		return err
	}
	var ok bool
	if c.client, ok = c.unwrapStream(c.conn.RemoteAddr().(*net.TCPAddr).AddrPort().Addr()); !ok {
		return errEnded
	}
	for c.in.whole() || c.conns.waits(c.place, c.Idle) {
		msg, err := c.in.message()
		if errors.Is(err, os.ErrDeadlineExceeded) && len(c.in.unread) == 0 && c.busy() {
			continue
		}
		if err != nil {
			return err
		}
		if !c.take(ctx, msg) {
			return errEnded
		}
	}
	return errEnded
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

// take answers one query; false ends the connection.
func (c *conversation) take(ctx context.Context, msg []byte) bool {
	if asksTransfer(msg) {
		return c.beside(ctx, msg)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.out) >= together && (!c.conns.writes(c.place, c.Idle) || c.send() != nil) {
		return false
	}
	at := len(c.unsent()) + 2
	reply := c.answerOne(msg, c.out[at:at])
	if len(reply) == 0 {
		return false // a response, or less than a header: no peer that speaks DNS sends that
	}
	c.write(reply)
	return true
}

// answerOne answers a query. It is watched now and then for the time that it takes, and always while there is a tap.
func (c *conversation) answerOne(msg, out []byte) []byte {
	tap, measured := c.Server.tap.Load(), c.asked%between == 0
	c.asked++
	if tap == nil && !measured {
		return c.answer(msg, c.client, TCP, out)
	}
	start, view := time.Now(), c.Server.View()
	reply := c.answer(msg, c.client, TCP, out)
	if measured {
		c.latency.observe(time.Since(start), 1)
	}
	if tap != nil {
		c.show(tap, msg, reply, view, start)
	}
	return reply
}

// unsent gives the answers that have not left, with room for another behind them. mu must be held.
func (c *conversation) unsent() []byte {
	if c.buf == nil {
		c.buf = buffers.Get().(*buffer)
		c.out = c.buf[:0]
	}
	return c.out
}

// write puts a message, and its length before it, behind what has not left; where it may stand already. mu must be held.
func (c *conversation) write(msg []byte) {
	c.out = append(c.unsent(), byte(len(msg)>>8), byte(len(msg)))
	c.out = append(c.out, msg...)
	c.answered.Store(time.Now().UnixNano())
}

// flush lets the answers leave: none waits for the rest of a later query.
func (c *conversation) flush() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.send()
}

// send is flush while mu is held.
func (c *conversation) send() error {
	if c.broken == nil && len(c.out) > 0 {
		_, c.broken = c.conn.Write(c.out)
	}
	if c.buf != nil {
		buffers.Put(c.buf)
	}
	c.buf, c.out = nil, nil
	return c.broken
}
