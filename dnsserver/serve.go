package dnsserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"sync"
	"time"
)

// Transports carries queries to a server and its responses back.
type Transports struct {
	Server      *Server
	Listeners   []*Listener
	Idle        time.Duration // a TCP connection without a whole query for so long is closed
	Connections int           // TCP connections at the most, over all listeners; then the longest idle one is closed
	Logger      *slog.Logger
}

// Run serves until the context ends, or a socket fails for good. It closes the listeners, and returns after the last
// query in hand is answered.
func (t *Transports) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	conns := newConnections(t.Connections)
	var running sync.WaitGroup
	for _, l := range t.Listeners {
		for _, conn := range l.udp {
			running.Go(func() { cancel(t.serveUDP(ctx, conn)) })
		}
		running.Go(func() { cancel(t.serveTCP(ctx, l.tcp, conns)) })
	}
	<-ctx.Done()
	for _, l := range t.Listeners {
		for _, conn := range l.udp {
			_ = conn.SetReadDeadline(time.Unix(1, 0)) // wakes the reader, lets a reply in hand go out
		}
		_ = l.tcp.Close()
	}
	conns.stop()
	running.Wait()
	for _, l := range t.Listeners {
		l.Close()
	}
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// serveUDP answers what comes in on one socket.
func (t *Transports) serveUDP(ctx context.Context, conn *net.UDPConn) error {
	in, out, control := make([]byte, maxMessage), make([]byte, 0, 4096), make([]byte, controlSize)
	failed := 0
	for {
		n, oobn, _, client, err := conn.ReadMsgUDPAddrPort(in, control)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("UDP %s: %w", conn.LocalAddr(), err)
		case err != nil:
			// An ICMP error of an earlier reply or a shortage of buffers; a socket that does nothing else is broken.
			if failed++; failed > 1000 {
				return fmt.Errorf("UDP %s: %w", conn.LocalAddr(), err)
			}
			continue
		}
		failed = 0
		reply := t.answer(in[:n], client.Addr(), UDP, out)
		if len(reply) == 0 {
			continue
		}
		if _, _, err := conn.WriteMsgUDPAddrPort(reply, replyFrom(control[:oobn]), client); err != nil {
			t.Server.counts.dropped[dropSend].Add(1)
		}
	}
}

// answer calls the server, and keeps a defect in it from ending the service: the query is dropped, and told about.
func (t *Transports) answer(msg []byte, client netip.Addr, transport Transport, out []byte) (reply []byte) {
	defer func() {
		if defect := recover(); defect != nil {
			reply = nil
			t.Server.counts.dropped[dropDefect].Add(1)
			t.Logger.Error("a query met a defect of the server; please report it",
				"query", fmt.Sprintf("%x", msg), "client", client, "defect", defect, "stack", string(debug.Stack()))
		}
	}()
	return t.Server.Answer(msg, client.Unmap(), transport, out)
}
