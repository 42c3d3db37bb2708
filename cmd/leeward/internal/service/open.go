package service

import (
	"leeward/cluster"
	"leeward/steering"
)

// open reads all files and opens all sockets, so that whatever is wrong is said before anything runs.
func (s *Service) open() (doors, error) {
	cfg := s.opts.Config
	p, err := newPlane(cfg, nil, s.log)
	if err != nil {
		return doors{}, &StartError{err}
	}
	if err := s.makeState(p); err != nil {
		return doors{}, &StartError{err}
	}
	access, err := admitted(cfg.Admin, cfg.Admin.Listen, s.log)
	if err != nil {
		return doors{}, &StartError{err}
	}
	s.guard.Admit(access)
	s.plane.Store(p)
	if err := s.openZones(p); err != nil {
		return doors{}, err
	}
	if err := s.inherit(); err != nil {
		return doors{}, &StartError{err}
	}
	d, err := s.openDoors()
	s.listening.Store(&d.dns)
	if err == nil {
		err = s.openCluster(p, d)
	}
	if err == nil {
		err = s.refuseLeft()
	}
	if err != nil {
		return d, &StartError{err}
	}
	s.recall(p)
	if p.prober != nil {
		p.prober.Recall(s.formerVotes())
	}
	return d, nil
}

func (s *Service) openCluster(p *plane, d doors) error {
	var overrides []steering.Override
	var err error
	if p.network != nil {
		if overrides, err = s.state.Overrides(); err != nil {
			s.log.Warn("the overrides of the last run are not known", "error", err)
		}
	}
	notes, err := s.state.Notes()
	if err != nil {
		s.log.Warn("the notes of the last run are not known", "error", err)
	}
	cfg := s.opts.Config
	o := cluster.Options{Name: cfg.Node.Name, Colo: cfg.Node.Colo, NetworkDigest: p.digest, Version: s.opts.Version,
		Overrides: overrides, Notes: notes, Resume: s.life.former.Cluster, Logger: s.log}
	if c := cfg.Cluster; c != nil {
		o.Sockets = cluster.Sockets{UDP: s.life.given.Take("udp", c.Listen, true), TCP: s.life.given.Take("tcp", c.Listen, true)}
		o.Listen, o.Advertise, o.Join, o.Allow, o.Next, o.DNS = c.Listen, c.Advertise, c.Join, c.Allow, c.NextKey, d.addrs()
		if c.Key != nil {
			o.Keys = [][]byte{c.Key}
		}
	}
	s.node, err = cluster.New(o)
	return err
}
