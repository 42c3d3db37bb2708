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
	byAge   list.List // of *net.TCPConn; nil where one was closed for another
}

func newConnections(limit int) *connections { return &connections{limit: limit} }

// add takes a connection in, and gives its place; at the limit the longest idle one is closed for it. It gives nil once
// stopped.
func (c *connections) add(conn *net.TCPConn) *list.Element {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped {
		return nil
	}
	if c.byAge.Len() >= c.limit {
		c.dropFront()
	}
	return c.byAge.PushBack(conn)
}

// waits notes that a connection begins to wait for its next query, at most for idle. It says no once stopped, or when the
// connection was closed for another.
func (c *connections) waits(place *list.Element, idle time.Duration) bool {
	return c.renew(place, idle, (*net.TCPConn).SetDeadline)
}

// writes notes that answers are about to be written, which may take idle at most. It says no once stopped, or when the
// connection was closed for another.
func (c *connections) writes(place *list.Element, idle time.Duration) bool {
	return c.renew(place, idle, (*net.TCPConn).SetWriteDeadline)
}

func (c *connections) renew(place *list.Element, idle time.Duration, set func(*net.TCPConn, time.Time) error) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	conn := place.Value.(*net.TCPConn)
	if conn == nil || c.stopped {
		return false
	}
	c.byAge.MoveToBack(place)
	return set(conn, time.Now().Add(idle)) == nil
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
		_ = c.forget(front).Close()
	}
}

// remove closes a connection and forgets it.
func (c *connections) remove(place *list.Element) {
	c.mu.Lock()
	conn := c.forget(place)
	c.mu.Unlock()
	if conn != nil {
		_ = conn.Close()
	}
}

// forget takes the place of a connection away, and gives the connection, if it had one.
func (c *connections) forget(place *list.Element) *net.TCPConn {
	conn := place.Value.(*net.TCPConn)
	if conn != nil {
		c.byAge.Remove(place)
		place.Value = (*net.TCPConn)(nil)
	}
	return conn
}

// grace is how long a client may take to read its last answers when the server ends the connection.
const grace = time.Second

// linger waits until no connection is open, for at most so long.
func (c *connections) linger(most time.Duration) {
	const between = 20 * time.Millisecond
	for until := time.Now().Add(most); c.open() > 0 && time.Now().Before(until); {
		time.Sleep(between)
	}
}

func (c *connections) open() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.byAge.Len()
}

// stop wakes all connections that wait for a query; those with one in hand answer it first.
func (c *connections) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = true
	for place := c.byAge.Front(); place != nil; place = place.Next() {
		conn := place.Value.(*net.TCPConn)
		_ = conn.SetWriteDeadline(time.Now().Add(grace))
		_ = conn.SetReadDeadline(time.Unix(1, 0))
	}
}
