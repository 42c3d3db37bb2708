package dnsserver

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"
)

// serveTCP accepts connections until the listener is closed.
func (t *Transports) serveTCP(ctx context.Context, listener *net.TCPListener, conns *connections) error {
	var running sync.WaitGroup
	defer running.Wait()
	for {
		conn, err := listener.AcceptTCP()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				_ = conn.Close()
			}
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("TCP %s: %w", listener.Addr(), err)
		case err != nil:
			// Out of descriptors, most likely: room is made, and the system given a moment.
			conns.closeIdlest()
			select {
			case <-ctx.Done():
			case <-time.After(10 * time.Millisecond):
			}
			continue
		}
		running.Go(func() {
			if !conns.add(conn) {
				_ = conn.Close()
				return
			}
			defer conns.remove(conn)
			t.serveConn(conn, conns)
		})
	}
}

// outBuffers holds buffers for the largest response with its length before it.
var outBuffers = sync.Pool{New: func() any { b := make([]byte, 2+maxMessage); return &b }}

// serveConn answers the queries of a connection in turn (RFC 7766). Responses to queries that came together leave
// together.
func (t *Transports) serveConn(conn *net.TCPConn, conns *connections) {
	client := conn.RemoteAddr().(*net.TCPAddr).AddrPort().Addr()
	in := bufio.NewReaderSize(conn, 2048)
	out := bufio.NewWriterSize(conn, 4096)
	var msg []byte
	for {
		if !conns.waits(conn, t.Idle) {
			return
		}
		var length [2]byte
		if _, err := io.ReadFull(in, length[:]); err != nil {
			return
		}
		size := int(get16(length[:], 0))
		if cap(msg) < size {
			msg = make([]byte, size)
		}
		if _, err := io.ReadFull(in, msg[:size]); err != nil {
			return
		}
		if !t.respond(out, msg[:size], client) {
			return
		}
		if in.Buffered() == 0 && out.Flush() != nil {
			return
		}
	}
}

// respond writes the response to one query; false ends the connection.
func (t *Transports) respond(out *bufio.Writer, msg []byte, client netip.Addr) bool {
	buf := outBuffers.Get().(*[]byte)
	defer outBuffers.Put(buf)
	reply := t.answer(msg, client, TCP, (*buf)[2:2])
	if len(reply) == 0 {
		return false // a response, or less than a header: no peer that speaks DNS sends that
	}
	put16(*buf, 0, uint16(len(reply)))
	_, err := out.Write((*buf)[:2+len(reply)])
	return err == nil
}
