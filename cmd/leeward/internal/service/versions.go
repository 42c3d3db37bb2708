package service

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/miekg/dns"

	"leeward/cmd/leeward/internal/admin"
	"leeward/zones"
)

// ZoneDiff says what the file of a zone would change.
func (s *Service) ZoneDiff(name zones.Name) (admin.ZoneDiff, error) {
	change, err := s.store.Diff(name)
	if err != nil {
		return admin.ZoneDiff{}, s.refusal(name, err)
	}
	d := admin.ZoneDiff{Origin: name.String(), Removed: []string{}, Added: []string{}}
	if z := s.store.Set().Zone(name); z != nil {
		d.Serial, d.FileSerial = z.Serial(), z.FileSerial()
	}
	if change == nil {
		return d, nil
	}
	d.Serial, d.FileSerial = change.From(), change.To()
	if change.Before != change.After {
		d.Removed, d.Added = append(d.Removed, line(change.Before, name)), append(d.Added, line(change.After, name))
	}
	for _, r := range change.Removed {
		d.Removed = append(d.Removed, line(r, name))
	}
	for _, r := range change.Added {
		d.Added = append(d.Added, line(r, name))
	}
	return d, nil
}

// line is a record as a line of the file of its zone: "www 30 A 192.0.2.1".
func line(r zones.Record, origin zones.Name) string {
	owner, apex := r.Owner.String(), origin.String()
	switch {
	case r.Owner.Lower() == origin:
		owner = "@"
	case origin != zones.Root:
		owner = owner[:len(owner)-len(apex)-1]
	}
	return strings.TrimSpace(fmt.Sprintf("%s %d %s %s", owner, r.TTL, zones.TypeName(r.Type), r.Data()))
}

// refusal is why a zone cannot be compared or rolled back, with where that can be done.
func (s *Service) refusal(name zones.Name, err error) error {
	reason := err.Error()
	if s.store.Set().Zone(name) == nil {
		short := strings.TrimSuffix(name.String(), ".")
		if z := s.served.Load().set.Find([]byte(name), dns.TypeSOA); z != nil && z.Origin() != name {
			reason += "; the zone of that name is " + strings.TrimSuffix(z.Origin().String(), ".")
		}
		for _, z := range s.fetched() {
			if z.Origin == name.String() {
				reason = fmt.Sprintf("zone %s: it comes from %s, and is compared and rolled back where its file is",
					short, cmp.Or(z.Primary, "another server"))
			}
		}
	}
	return &admin.Refusal{Reason: reason}
}

// ZoneVersions are the versions of a zone, oldest first.
func (s *Service) ZoneVersions(name zones.Name) ([]admin.ZoneVersion, error) {
	versions, err := s.store.Versions(name)
	if err != nil {
		return nil, s.refusal(name, err)
	}
	list := make([]admin.ZoneVersion, 0, len(versions))
	for _, v := range versions {
		shown := admin.ZoneVersion{Serial: v.Serial, Removed: v.Removed, Added: v.Added, InService: v.InService}
		if !v.At.IsZero() {
			shown.At = &v.At
		}
		list = append(list, shown)
	}
	return list, nil
}

// Rollback serves an earlier version of a zone, or takes up its file again.
func (s *Service) Rollback(name zones.Name, r admin.RollbackRequest) (admin.ZoneResult, error) {
	if !s.Ready() {
		return admin.ZoneResult{}, notReady
	}
	do := func() (zones.Outcome, error) { return s.store.Rollback(name, r.Serial) }
	if r.Undo {
		do = func() (zones.Outcome, error) { return s.store.UndoRollback(name) }
	}
	outcome, err := do()
	if err != nil {
		return admin.ZoneResult{}, s.refusal(name, err)
	}
	s.zonesChanged()
	return zoneResult(outcome), nil
}
