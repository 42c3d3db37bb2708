package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// health is how a web service treats requests.
type health int

const (
	healthy   health = iota
	swallowed        // taken, and never answered
	refused          // the port is closed
)

// web is a web service behind one uplink.
type web struct {
	addr     netip.AddrPort
	upstream string

	mu     sync.Mutex
	state  health
	server *http.Server // nil while refused
	served sync.WaitGroup
}

// serveHTTP answers a request, or keeps it until the client gives up.
func (w *web) serveHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	state := w.state
	w.mu.Unlock()
	if state != healthy {
		<-r.Context().Done()
		return
	}
	_, _ = io.WriteString(rw, "ok\n")
}

// set puts the service into a state.
func (w *web) set(state health) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.state = state
	switch {
	case state == refused && w.server != nil:
		err := w.server.Close()
		w.served.Wait()
		w.server = nil
		return err
	case state != refused && w.server == nil:
		return w.open()
	}
	return nil
}

func (w *web) open() error {
	l, err := net.Listen("tcp", w.addr.String())
	if err != nil {
		return fmt.Errorf("web service %s: %w", w.addr, err)
	}
	server := &http.Server{Handler: http.HandlerFunc(w.serveHTTP), ReadHeaderTimeout: 5 * time.Second}
	w.server = server
	w.served.Go(func() { _ = server.Serve(l) }) // it returns when it is closed, and only then
	return nil
}

// openWebs opens a web service per uplink.
func openWebs() (webs []*web, err error) {
	for i, c := range world {
		for j, upstream := range c.uplinks {
			w := &web{addr: netip.AddrPortFrom(webAddr(i+1, j+1), webPort), upstream: upstream, state: refused}
			if err := w.set(healthy); err != nil {
				return nil, errors.Join(err, closeWebs(webs))
			}
			webs = append(webs, w)
		}
	}
	return webs, nil
}

func closeWebs(webs []*web) error {
	var errs []error
	for _, w := range webs {
		errs = append(errs, w.set(refused))
	}
	return errors.Join(errs...)
}

// wait polls until a condition holds, for at most a time; it says how long it took.
func wait(ctx context.Context, most time.Duration, holds func() bool) (time.Duration, bool) {
	begun := time.Now()
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			return time.Since(begun), false
		case <-tick.C:
		}
	}
	return time.Since(begun), true
}
