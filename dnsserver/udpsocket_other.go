//go:build !linux

package dnsserver

import "net"

// udpSocket is a UDP socket.
type udpSocket struct{ conn *net.UDPConn }

// takeOver makes a socket of a connection.
func takeOver(conn *net.UDPConn) (*udpSocket, error) { return &udpSocket{conn}, nil }

// close closes the socket.
func (s *udpSocket) close() { _ = s.conn.Close() }

// receiveBuffer is not known here.
func (s *udpSocket) receiveBuffer() int { return 0 }

// overflowed is not known here.
func (s *udpSocket) overflowed() uint64 { return 0 }
