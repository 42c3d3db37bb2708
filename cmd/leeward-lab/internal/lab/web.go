//go:build linux

package lab

import (
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"leeward/cmd/leeward-lab/internal/netns"
	"leeward/cmd/leeward-lab/internal/plan"
)

// Web is the web server on one uplink of a colo. It says where it stands.
type Web struct {
	space *netns.Namespace
	addr  string
	says  string
	delay atomic.Int64 // nanoseconds before it answers

	mu     sync.Mutex
	server *http.Server // nil: stopped
}

// serveWeb starts the web servers of all colos, and the witnesses.
func (l *Lab) serveWeb() error {
	for _, u := range l.World.Uplinks() {
		web := &Web{space: l.spaces[u.Colo], addr: l.World.Web(u).String() + ":80", says: u.Colo}
		if err := web.Start(); err != nil {
			return err
		}
		l.webs[u] = web
	}
	for _, upstream := range l.World.Upstreams {
		witness, _ := l.World.Witness(upstream)
		web := &Web{space: l.spaces[witnessHost(upstream)], addr: witness.String() + ":80", says: "witness"}
		if err := web.Start(); err != nil {
			return err
		}
		l.others = append(l.others, closer(web.Stop))
	}
	return nil
}

// closer is a function that closes.
type closer func() error

func (c closer) Close() error { return c() }

// Web is the web server on an uplink.
func (l *Lab) Web(u plan.Uplink) *Web { return l.webs[u] }

// Start opens the port, and answers.
func (w *Web) Start() error {
	listener, err := w.space.Listen(w.addr)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: w}
	w.mu.Lock()
	w.server = server
	w.mu.Unlock()
	go func() { _ = server.Serve(listener) }() // it ends when it is closed
	return nil
}

// Stop closes the port and all connections.
func (w *Web) Stop() error {
	w.mu.Lock()
	server := w.server
	w.server = nil
	w.mu.Unlock()
	if server == nil {
		return nil
	}
	if err := server.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// Delay has every answer wait.
func (w *Web) Delay(d time.Duration) { w.delay.Store(int64(d)) }

// ServeHTTP answers anything.
func (w *Web) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	if d := time.Duration(w.delay.Load()); d > 0 {
		select {
		case <-time.After(d):
		case <-r.Context().Done():
			return
		}
	}
	_, _ = io.WriteString(out, w.says) // the client may be gone
}
