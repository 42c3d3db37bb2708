package service

import (
	"context"
	"time"

	"leeward/cmd/leeward/internal/admin"
	"leeward/steering/geo"
	"leeward/zones"
)

// mapRescan is how often the files of the map are looked at.
const mapRescan = 500 * time.Millisecond

// followMap takes up edits of the files that the map is made of, until the context ends. It looks at the files rather than
// being told of events: they are few, and this also sees what other hosts write to a shared file system.
func (s *Service) followMap(ctx context.Context) error {
	tick := time.NewTicker(mapRescan)
	defer tick.Stop()
	var w mapWatch
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			if p := s.plane.Load(); p.network != nil && w.due(p.atlas, now) {
				s.remap(false)
			}
		}
	}
}

// remap reads the files of the map, and puts what has changed into service, between two judgements. What takes long is done
// before. All errors are logged, or those alone that were not known.
func (s *Service) remap(all bool) {
	s.mapping.Lock()
	defer s.mapping.Unlock()
	before := s.plane.Load()
	if before.network == nil {
		return
	}
	p := *before
	var err error
	if p.atlas, err = newAtlas(p.config, before.atlas, s.log); err != nil { // never: the one before is of the same files
		s.log.Error("the map of clients stays as it was", "error", err)
		return
	}
	s.logMap(before.atlas, p.atlas, all)
	if p.atlas.same(before.atlas) {
		return
	}
	if p.atlas.recipe != before.atlas.recipe {
		p.identify()
	}
	s.order(s.running, func() {
		s.plane.Store(&p)
		s.judge()
	})
}

// logMap tells what became of the files of a map.
func (s *Service) logMap(before, after *atlas, all bool) {
	for of, result := range mapResults(before, after) {
		switch known := result.Error != "" && before.faults[of] != nil && before.faults[of].Error() == result.Error; {
		case result.File == "":
		case result.Action == string(zones.Failed) && (all || !known):
			s.log.Error(result.Error, "in_use", after.taken[of].UTC().Format(time.RFC3339))
		case result.Action == string(zones.Loaded):
			s.log.Info("steering.geo."+result.Key+": loaded", "file", result.File)
		}
	}
}

// mapResults says what became of each file of a map. Where no file is named, none is in the result.
func mapResults(before, after *atlas) (results [geo.Sources]admin.GeoResult) {
	for of := range results {
		r := &results[of]
		*r = admin.GeoResult{Key: keyOf(geo.Source(of)), File: after.recipe.files[of], Loaded: after.taken[of].UTC().Truncate(time.Second)}
		switch {
		case after.faults[of] != nil:
			r.Action, r.Error = string(zones.Failed), after.faults[of].Error()
		case before == nil, before.recipe.files[of] != after.recipe.files[of], before.recipe.sums[of] != after.recipe.sums[of]:
			r.Action = string(zones.Loaded)
		default:
			r.Action = string(zones.Unchanged)
		}
	}
	return results
}

// mapStatus is how the files of the map stand.
func (p *plane) mapStatus() []admin.GeoFile {
	list := []admin.GeoFile{}
	if p.network == nil {
		return list
	}
	for _, r := range mapResults(p.atlas, p.atlas) {
		if r.File != "" {
			list = append(list, admin.GeoFile{Key: r.Key, File: r.File, Loaded: r.Loaded, Error: r.Error})
		}
	}
	return list
}
