package service

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"

	"leeward/cmd/leeward/internal/admin"
	"leeward/dnsserver"
)

// doors are the sockets of a service.
type doors struct {
	dns   []*dnsserver.Listener
	admin []adminDoor
}

type adminDoor struct {
	listener net.Listener
	handler  http.Handler
}

// openDoors opens all sockets. On an error those already open are in the result.
func (s *Service) openDoors() (d doors, err error) {
	cfg := s.opts.Config
	if a := cfg.Admin; a.Socket != "" {
		l, err := admin.ListenSocket(admin.SocketFile{Path: a.Socket, Mode: a.SocketMode, Group: a.SocketGroup})
		if err != nil {
			return d, err
		}
		d.admin = append(d.admin, adminDoor{l, s.Handler(s.guard.Socket())})
	}
	for _, addr := range cfg.DNS.Listen {
		l, err := dnsserver.Listen(addr, dnsserver.Sockets{Count: cfg.DNS.UDP.Sockets, Batch: cfg.DNS.UDP.Batch,
			ReceiveBuffer: cfg.DNS.UDP.ReceiveBuffer})
		if err != nil {
			return d, err
		}
		if got := l.ReceiveBuffer(); got > 0 && got < cfg.DNS.UDP.ReceiveBuffer {
			s.log.Warn("dns.udp.receive_buffer: the system gives less than was asked for (on Linux net.core.rmem_max)",
				"asked", cfg.DNS.UDP.ReceiveBuffer, "given", got)
		}
		d.dns = append(d.dns, l)
	}
	if addr := cfg.Admin.Listen; addr.IsValid() {
		l, err := admin.ListenTCP(addr.String())
		if err != nil {
			return d, err
		}
		if cfg.Admin.TLS != nil {
			l = tls.NewListener(l, s.guard.TLS())
		}
		d.admin = append(d.admin, adminDoor{l, s.Handler(s.guard.Address())})
	}
	return d, nil
}

// addrs are the addresses at which queries are answered.
func (d doors) addrs() (list []netip.AddrPort) {
	for _, l := range d.dns {
		list = append(list, l.Addr())
	}
	return list
}

// overflowed is how many datagrams found no room in the sockets for queries.
func (s *Service) overflowed() (count uint64) {
	for _, l := range *s.listening.Load() {
		count += l.Overflowed()
	}
	return count
}

// close closes the doors of a service that did not get to serve.
func (d doors) close() error {
	var errs []error
	for _, l := range d.dns {
		l.Close()
	}
	for _, door := range d.admin {
		errs = append(errs, door.listener.Close())
	}
	return errors.Join(errs...)
}
