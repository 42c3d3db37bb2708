package service

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"

	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/config"
	"leeward/cmd/leeward/internal/statuspage"
)

// public is the status page.
type public struct {
	site    statuspage.Site
	renewed chan struct{} // a new configuration is in force; one slot
}

// openPublic is the address of the status page.
func (s *Service) openPublic(addr netip.AddrPort) (net.Listener, error) {
	if list := s.life.given.Take("tcp", addr, true); len(list) > 0 {
		return admin.Inherit(list[0])
	}
	l, err := net.Listen("tcp", addr.String())
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("status_page.listen: %s is in use by another program", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("status_page.listen: %w", err)
	}
	return l, nil
}

// betweenPages is how long a page stays at the least: nothing that happens makes more work than that.
const betweenPages = 100 * time.Millisecond

// tellPublic makes the status page anew whenever there is something new to tell.
func (s *Service) tellPublic(ctx context.Context) error {
	if !s.opts.Config.StatusPage.Listen.IsValid() {
		return nil
	}
	changed, stop := s.WatchIncidents()
	defer stop()
	for {
		if err := s.public.site.Publish(publicOptions(s.plane.Load().config), s.Incidents()); err != nil {
			s.log.Error("the status page stays as it was", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(betweenPages):
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		case <-s.public.renewed:
		}
	}
}

// publicOptions are what a configuration lets the public know.
func publicOptions(cfg *config.Config) statuspage.Options {
	p := cfg.StatusPage
	o := statuspage.Options{Title: p.Title, URL: p.URL, Named: p.Colos, Upstreams: p.Upstreams, Reasons: p.Reasons}
	for _, c := range cfg.Colos {
		o.Colos = append(o.Colos, c.Name)
	}
	return o
}

// renewPublic has the status page made anew.
func (s *Service) renewPublic() {
	select {
	case s.public.renewed <- struct{}{}:
	default: // it will be
	}
}
