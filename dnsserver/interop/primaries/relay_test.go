package primaries

import (
	"io"
	"net"
	"net/netip"
	"sync"
	"testing"
)

// relay stands before a primary at an address of its own, and does something once so many octets of a connection have gone
// through: what follows on that connection is lost.
type relay struct {
	addr  netip.AddrPort
	to    netip.AddrPort
	after int64
	do    func()
	once  sync.Once
}

// through starts a relay. It ends with the test.
func through(t *testing.T, to netip.AddrPort, after int64, do func()) *relay {
	t.Helper()
	tcp, udp := both(t)
	r := &relay{addr: tcp.Addr().(*net.TCPAddr).AddrPort(), to: to, after: after, do: do}
	go r.packets(udp)
	go func() {
		for {
			c, err := tcp.Accept()
			if err != nil {
				return
			}
			go r.stream(c)
		}
	}()
	return r
}

// both listens on one port of TCP and UDP. What is free for the one may be taken for the other.
func both(t *testing.T) (tcp net.Listener, udp *net.UDPConn) {
	t.Helper()
	var err error
	for range 20 {
		if tcp, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			break
		}
		if udp, err = net.ListenUDP("udp", net.UDPAddrFromAddrPort(tcp.Addr().(*net.TCPAddr).AddrPort())); err == nil {
			t.Cleanup(func() { _, _ = tcp.Close(), udp.Close() })
			return tcp, udp
		}
		_ = tcp.Close()
	}
	t.Fatal(err)
	return nil, nil
}

// packets asks the primary what it is asked, one query after the other.
func (r *relay) packets(udp *net.UDPConn) {
	buf := make([]byte, 1<<16)
	for {
		n, from, err := udp.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		if c, err := net.Dial("udp", r.to.String()); err == nil {
			if _, err = c.Write(buf[:n]); err == nil {
				if n, err = c.Read(buf); err == nil {
					_, _ = udp.WriteToUDPAddrPort(buf[:n], from)
				}
			}
			_ = c.Close()
		}
	}
}

func (r *relay) stream(c net.Conn) {
	defer c.Close()
	p, err := net.Dial("tcp", r.to.String())
	if err != nil {
		return
	}
	defer p.Close()
	go func() { _, _ = io.Copy(p, c) }()
	done := false
	if _, err := io.CopyN(c, p, r.after); err == nil {
		r.once.Do(func() { r.do(); done = true })
	}
	if !done { // else what the system has taken from the primary is lost with it: that may be all that is left
		_, _ = io.Copy(c, p)
	}
}
