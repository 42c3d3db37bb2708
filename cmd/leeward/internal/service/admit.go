package service

import (
	"fmt"
	"log/slog"
	"net/netip"

	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/config"
)

// admitted is who may come in by the admin address, as a configuration says. It reads the files of TLS. The address is the one
// that is listened on, which may be another than the configuration's until the next start: beyond loopback nobody looks who
// shows nothing.
func admitted(c config.Admin, listen netip.AddrPort, log *slog.Logger) (a admin.Access, err error) {
	a.Anonymous = c.Anonymous == config.AnonymousRead && listen.Addr().IsLoopback()
	for _, t := range c.Tokens {
		a.Tokens = append(a.Tokens, admin.Token{Name: t.Name, Role: roleOf(t.Role), SHA256: t.SHA256})
	}
	if c.TLS == nil {
		return a, nil
	}
	for _, n := range c.TLS.Clients {
		a.Clients = append(a.Clients, admin.Certified{Name: n.Name, Role: roleOf(n.Role)})
	}
	a.Identity, err = admin.LoadIdentity(admin.TLSFiles{Certificate: c.TLS.Certificate, Key: c.TLS.Key, ClientCA: c.TLS.ClientCA}, log)
	return a, err
}

func roleOf(word string) admin.Role {
	role, err := admin.ParseRole(word)
	if err != nil {
		panic(err) // the configuration has checked it
	}
	return role
}

// Signalled records an order that came by a signal.
func (s *Service) Signalled(signal string, result error) { s.guard.Signalled(signal, result) }

// adminProblems are what keeps operators out, now or soon, and orders that are not recorded.
func (s *Service) adminProblems() (list []string) {
	if identity := s.guard.Identity(); identity != nil {
		if problem := identity.Problem(now()); problem != "" {
			list = append(list, problem)
		}
	}
	if lost, err := s.guard.Audit().Lost(); err != nil {
		list = append(list, fmt.Sprintf("orders are not in the audit log, %d since the start: %v", lost, err))
	}
	return list
}

// fixedAdmin is what only a start takes up of where the admin API listens.
func fixedAdmin(c config.Admin) any {
	return [...]any{c.Listen, c.Socket, c.SocketMode, c.SocketGroup, c.TLS != nil}
}
