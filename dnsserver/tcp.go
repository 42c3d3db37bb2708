package dnsserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"
)

// listenTCP opens a socket for connections. They get no keepalives, which would take four more system calls each: those that
// are idle end soon. And the sockets are plain, as those of Multipath TCP cost more, also for clients that do not speak it.
func listenTCP(network string, addr netip.AddrPort) (*net.TCPListener, error) {
	config := net.ListenConfig{KeepAlive: -1}
	config.SetMultipathTCP(false)
	l, err := config.Listen(context.Background(), network, addr.String())
	if err != nil {
		return nil, err
	}
	return l.(*net.TCPListener), nil
}

// maxSpare is how many goroutines of a listener wait for another connection when theirs has ended: one that has grown its
// stack already spares much of what a query alone on its connection costs.
const maxSpare = 64

// serveTCP accepts connections until the listener is closed, when the context ends. They may talk for longer.
func (t *Transports) serveTCP(ctx, talking context.Context, listener *net.TCPListener, conns *connections) error {
	var running sync.WaitGroup
	defer running.Wait()
	latency := t.Server.latencies.of(TCP)
	next, spare := make(chan *net.TCPConn), make(chan struct{}, maxSpare)
	defer close(next)
	for {
		conn, err := listener.AcceptTCP()
		switch {
		case ctx.Err() != nil && err != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("TCP %s: %w", listener.Addr(), err)
		case err != nil:
			t.refused(listener, err, conns)
			pause(ctx)
			continue
		}
		select {
		case next <- conn:
			continue
		default:
		}
		running.Go(func() {
			for conn := conn; conn != nil; {
				t.converse(ctx, conn, conns, latency)
				conn = another(next, spare)
			}
		})
	}
}

// another waits for another connection, if there is room among the spare. It gives nil when no more will come.
func another(next <-chan *net.TCPConn, spare chan struct{}) *net.TCPConn {
	select {
	case spare <- struct{}{}:
		defer func() { <-spare }()
		return <-next
	default:
		return nil
	}
}

// converse serves one connection to its end.
func (t *Transports) converse(ctx context.Context, conn *net.TCPConn, conns *connections, latency *latency) {
	place := conns.add(conn)
	if place == nil {
		_ = conn.Close()
		return
	}
	defer conns.remove(place)
	c := &conversation{Transports: t, conn: conn, conns: conns, place: place, latency: latency}
	c.serve(ctx)
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
