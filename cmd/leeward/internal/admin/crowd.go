package admin

import (
	"crypto/tls"
	"net"
	"net/http"
	"sync"
)

// crowd bounds the connections of a server. Beyond that, the one that has waited longest for a request is closed, so that
// an operator gets in while others only hold the door.
type crowd struct {
	most int

	mu      sync.Mutex
	open    map[net.Conn]bool
	waiting []net.Conn // without a request, longest first
}

func newCrowd(most int) *crowd { return &crowd{most: most, open: map[net.Conn]bool{}} }

// state is the hook of http.Server.
func (c *crowd) state(conn net.Conn, s http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.waiting {
		if c.waiting[i] == conn {
			c.waiting = append(c.waiting[:i], c.waiting[i+1:]...)
			break
		}
	}
	switch s {
	case http.StateNew, http.StateIdle:
		c.open[conn] = true
		c.waiting = append(c.waiting, conn)
		if len(c.open) > c.most {
			cut(c.waiting[0]) // the server hears of it, and says so here
			delete(c.open, c.waiting[0])
			c.waiting = c.waiting[1:]
		}
	case http.StateClosed, http.StateHijacked:
		delete(c.open, conn)
	}
}

// cut closes a connection without a word: one of TLS would wait for its last to be taken.
func cut(conn net.Conn) {
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	_ = conn.Close()
}
