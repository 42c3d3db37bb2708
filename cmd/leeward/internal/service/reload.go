package service

import (
	"cmp"
	"fmt"
	"reflect"
	"strings"

	"leeward/cluster"
	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/config"
	"leeward/cmd/leeward/internal/systemd"
)

// notReady refuses orders to a node that has only just started.
var notReady = &admin.Refusal{Reason: "not answering from a view yet: try again in a moment"}

// Reload reads the zones and the files of the map anew, and with ConfigToo the configuration before them.
func (s *Service) Reload(r admin.ReloadRequest) (admin.ReloadResult, error) {
	if !s.Ready() {
		return admin.ReloadResult{}, notReady
	}
	s.opts.Manager.Tell(systemd.Reloading()...)
	defer s.opts.Manager.Tell("READY=1")
	result := admin.ReloadResult{Zones: []admin.ZoneResult{}, Geo: []admin.GeoResult{}}
	before := s.plane.Load().atlas
	if r.ConfigToo {
		words, err := s.reconfigure()
		s.unconfigured.Store(err != nil)
		if err != nil {
			s.log.Error("the configuration stays as it was", "error", err)
			result.Error = err.Error()
		}
		result.Config = words
	}
	s.remap(true)
	if after := s.plane.Load().atlas; after != nil {
		for _, g := range mapResults(before, after) {
			if g.File != "" {
				result.Geo = append(result.Geo, g)
			}
		}
	}
	for _, o := range s.loadZones(r.Force) {
		result.Zones = append(result.Zones, zoneResult(o))
	}
	s.zonesChanged()
	return result, nil
}

// reconfigure puts a new configuration to work, as far as a running node can; words say what it cannot. On an error
// nothing has changed.
func (s *Service) reconfigure() (words string, err error) {
	if s.opts.Reconfigure == nil {
		return "", fmt.Errorf("this node has no configuration file")
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	cfg, err := s.opts.Reconfigure()
	if err != nil {
		return "", err
	}
	s.mapping.Lock()
	defer s.mapping.Unlock()
	p, err := newPlane(cfg, s.plane.Load(), s.log)
	if err != nil {
		return "", err
	}
	if err := s.makeState(p); err != nil {
		return "", err
	}
	access, err := admitted(cfg.Admin, s.opts.Config.Admin.Listen, s.log)
	if err != nil {
		return "", err
	}
	access.Identity = cmp.Or(access.Identity, s.guard.Identity()) // without TLS only a start listens
	s.order(s.running, func() {
		old := s.plane.Load()
		old.stopMeter()
		p.keepLoad(old)
		if old.probesLike(p) {
			p.prober, p.stop = old.prober, old.stop
		} else {
			old.halt()
		}
		if old.network != nil && p.network != nil && old.network.Digest() == p.network.Digest() {
			p.tally = old.tally
			if p.digest == old.digest {
				p.asked, p.pours = old.asked, old.pours
			}
		} else {
			s.store.Resteer(p.network)
			s.secondaries.Resteer(p.network)
		}
		s.plane.Store(p)
		s.gather() // the services of the new network are what is to be probed
		s.install(s.running, p)
		s.notifier.Targets(targets(cfg, tsigKeys(cfg)))
		s.judge()
	})
	s.guard.Admit(access)
	s.tellers.replace(cfg.Incidents)
	s.watch(cfg)
	s.renewPublic()
	s.configuredLevel(cfg.Log.Level)
	s.configured.Store(now().UnixNano())
	words = "taken up"
	fixed := needRestart(s.opts.Config, cfg)
	taken, err := s.takeKeys(cfg.Cluster)
	if err != nil {
		return "", err
	}
	if !taken {
		fixed = append(fixed, "cluster.key_file (without a gap: leeward keys rotate)")
	}
	if len(fixed) > 0 {
		words += ", but for what needs a restart: " + strings.Join(fixed, ", ")
	}
	s.log.Info("configuration "+words, "network", p.digest)
	return words, nil
}

// needRestart names the parts of a configuration that only a start takes up and that have changed since.
func needRestart(started, now *config.Config) []string {
	var parts []string
	for _, part := range []struct {
		name   string
		before any
		after  any
	}{
		{"node", started.Node, now.Node},
		{"dns.listen", started.DNS.Listen, now.DNS.Listen},
		{"dns.udp", started.DNS.UDP, now.DNS.UDP},
		{"dns.tcp", started.DNS.TCP, now.DNS.TCP},
		{"zones.directory", started.Zones.Directory, now.Zones.Directory},
		{"zones.files", started.Zones.Files, now.Zones.Files},
		{"zones.serial", started.Zones.Serial, now.Zones.Serial},
		{"zones.verify", started.Zones.Verify, now.Zones.Verify},
		{"cluster", withoutKeys(started.Cluster), withoutKeys(now.Cluster)},
		{"admin (where it listens)", fixedAdmin(started.Admin), fixedAdmin(now.Admin)},
		{"status_page.listen", started.StatusPage.Listen, now.StatusPage.Listen},
		{"state", started.State, now.State},
		{"process.user", started.Process.User, now.Process.User},
		{"log.format", started.Log.Format, now.Log.Format},
	} {
		if !reflect.DeepEqual(part.before, part.after) {
			parts = append(parts, part.name)
		}
	}
	return parts
}

// takeKeys takes up the keys of a configuration, and says whether it did: another key than the one in use would cut this
// node off from all others at once.
//
//	the node runs    the key in use is                then
//	without a key    -                                nothing
//	with one         the configuration's, or its next they are taken up
//	with one         neither                          they wait for a restart
func (s *Service) takeKeys(c *config.Cluster) (taken bool, err error) {
	inUse := s.node.Keys().InUse
	if c == nil || inUse == (cluster.Fingerprint{}) {
		return true, nil
	}
	if inUse != cluster.FingerprintOf(c.Key) && inUse != cluster.FingerprintOf(c.NextKey) {
		return false, nil
	}
	return true, s.node.SetKeys(c.Key, c.NextKey)
}

// withoutKeys is a cluster's configuration but for the keys in its key files, which a running node takes up.
func withoutKeys(c *config.Cluster) any {
	if c == nil {
		return nil
	}
	bare := *c
	if bare.Key != nil {
		bare.Key = config.Secret{} // that there is one is only taken up at a start
	}
	bare.NextKey = nil
	return bare
}
