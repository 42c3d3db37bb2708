package dnsserver

import (
	"net"
	"net/netip"
	"time"
)

// Exchange is a query as it came, and the response to it as it left.
type Exchange struct {
	Query     []byte
	Response  []byte         // empty for silence; that to a transfer is not shown
	Client    netip.AddrPort // who asked; the port is 0 for one behind a proxy
	Server    netip.AddrPort // that was asked
	Transport Transport
	View      *View // that answered; nil where another came meanwhile, so that it is not known which
	Taken     time.Time
	Answered  time.Time // when the response was handed to the system, or over TCP lay ready for it
}

// Tap is shown exchanges: over UDP all that came together. What it is shown is gone when it returns, and it must not block.
type Tap func([]Exchange)

// Tap has exchanges shown to a tap from now on, in the place of the one before; nil ends it. Without a tap, looking whether
// there is one is all that is done.
func (s *Server) Tap(tap Tap) {
	if tap == nil {
		s.tap.Store(nil)
		return
	}
	s.tap.Store(&tap)
}

// note keeps a query that was taken, and its response, for the tap.
func (w *watch) note(i int, msg []byte, client netip.Addr, reply []byte) {
	sender, server := w.datagrams.ends(i, w.addr)
	if client = client.Unmap(); client != sender.Addr() {
		sender = netip.AddrPortFrom(client, 0)
	}
	w.seen = append(w.seen, Exchange{Query: msg, Response: reply, Client: sender, Server: server, Transport: UDP})
}

// show shows the tap what was noted.
func (w *watch) show(tap Tap, view *View, taken, answered time.Time) {
	for i := range w.seen {
		e := &w.seen[i]
		e.View, e.Taken, e.Answered = view, taken, answered
	}
	tap(w.seen)
	clear(w.seen) // of what a view would be kept by
	w.seen = w.seen[:0]
}

// show shows the tap one exchange over TCP.
func (c *conversation) show(tap *Tap, msg, reply []byte, view *View, taken time.Time) {
	if c.Server.View() != view {
		view = nil
	}
	client := c.conn.RemoteAddr().(*net.TCPAddr).AddrPort()
	client = netip.AddrPortFrom(client.Addr().Unmap(), client.Port())
	if c.client != client.Addr() {
		client = netip.AddrPortFrom(c.client, 0)
	}
	server := c.conn.LocalAddr().(*net.TCPAddr).AddrPort()
	(*tap)([]Exchange{{Query: msg, Response: reply, Client: client, Transport: TCP, View: view, Taken: taken, Answered: time.Now(),
		Server: netip.AddrPortFrom(server.Addr().Unmap(), server.Port())}})
}
