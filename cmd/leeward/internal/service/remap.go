package service

import (
	"context"
	"os"
	"time"

	"leeward/cmd/leeward/internal/admin"
	"leeward/steering/geo"
	"leeward/zones"
)

// How often the files of the map are looked at, and how young a change may be for another within the same tick of the file
// system's clock to leave no trace.
const (
	mapRescan = 500 * time.Millisecond
	mapYoung  = 2 * time.Second
)

// followMap takes up edits of the files that the map is made of, until the context ends. A file that was written a moment ago
// may be half of what it is to be: it is read when it looks as it did at the look before. It looks at the files rather than
// being told of events: they are few, and this also sees what other hosts write to a shared file system.
func (s *Service) followMap(ctx context.Context) error {
	tick := time.NewTicker(mapRescan)
	defer tick.Stop()
	var last, read looks
	var again time.Time // when to read once more what was young when it was read; zero: need not be
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		p := s.plane.Load()
		if p.network == nil {
			continue
		}
		seen := lookAt(&p.atlas.recipe)
		if now := time.Now(); seen.same(&last) && (!seen.same(&read) || !again.IsZero() && now.After(again)) {
			s.remap(false)
			read, again = seen, time.Time{}
			if seen.young(now) {
				again = now.Add(mapYoung)
			}
		}
		last = seen
	}
}

// looks is what the files of a map look like from outside: nil where there is none.
type looks [geo.Sources]os.FileInfo

func lookAt(r *recipe) (l looks) {
	for of, file := range r.files {
		if info, err := os.Stat(file); file != "" && err == nil {
			l[of] = info
		}
	}
	return l
}

func (l *looks) same(other *looks) bool {
	for of, a := range l {
		b := other[of]
		if (a == nil) != (b == nil) ||
			a != nil && !(os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())) {
			return false
		}
	}
	return true
}

func (l *looks) young(now time.Time) bool {
	for _, info := range l {
		if info == nil {
			continue
		}
		if age := now.Sub(info.ModTime()); age >= 0 && age < mapYoung {
			return true
		}
	}
	return false
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
	p.digest = fingerprint(p.config, &p.atlas.recipe)
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
