//go:build !linux

package dnsserver

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"time"
)

// datagrams takes queries from a UDP socket and sends their answers, one at a time. It belongs to one loop.
type datagrams struct {
	conn   *net.UDPConn
	buf    []byte // of the query
	out    []byte
	reply  []byte
	size   int // of the query
	sender netip.AddrPort
}

// nap is how long a wait lasts at most before the loop looks whether it is to end.
const nap = 100 * time.Millisecond

// newDatagrams takes over a socket. More queries at a time are not to be had here.
func newDatagrams(s *udpSocket, _ int) (*datagrams, error) {
	return &datagrams{conn: s.conn, buf: make([]byte, maxMessage), out: make([]byte, 0, maxMessage)}, nil
}

// exchange sends the answer, and waits a while for the next query: none is no error. The answer and what query gave before
// are gone then. Lost is how many of the answers the system did not take.
func (d *datagrams) exchange() (taken, lost int, err error) {
	lost = d.send()
	if err := d.conn.SetReadDeadline(time.Now().Add(nap)); err != nil {
		return 0, lost, err
	}
	d.size, d.sender, err = d.conn.ReadFromUDPAddrPort(d.buf)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return 0, lost, nil
	case err != nil:
		return 0, lost, err
	}
	return 1, lost, nil
}

// send sends the answer, if there is one.
func (d *datagrams) send() (lost int) {
	if len(d.reply) > 0 {
		if _, err := d.conn.WriteToUDPAddrPort(d.reply, d.sender); err != nil {
			lost = 1
		}
	}
	d.reply = nil
	return lost
}

// query is the query that was taken, and who sent it.
func (d *datagrams) query(int) (msg []byte, sender netip.Addr) {
	return d.buf[:d.size], d.sender.Addr()
}

// ends are who sent the query, and the address listened on.
func (d *datagrams) ends(_ int, listening netip.AddrPort) (sender, server netip.AddrPort) {
	return netip.AddrPortFrom(d.sender.Addr().Unmap(), d.sender.Port()), listening
}

// room is where the answer is to be written.
func (d *datagrams) room() []byte { return d.out }

// answer has an answer sent to the sender of the query, from an address of the system's choice.
func (d *datagrams) answer(_ int, msg []byte) { d.reply = msg }
