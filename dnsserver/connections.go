package dnsserver

import (
	"container/list"
	"net"
	"sync"
	"time"
)

// connections are the open TCP connections, the longest idle one first, and their limit.
type connections struct {
	mu      sync.Mutex
	limit   int
	stopped bool
	byAge   *list.List // of *net.TCPConn
	entry   map[*net.TCPConn]*list.Element
}

func newConnections(limit int) *connections {
	return &connections{limit: limit, byAge: list.New(), entry: map[*net.TCPConn]*list.Element{}}
}

// add takes a connection in; at the limit the longest idle one is closed for it. It says no once stopped.
func (c *connections) add(conn *net.TCPConn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped {
		return false
	}
	if c.byAge.Len() >= c.limit {
		c.dropFront()
	}
	c.entry[conn] = c.byAge.PushBack(conn)
	return true
}

// waits notes that a connection begins to wait for its next query, at most for idle. It says no once stopped, or when the
// connection was closed for another.
func (c *connections) waits(conn *net.TCPConn, idle time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entry[conn]
	if !ok || c.stopped {
		return false
	}
	c.byAge.MoveToBack(e)
	return conn.SetDeadline(time.Now().Add(idle)) == nil
}

// writes notes that a message of a transfer is about to be written, which may take idle at most. It says no once stopped,
// or when the connection was closed for another.
func (c *connections) writes(conn *net.TCPConn, idle time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entry[conn]
	if !ok || c.stopped {
		return false
	}
	c.byAge.MoveToBack(e)
	return conn.SetWriteDeadline(time.Now().Add(idle)) == nil
}

// makeRoom closes the connection that has waited longest, but never the last: it may be the one that room was made for,
// as accept wants a descriptor even before it waits for the next.
func (c *connections) makeRoom() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byAge.Len() > 1 {
		c.dropFront()
	}
}

func (c *connections) dropFront() {
	if front := c.byAge.Front(); front != nil {
		conn := c.byAge.Remove(front).(*net.TCPConn)
		delete(c.entry, conn)
		_ = conn.Close()
	}
}

// remove closes a connection and forgets it.
func (c *connections) remove(conn *net.TCPConn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.entry[conn]; ok {
		c.byAge.Remove(e)
		delete(c.entry, conn)
	}
	_ = conn.Close()
}

// grace is how long a client may take to read its last answers when the server ends the connection.
const grace = time.Second

// stop wakes all connections that wait for a query; those with one in hand answer it first.
func (c *connections) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = true
	for conn := range c.entry {
		_ = conn.SetWriteDeadline(time.Now().Add(grace))
		_ = conn.SetReadDeadline(time.Unix(1, 0))
	}
}
