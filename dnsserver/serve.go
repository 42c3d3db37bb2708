package dnsserver

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// Transports carries queries to a server and its responses back.
type Transports struct {
	Server      *Server
	Listeners   []*Listener
	Idle        time.Duration // a TCP connection without a whole query for so long is closed
	Connections int           // TCP connections at the most, over all listeners; then the longest idle one is closed
	Processors  int           // half of which may make messages of transfers; 0: as many as the runtime has
	Logger      *slog.Logger

	// Linger says, when Run is to end, how long TCP connections may go on before they are ended; nil: not at all.
	Linger func() time.Duration

	defects, refusals, proxies seldom        // what was told of each
	transfers                  chan struct{} // room for those of several messages
	turns                      chan struct{} // at making messages of transfers: half the processors are for answers
}

// Run serves until the context ends, or a socket fails for good. It closes the listeners, and returns after the last
// query in hand is answered. Connections linger, if they may, though no more are taken.
func (t *Transports) Run(ctx context.Context) error {
	conns := newConnections(t.Connections)
	t.transfers = make(chan struct{}, maxTransfers)
	t.turns = make(chan struct{}, max(1, cmp.Or(t.Processors, runtime.GOMAXPROCS(0))/2))
	talking, hush := context.WithCancel(context.WithoutCancel(ctx))
	defer hush()
	running, ctx := errgroup.WithContext(ctx)
	for _, l := range t.Listeners {
		for _, s := range l.udp {
			running.Go(func() error { return t.serveUDP(ctx, l, s) })
		}
		running.Go(func() error { return t.serveTCP(ctx, talking, l.tcp, conns) })
	}
	<-ctx.Done()
	for _, l := range t.Listeners {
		_ = l.tcp.Close()
	}
	if t.Linger != nil {
		conns.linger(t.Linger())
	}
	hush()
	conns.stop()
	err := running.Wait()
	for _, l := range t.Listeners {
		l.Close()
	}
	return err
}

// pause gives a system that is short of something a moment.
func pause(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(10 * time.Millisecond):
	}
}

// answer calls the server. A query that meets a defect is dropped.
func (t *Transports) answer(msg []byte, client netip.Addr, transport Transport, out []byte) (reply []byte) {
	defer func() {
		if defect := recover(); defect != nil {
			reply = nil
			t.defect(defect, msg, client)
		}
	}()
	return t.Server.Answer(msg, client.Unmap(), transport, out)
}

// defect keeps a defect of the server from ending the service: it is counted, and told about.
func (t *Transports) defect(defect any, msg []byte, client netip.Addr) {
	t.Server.counts.dropped[dropDefect].Add(1)
	if t.defects.now() {
		t.Logger.Error("a query met a defect of the server; please report it",
			"query", fmt.Sprintf("%x", msg), "client", client, "defect", defect, "stack", string(debug.Stack()))
	}
}

// seldom keeps clients from filling the log: what they can cause at will is told at most once a minute.
type seldom struct {
	last atomic.Int64 // Unix seconds
}

// now says whether to tell it now.
func (s *seldom) now() bool {
	last, now := s.last.Load(), time.Now().Unix()
	return (now-last >= 60 || now < last) && s.last.CompareAndSwap(last, now)
}
