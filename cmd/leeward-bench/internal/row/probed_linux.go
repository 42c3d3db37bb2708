package row

import (
	"fmt"
	"net"
	"net/netip"

	"leeward/cmd/leeward-bench/internal/peer"
)

// probed are listeners on the addresses of colos, so that their checks find them up.
type probed struct {
	port  uint16
	addrs []netip.Addr
	open  []net.Listener
}

// listen opens one port on the addresses of all colos.
func listen(colos []peer.Colo) (*probed, error) {
	p := new(probed)
	for _, c := range colos {
		p.addrs = append(p.addrs, c.Address)
	}
	var err error
	for range 20 { // the port that is free on one address may be taken on another
		p.port = 0
		if err = p.up(); err == nil {
			return p, nil
		}
	}
	return nil, err
}

// up opens the port on every address, on whichever is free for a first time.
func (p *probed) up() error {
	for _, a := range p.addrs {
		l, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(netip.AddrPortFrom(a, p.port)))
		if err != nil {
			p.close()
			return fmt.Errorf("port to be probed: %w", err)
		}
		p.port = uint16(l.Addr().(*net.TCPAddr).Port)
		p.open = append(p.open, l)
		go hold(l)
	}
	return nil
}

// hold accepts and closes, until the listener is closed.
func hold(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		c.Close()
	}
}

// close closes the port: the colos are down.
func (p *probed) close() {
	for _, l := range p.open {
		l.Close()
	}
	p.open = nil
}
