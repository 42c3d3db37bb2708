package service

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/config"
	"leeward/steering"
	"leeward/zones"
	"leeward/zones/journal"
	"leeward/zones/transfer"
)

// zonesOf is what a configuration says of zones, for a store.
func zonesOf(cfg *config.Config, network *steering.Network) (zones.Config, error) {
	serial, err := zones.ParseSerialPolicy(string(cfg.Zones.Serial))
	if err != nil {
		return zones.Config{}, fmt.Errorf("zones.serial: %w", err)
	}
	z := zones.Config{Directory: cfg.Zones.Directory, Serial: serial, Network: network, Verify: verifyOf(cfg)}
	for _, f := range cfg.Zones.Files {
		origin, err := zones.ParseName(f.Origin)
		if err != nil {
			return z, fmt.Errorf("zones.files: %w", err)
		}
		z.Files = append(z.Files, zones.File{Origin: origin.Lower(), File: f.File})
	}
	return z, nil
}

// openZones loads all zones. Some may be bad, so that one typing error does not keep the others from being served; none
// at all is an error, unless there are others to come from elsewhere.
func (s *Service) openZones(p *plane) error {
	z, err := zonesOf(p.config, p.network)
	if err != nil {
		return &StartError{err}
	}
	z.Log, z.Processors = s.log, s.procs
	z.Progress = func() func(done, total int) { return progress(s.log, "loading zones", time.Now) }
	if s.state != "" {
		z.Keeper = journal.Directory(filepath.Join(string(s.state), "zones"))
	}
	s.store = zones.NewStore(z)
	s.secondaries = transfer.New(s.transferConfig(p))
	s.notifier = transfer.NewNotifier(s.log)
	s.notifier.Targets(targets(p.config, tsigKeys(p.config)))
	outcomes := s.loadZones(false)
	if len(s.store.Set().All()) > 0 || len(p.config.Zones.Secondary)+len(p.config.Zones.Follow) > 0 {
		return nil
	}
	var errs []error
	none := true
	for _, o := range outcomes {
		none = none && o.Origin == ""
		errs = append(errs, o.Err)
	}
	err = errors.Join(errs...)
	if none {
		return &StartError{err}
	}
	return fmt.Errorf("no zone can be served:\n%w", err)
}

// transferConfig is how zones are got from elsewhere. What is kept of them lies apart from what is kept of zones in files:
// a zone may be the one today and the other tomorrow.
func (s *Service) transferConfig(p *plane) transfer.Config {
	c := transfer.Config{Network: p.network, Verify: verifyOf(p.config).Check, Log: s.log}
	if s.state != "" {
		dir := filepath.Join(string(s.state), "secondary")
		c.Keeper, c.Clocks = journal.Directory(filepath.Join(dir, "zones")), filepath.Join(dir, "refreshed.json")
	}
	return c
}

// verifyOf is the command that a changed zone has to pass.
func verifyOf(cfg *config.Config) zones.Verify {
	return zones.Verify{Command: cfg.Zones.Verify.Command, Timeout: cfg.Zones.Verify.Timeout}
}

// loadZones reads all zones anew, and notes how long it took.
func (s *Service) loadZones(force bool) []zones.Outcome {
	begun := time.Now()
	defer func() { s.loadTime.Store(int64(time.Since(begun))) }()
	return s.store.Load(force)
}

// zoneResult is an outcome for the API.
func zoneResult(o zones.Outcome) admin.ZoneResult {
	r := admin.ZoneResult{File: o.File, Action: string(o.Action), Serial: o.Serial, Records: o.Records, Warnings: []string{}}
	if o.Origin != "" {
		r.Origin = o.Origin.String()
	}
	if o.Err != nil {
		r.Error = o.Err.Error()
	}
	for _, w := range o.Warnings {
		r.Warnings = append(r.Warnings, w.String())
	}
	return r
}
