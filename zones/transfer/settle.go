package transfer

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"leeward/zones"
)

// settle makes the zones those that are wanted: what the configuration and the catalogs list. A catalog that is new, or
// loaded from disk, may want more in turn. The lock is held.
func (s *Secondaries) settle() {
	for {
		p := plan(s.configured, s.isOwn, s.listings(), s.holder)
		for _, z := range s.zones {
			z.clashes = s.clashed(z, p.clashes[z.want.Origin])
		}
		s.leave(p)
		added := false
		for _, origin := range slices.Sorted(maps.Keys(p.zones)) {
			added = s.enter(p.zones[origin]) || added
		}
		if !added {
			break
		}
	}
	for origin := range s.clocks {
		if s.zones[origin] == nil {
			s.forget(origin)
		}
	}
}

// isOwn says whether a zone is served from a file here. The lock is held.
func (s *Secondaries) isOwn(origin zones.Name) bool {
	_, own := slices.BinarySearch(s.own, origin)
	return own
}

// listings are the catalogs in the order of the configuration. The lock is held.
func (s *Secondaries) listings() []listing {
	var all []listing
	for _, c := range s.configured {
		c.Origin = c.Origin.Lower()
		if z := s.zones[c.Origin]; c.Catalog && z != nil && !z.leaving {
			all = append(all, listing{c, z.members})
		}
	}
	return all
}

// holder is the catalog that a zone was taken from, or "". The lock is held.
func (s *Secondaries) holder(origin zones.Name) zones.Name {
	if z := s.zones[origin]; z != nil {
		return z.want.catalog
	}
	c := s.clocks[origin]
	if c.Catalog == "" {
		return ""
	}
	catalog, err := zones.ParseName(c.Catalog)
	if err != nil {
		return ""
	}
	return catalog.Lower()
}

// clashed tells of clashes once.
func (s *Secondaries) clashed(z *secondary, clashes []string) []string {
	for _, c := range clashes {
		if !slices.Contains(z.clashes, c) {
			s.config.Log.Warn(fmt.Sprintf("catalog %s: %s: what is served stays", z.want.Origin.Bare(), c))
		}
	}
	return clashes
}

// beginsAnew says whether what was had of a zone is not to be used any more: catalogs say so by another label (RFC 9432
// section 5.4). A zone that comes from a catalog where the configuration had it, or the other way round, goes on.
//
//	before           now              begins anew
//	configured       any              no
//	any              configured       no
//	of a node        of a node        no
//	of a catalog     of another       yes
//	of a catalog     of the same      if its label is another
func beginsAnew(before, now wanted) bool {
	if before.catalog == "" || now.catalog == "" || before.Node && now.Node {
		return false
	}
	return before.catalog != now.catalog || before.label != now.label
}

// leave ends what is no longer wanted, or begins anew. The lock is held.
func (s *Secondaries) leave(p planned) {
	lost := map[zones.Name][]zones.Name{}
	for origin, z := range s.zones {
		w, wanted := p.zones[origin]
		if z.leaving || wanted && !beginsAnew(z.want, w) && w.Catalog == z.want.Catalog {
			continue
		}
		if !wanted {
			lost[z.want.catalog] = append(lost[z.want.catalog], origin)
		}
		s.end(z)
	}
	for catalog, gone := range lost {
		left := 0
		for _, z := range s.zones {
			if z.want.catalog == catalog && !z.leaving {
				left++
			}
		}
		s.tell(catalog, gone, left)
	}
}

// tell tells of zones that are gone: loudly where a catalog takes most of its zones away at once.
func (s *Secondaries) tell(catalog zones.Name, gone []zones.Name, left int) {
	log, by := s.config.Log.Info, "the configuration"
	if catalog != "" {
		by = "catalog " + catalog.Bare()
		if len(gone) > 1 && len(gone) > left {
			log = s.config.Log.Warn
		}
	}
	log(fmt.Sprintf("%s lists %d zones no longer: not served any more, and what was kept of them is dropped", by, len(gone)),
		"zones", names(gone), "left", left)
}

// end takes a zone out of service, and drops what is kept of it: at once, or when the fetch under way has ended. The lock
// is held.
func (s *Secondaries) end(z *secondary) {
	s.agenda.remove(z)
	if z.fetching {
		z.leaving = true
		z.cancel()
		return
	}
	s.queue = slices.DeleteFunc(s.queue, func(q *secondary) bool { return q == z })
	delete(s.zones, z.want.Origin)
	s.forget(z.want.Origin)
}

// forget drops what is kept of a zone. The lock is held.
func (s *Secondaries) forget(origin zones.Name) {
	delete(s.clocks, origin)
	s.unwritten = true
	if s.config.Keeper == nil {
		return
	}
	if err := s.config.Keeper.Drop(origin); err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.config.Log.Warn("what was kept of a zone cannot be dropped", "zone", origin.Bare(), "error", err)
	}
}

// enter takes up a wanted zone, or what has changed about it, and says whether it is a new one. The lock is held.
func (s *Secondaries) enter(w wanted) bool {
	if z := s.zones[w.Origin]; z != nil {
		if !z.leaving && !samePrimaries(z.want.Primaries, w.Primaries) {
			z.due = time.Now()
			s.agenda.set(z, z.next())
		}
		if z.want = w; z.kept != nil && z.kept.Hidden() != w.Hidden {
			z.kept = z.kept.WithHidden(w.Hidden)
			z.serve(time.Now())
		}
		return false
	}
	z := &secondary{want: w, due: time.Now(), place: -1}
	s.load(z)
	s.zones[w.Origin] = z
	s.agenda.set(z, z.next())
	return true
}

// samePrimaries compares by what the keys are, not where they stand.
func samePrimaries(a, b []Primary) bool {
	return slices.EqualFunc(a, b, func(a, b Primary) bool {
		if a.Addr != b.Addr || a.From != b.From || (a.Key == nil) != (b.Key == nil) {
			return false
		}
		return a.Key == nil || a.Key.Name == b.Key.Name && a.Key.Algorithm == b.Key.Algorithm && string(a.Key.Secret) == string(b.Key.Secret)
	})
}
