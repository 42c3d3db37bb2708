package service

import (
	"slices"
	"time"

	"leeward/steering"
	"leeward/zones"
	"leeward/zones/transfer"
)

// served is the zones of all sources. The loop makes a new value when any of them has changed.
type served struct {
	set      *zones.Set
	files    []*zones.Zone
	catalog  *zones.Zone        // of the zones in files, for secondaries; nil: none is configured
	services []steering.Service // that check= of policies has probed
	over     int                // services beyond those, which are not
	editions *zones.Zone        // of all zones but those that are followed, for nodes that follow this one; nil: no cluster
}

// gather brings together the zones of all sources. The loop calls it.
//
//	a zone is                          served from
//	in a file                          there, whatever else there is of that name
//	got from primaries or from nodes   there, but for a zone in a file
//	a catalog made here                here, but for any of the above
func (s *Service) gather() {
	before, now, cfg := s.served.Load(), time.Now(), s.plane.Load().config
	next := &served{files: s.inFiles()}
	listed := listing(next.files, false)
	var all []*zones.Zone
	if cfg.Zones.Catalog != "" {
		next.catalog = s.catalog(nameOf(cfg.Zones.Catalog), withoutVersions(listed), before.catalog, uint32(now.Unix()))
		all = append(all, next.catalog)
	}
	if cfg.Cluster != nil {
		listed = append(listed, listing(s.fromPrimaries(cfg, next.files), true)...)
		next.editions = s.catalog(editionsOf(cfg.Node.Name), listed, before.editions, editionSerial(now))
		all = append(all, next.editions)
	}
	all = append(all, s.secondaries.Zones()...)
	all = append(all, next.files...)
	next.set = zones.NewSet(all...)
	next.services, next.over = steering.Services(next.set.Services())
	s.served.Store(next)
}

// inFiles are the zones that have files here, those that no version could be read of too: they are ours all the same, and
// answered with SERVFAIL.
func (s *Service) inFiles() []*zones.Zone {
	set := s.store.Set()
	all := set.All()
	for z := range s.store.Status() {
		if z.Origin != "" && set.Zone(z.Origin) == nil {
			all = append(all, zones.Unready(z.Origin, "its file has an error, and there is no version before it"))
		}
	}
	return all
}

// catalog makes a catalog anew if its members have changed. One that cannot be made stays as it was.
func (s *Service) catalog(origin zones.Name, listed []transfer.Listed, before *zones.Zone, serial uint32) *zones.Zone {
	z, err := transfer.Catalog(origin, listed, before, serial, time.Now())
	if err == nil {
		return z
	}
	s.log.Error("the catalog stays as it was", "error", err)
	if before == nil {
		return zones.Unready(origin, "the catalog cannot be made").WithHidden(true)
	}
	return before
}

func withoutVersions(listed []transfer.Listed) []transfer.Listed {
	bare := slices.Clone(listed)
	for i := range bare {
		bare[i].Version = ""
	}
	return bare
}

// nameOf is a name of the configuration, which has checked it.
func nameOf(text string) zones.Name {
	name, err := zones.ParseName(text)
	if err != nil {
		panic(err)
	}
	return name.Lower()
}
