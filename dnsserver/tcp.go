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
	"syscall"
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
			t.refused(listener, err, conns)
			pause(ctx)
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

// refused makes room where the system ran out of descriptors or memory. Other errors belong to a connection that failed
// before it was accepted.
func (t *Transports) refused(listener *net.TCPListener, err error, conns *connections) {
	for _, shortage := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM} {
		if errors.Is(err, shortage) {
			conns.makeRoom()
		}
	}
	if t.refusals.now() {
		t.Logger.Warn("a TCP connection was not accepted", "listen", listener.Addr(), "error", err)
	}
}

// outBuffers holds buffers for the largest response.
var outBuffers = sync.Pool{New: func() any { b := make([]byte, 0, maxMessage); return &b }}

// serveConn answers the queries of a connection in turn (RFC 7766). Responses to queries that came together leave
// together.
func (t *Transports) serveConn(conn *net.TCPConn, conns *connections) {
	out := bufio.NewWriterSize(conn, 4096)
	in := bufio.NewReaderSize(afterFlush{conn, out}, 2048)
	var msg []byte
	var answered time.Time
	if !conns.waits(conn, t.Idle) {
		return
	}
	client, ok := t.unwrapStream(in, conn.RemoteAddr().(*net.TCPAddr).AddrPort().Addr())
	if !ok {
		return
	}
	for conns.waits(conn, t.Idle) {
		var err error
		if msg, err = readMessage(in, msg); err != nil || !t.respond(out, msg, client) {
			break
		}
		answered = time.Now()
	}
	if out.Flush() == nil && time.Since(answered) < grace {
		bidFarewell(conn)
	}
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

// afterFlush reads a connection after what is to be said on it is said: no response waits for the rest of a later query.
type afterFlush struct {
	conn net.Conn
	out  *bufio.Writer
}

func (r afterFlush) Read(p []byte) (int, error) {
	if err := r.out.Flush(); err != nil {
		return 0, err
	}
	return r.conn.Read(p)
}

// respond writes the response to one query; false ends the connection.
func (t *Transports) respond(out *bufio.Writer, msg []byte, client netip.Addr) bool {
	buf := outBuffers.Get().(*[]byte)
	defer outBuffers.Put(buf)
	reply := t.answer(msg, client, TCP, *buf)
	if len(reply) == 0 {
		return false // a response, or less than a header: no peer that speaks DNS sends that
	}
	_ = out.WriteByte(byte(len(reply) >> 8)) // an error stays, and the last write gives it
	_ = out.WriteByte(byte(len(reply)))
	_, err := out.Write(reply) // not of buf: a reply that outgrew it for a while stands elsewhere
	return err == nil
}
