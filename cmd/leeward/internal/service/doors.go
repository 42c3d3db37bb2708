package service

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/config"
	"leeward/dnsserver"
)

// doors are the sockets of a service.
type doors struct {
	dns   []*dnsserver.Listener
	admin []adminDoor // and that of the status page
}

type adminDoor struct {
	listener net.Listener
	handler  http.Handler
}

// openDoors opens all sockets, but for those that are open already. On an error those already open are in the result.
func (s *Service) openDoors() (d doors, err error) {
	cfg := s.opts.Config
	if a := cfg.Admin; a.Socket != "" {
		l, err := s.openSocket(a)
		if err != nil {
			return d, err
		}
		d.admin = append(d.admin, adminDoor{l, s.Handler(s.guard.Socket())})
	}
	for _, addr := range cfg.DNS.Listen {
		l, err := dnsserver.Listen(addr, dnsserver.Sockets{Count: cfg.DNS.UDP.Sockets, Batch: cfg.DNS.UDP.Batch,
			ReceiveBuffer: cfg.DNS.UDP.ReceiveBuffer, UDP: s.life.given.Take("udp", addr, false), TCP: s.life.given.Take("tcp", addr, false)})
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
		l, err := s.openTCP(addr)
		if err != nil {
			return d, err
		}
		if cfg.Admin.TLS != nil {
			l = tls.NewListener(l, s.guard.TLS())
		}
		d.admin = append(d.admin, adminDoor{l, s.Handler(s.guard.Address())})
	}
	if addr := cfg.StatusPage.Listen; addr.IsValid() {
		l, err := s.inService(s.openPublic(addr))
		if err != nil {
			return d, err
		}
		d.admin = append(d.admin, adminDoor{l, &s.public.site}) // bounded alike, and nothing of the API
	}
	return d, nil
}

// openSocket is the admin socket. One that was opened by this program is removed at the end; that of the process whose place
// this one takes, once it has it: until then the other one may go on.
func (s *Service) openSocket(a config.Admin) (net.Listener, error) {
	if fd, ok := s.life.given.TakeUnix(a.Socket); ok {
		s.life.ownsSocket = s.life.former.OwnsSocket
		return s.inService(admin.Inherit(fd))
	}
	s.life.ownsSocket = true
	return s.inService(admin.ListenSocket(admin.SocketFile{Path: a.Socket, Mode: a.SocketMode, Group: a.SocketGroup}))
}

// openTCP is the admin address.
func (s *Service) openTCP(addr netip.AddrPort) (net.Listener, error) {
	if list := s.life.given.Take("tcp", addr, true); len(list) > 0 {
		return s.inService(admin.Inherit(list[0]))
	}
	return s.inService(admin.ListenTCP(addr.String()))
}

// inService notes a listener, to be handed over.
func (s *Service) inService(l net.Listener, err error) (net.Listener, error) {
	if err == nil {
		s.life.admin = append(s.life.admin, l)
	}
	return l, err
}

// refuseLeft refuses to start with sockets of the service manager that are for nothing: somebody means them to be served.
// Those of a former process may be for what its configuration had.
func (s *Service) refuseLeft() error {
	left := s.life.given.Left()
	if len(left) == 0 {
		return nil
	}
	if s.succeeds() {
		s.log.Info("no longer listened on: " + strings.Join(left, ", "))
		s.life.given.Close()
		return nil
	}
	return fmt.Errorf("the service manager has opened %s, and the configuration has no such address: dns.listen, admin.listen, admin.socket, status_page.listen and cluster.listen are for what it opens",
		strings.Join(left, ", "))
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
