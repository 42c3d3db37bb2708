package service

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"leeward/cluster"
	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/challenge"
	"leeward/zones"
)

// challenged is the zones served with the challenges that stand. The loop makes a new value when any of them has changed.
type challenged struct {
	of    *served
	notes []cluster.Note        // that list was read from
	list  []challenge.Challenge // by name and token
	set   *zones.Set
	spots map[zones.Name]spot // by name of a challenge
}

// spot is where a challenge stands.
type spot struct {
	zone zones.Name // "": no zone served has the name
	bar  error      // why it cannot be answered with there; nil: it is
}

// standing are the challenges that stand, by name and token.
func (s *Service) standing() []challenge.Challenge {
	return challengesIn(s.node.Notes(cluster.TopicChallenge))
}

// challengesIn reads notes. One that cannot be read was not issued by Leeward.
func challengesIn(notes []cluster.Note) (list []challenge.Challenge) {
	for _, n := range notes {
		if c, err := challenge.Read(n); err == nil {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b challenge.Challenge) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Token, b.Token))
	})
	return list
}

// withChallenges is the zones to answer from. The loop calls it.
func (s *Service) withChallenges() *zones.Set {
	now, notes := s.served.Load(), s.node.Notes(cluster.TopicChallenge)
	if last := s.challenged.Load(); last.of != now || !slices.EqualFunc(last.notes, notes, sameNote) {
		s.challenged.Store(challengedBy(now, notes))
	}
	return s.challenged.Load().set
}

// challengedBy is the zones with challenges.
func challengedBy(of *served, notes []cluster.Note) *challenged {
	c := &challenged{of: of, notes: notes, list: challengesIn(notes), set: of.set, spots: map[zones.Name]spot{}}
	records := map[*zones.Zone][]zones.Record{}
	for _, one := range c.list {
		zone, at := spotOf(of.set, one.Name)
		if c.spots[one.Name] = at; at.bar == nil {
			records[zone] = append(records[zone], one.Record())
		}
	}
	if len(records) == 0 {
		return c
	}
	var with []*zones.Zone
	for zone, records := range records {
		with = append(with, zone.With(records))
	}
	c.set = of.set.With(with...)
	return c
}

// spotOf is where a challenge of a name would stand.
func spotOf(set *zones.Set, name zones.Name) (*zones.Zone, spot) {
	zone := set.Find([]byte(name), dns.TypeTXT)
	if zone == nil {
		var served []string
		for _, z := range set.All() {
			if !z.Hidden() {
				served = append(served, z.Origin().Bare())
			}
		}
		slices.Sort(served)
		if len(served) == 0 || len(served) > 5 {
			return nil, spot{bar: fmt.Errorf("no zone served here has %s", name.Bare())}
		}
		return nil, spot{bar: fmt.Errorf("no zone served here has %s: there are %s", name.Bare(), strings.Join(served, ", "))}
	}
	return zone, spot{zone.Origin(), zone.Bars(name)}
}

// Challenges are the challenges that stand, as they are answered with here.
func (s *Service) Challenges() []admin.Challenge {
	shown := []admin.Challenge{}
	now := s.challenged.Load()
	for _, c := range now.list {
		shown = append(shown, shownChallenge(c, now.spots[c.Name]))
	}
	return shown
}

func shownChallenge(c challenge.Challenge, at spot) admin.Challenge {
	one := admin.Challenge{Name: c.Name.String(), Token: c.Token, By: c.By, Issued: c.Issued, Until: c.Until}
	if at.zone != "" {
		one.Zone = at.zone.String()
	}
	if at.bar != nil {
		one.Problem = at.bar.Error()
	}
	return one
}

// challengeProblems are the challenges that this node does not answer with.
func challengeProblems(challenges []admin.Challenge) (list []string) {
	for _, c := range challenges {
		if c.Problem != "" && !slices.ContainsFunc(list, func(had string) bool { return strings.HasSuffix(had, c.Problem) }) {
			list = append(list, fmt.Sprintf("the challenge at %s is not answered with here: %s", strings.TrimSuffix(c.Name, "."), c.Problem))
		}
	}
	return list
}

// challenges counts the challenges.
func (c collector) challenges(put put) {
	answered, barred := 0, 0
	now := c.s.challenged.Load()
	for _, one := range now.list {
		if now.spots[one.Name].bar == nil {
			answered++
		} else {
			barred++
		}
	}
	put(challengesNow, float64(answered), "answered")
	put(challengesNow, float64(barred), "barred")
}
