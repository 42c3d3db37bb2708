//go:build !linux

package dnsserver

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
)

// udpSocket is a UDP socket.
type udpSocket struct {
	conn *net.UDPConn
	turn atomic.Uint32 // of its loop
}

// takeOver makes a socket of a connection.
func takeOver(conn *net.UDPConn) (*udpSocket, error) { return &udpSocket{conn: conn}, nil }

// inheritUDP makes a socket of one that is open.
func inheritUDP(fd int, _ netip.Addr) (*udpSocket, error) {
	file := os.NewFile(uintptr(fd), "udp")
	defer file.Close() // the connection has one of its own
	conn, err := net.FilePacketConn(file)
	if err != nil {
		return &udpSocket{conn: new(net.UDPConn)}, err
	}
	udp, ok := conn.(*net.UDPConn)
	if !ok {
		return &udpSocket{conn: new(net.UDPConn)}, errors.Join(errors.New("an open socket is not one of UDP"), conn.Close())
	}
	return &udpSocket{conn: udp}, nil
}

// duplicateFD is another descriptor of the socket.
func (s *udpSocket) duplicateFD() (copied int, err error) {
	raw, err := s.conn.SyscallConn()
	if err != nil {
		return -1, err
	}
	controlErr := raw.Control(func(fd uintptr) { copied, err = duplicate(int(fd)) })
	return copied, errors.Join(controlErr, err)
}

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
