//go:build !linux

package dnsserver

import (
	"net"
	"sync/atomic"
)

// udpSocket is a UDP socket.
type udpSocket struct {
	conn *net.UDPConn
	turn atomic.Uint32 // of its loop
}

// takeOver makes a socket of a connection.
func takeOver(conn *net.UDPConn) (*udpSocket, error) { return &udpSocket{conn: conn}, nil }

// close closes the socket.
func (s *udpSocket) close() { _ = s.conn.Close() }

// setReceiveBuffer asks for room for so many octets. Where that is more than may be, it stays as it was.
func (s *udpSocket) setReceiveBuffer(size int) error {
	_ = s.conn.SetReadBuffer(size)
	return nil
}

// receiveBuffer is not known here.
func (s *udpSocket) receiveBuffer() int { return 0 }

// overflowed is not known here.
func (s *udpSocket) overflowed() uint64 { return 0 }
