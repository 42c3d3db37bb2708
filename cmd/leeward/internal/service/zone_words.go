package service

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"leeward/steering/incident"
	"leeward/zones"
	"leeward/zones/transfer"
)

// Bounds of what is reported of zones: who breaks a thousand at once needs no thousand reports, and one that is edited all
// the time must not push out what matters.
const (
	badZones    = 8                // told one by one; the others together
	newSerials  = 100              // a day, by all nodes
	serialEvery = 10 * time.Minute // of one zone
	zonesEvery  = 30 * time.Second // are looked at, though nothing has changed: some expire without a word
)

// others is what the zones beyond badZones are told of as.
const others = "zone:others"

// zoneMemory is what was last seen of the zones.
type zoneMemory struct {
	served *served // then
	at     time.Time
	bad    map[string]word // by what they are on
	fresh  map[string]word // versions that are to be told of
}

// zoneWords are how this node serves its zones: those that are not as they should be, those that are again, and new versions.
func (s *Service) zoneWords(l *look, log *incident.Log) (list []word) {
	m := &s.history.zones
	if m.served != l.served || l.at.Sub(m.at) >= zonesEvery {
		if m.served != nil {
			m.changed(m.served.set, l.served.set, l.at)
		}
		m.served, m.at, m.bad = l.served, l.at, s.badZones()
	}
	told := log.BadZones(s.opts.Config.Node.Name)
	shown := m.few(told)
	for _, on := range shown {
		list = append(list, m.bad[on])
	}
	if len(m.bad) > len(shown) {
		list = append(list, word{own: true, report: incident.Report{Kind: incident.Zone, On: others, To: incident.Refused,
			Reason: fmt.Sprintf("more than %d zones are not served as they should be: see leeward status on this node", badZones)}})
	}
	for _, on := range told {
		if !slices.Contains(shown, on) && (on != others || len(m.bad) <= len(shown)) {
			list = append(list, word{own: true, report: incident.Report{Kind: incident.Zone, On: on, To: incident.Mended}})
		}
	}
	return append(list, m.serials(log, l.at)...)
}

// badZones are the zones that are not served as they should be here, by what they are told on.
//
//	a zone in a file      is not served as the file stands         refused
//	                      is not served at all                     unserved
//	one from elsewhere    is served no more, or was never          expired, unless it has only just been configured
func (s *Service) badZones() map[string]word {
	bad := map[string]word{}
	add := func(name zones.Name, to, reason string) {
		on := "zone:" + name.String()
		bad[on] = word{own: true, report: incident.Report{Kind: incident.Zone, On: on, To: to, Reason: reason}}
	}
	lists := map[zones.Name]bool{} // of followed nodes: no zones of anybody's
	for _, node := range s.plane.Load().config.Zones.Follow {
		lists[editionsOf(node)] = true
	}
	for z := range s.store.Status() {
		switch {
		case z.Error == "" || z.Origin == "":
		case z.Loaded.IsZero():
			add(z.Origin, incident.Unserved, z.Error)
		default:
			add(z.Origin, incident.Refused, z.Error)
		}
	}
	for _, z := range s.secondaries.Status() {
		if z.State == transfer.Expired && !lists[z.Origin] {
			add(z.Origin, incident.Expired, z.Error)
		}
	}
	return bad
}

// few are the bad zones that are told of one by one: those that are already, then the first by name.
func (m *zoneMemory) few(told []string) (shown []string) {
	for on := range m.bad {
		shown = append(shown, on)
	}
	rank := func(on string) int {
		if slices.Contains(told, on) {
			return 0
		}
		return 1
	}
	slices.SortFunc(shown, func(a, b string) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b)) })
	return shown[:min(len(shown), badZones)]
}

// changed takes note of new versions. Many at once are one event.
func (m *zoneMemory) changed(before, after *zones.Set, now time.Time) {
	if before == after {
		return
	}
	var fresh []word
	for _, z := range after.All() {
		was := before.Zone(z.Origin())
		if z.Hidden() || z.Unready() != "" || was == z || was != nil && was.Serial() == z.Serial() {
			continue
		}
		r := incident.Report{At: now.UTC().Truncate(time.Millisecond), Kind: incident.Zone, On: "zone:" + z.Origin().String(), To: incident.Serial, Number: uint64(z.Serial()),
			Reason: fmt.Sprintf("serial %d is served", z.Serial())}
		if was != nil {
			r.Reason = fmt.Sprintf("serial %d is served, after %d", z.Serial(), was.Serial())
		}
		fresh = append(fresh, word{report: r, once: true})
	}
	if m.fresh == nil {
		m.fresh = map[string]word{}
	}
	if len(fresh) > badZones {
		r := fresh[0].report
		r.On, r.Number, r.Reason = others, uint64(now.Unix()), fmt.Sprintf("new versions of %d zones are served", len(fresh))
		fresh = []word{{report: r, once: true}}
	}
	for _, w := range fresh {
		m.fresh[w.report.On] = w
	}
}

// serials are the new versions that are still to be told of.
//
//	the version      is told of already             no more
//	its zone         was told of not long ago       later
//	the day          has enough of them             no more
//	otherwise                                       now
func (m *zoneMemory) serials(log *incident.Log, now time.Time) (list []word) {
	for on, w := range m.fresh {
		at, inADay := log.Serials(on, now.Add(-24*time.Hour))
		switch {
		case log.Told(w.report), inADay >= newSerials:
			delete(m.fresh, on)
		case now.Sub(at) >= serialEvery:
			list = append(list, w)
		}
	}
	return list
}
