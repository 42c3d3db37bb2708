package service

import (
	"fmt"
	"maps"
	"slices"

	"leeward/cluster"
	"leeward/zones"
	"leeward/zones/transfer"
)

// list is what a followed node lists, read once.
type list struct {
	of       *zones.Zone // its editions, of which it was read
	versions map[zones.Name]version
}

// read reads the editions of a followed node, as far as they are here.
func (f *following) read(node string, editions *zones.Zone) list {
	l := f.lists[node]
	if l.of == editions {
		return l
	}
	l = list{editions, map[zones.Name]version{}}
	if editions != nil && editions.Unready() == "" {
		members, _ := transfer.Members(editions) // of an error the secondaries have told
		for _, m := range members {
			l.versions[m.Origin] = parseVersion(m.Version)
		}
	}
	f.lists[node] = l
	return l
}

// compare finds what is older here than at a node that is followed, and asks for it.
//
//	the node's editions             the zone here                 then
//	newer than those fetched        any                           the editions are asked for; a lag of its own
//	list the same version, or none  any                           nothing
//	list another version            fetched because they list it  it is asked for; a lag
//	                                otherwise                     nothing; see conflict
func (s *Service) compare(node string, members []cluster.Member) (lags []cluster.Lag) {
	at := slices.IndexFunc(members, func(m cluster.Member) bool { return m.Name == node })
	if at < 0 {
		return nil
	}
	origin, set := editionsOf(node), s.served.Load().set
	newest, here := version{serial: members[at].Zones.Edition}, version{serial: versionOf(set.Zone(origin)).serial}
	if newest.serial != 0 && newest != here {
		s.insist(origin, newest, here)
		lags = append(lags, cluster.Lag{Zone: "(list of " + node + ")", Serial: here.serial, Newest: newest.serial})
	}
	versions := s.following.read(node, set.Zone(origin)).versions
	for _, zone := range slices.Sorted(maps.Keys(versions)) {
		theirs, ours := versions[zone], versionOf(set.Zone(zone))
		source, fetched := s.secondaries.Source(zone)
		switch {
		case theirs.same(version{}):
		case theirs.same(ours):
			delete(s.following.asked, zone)
		case fetched && source == origin:
			s.insist(zone, theirs, ours)
			lags = append(lags, cluster.Lag{Zone: zone.String(), Serial: ours.serial, Newest: theirs.serial})
		}
	}
	return lags
}

// conflict finds zones that are edited at two places, and tells of each once. A zone that comes from elsewhere at one of
// the places is as fresh as it can be there.
//
//	a followed node has in a file       here                                     then
//	another version                     in a file                                a conflict
//	another version than another node   fetched as that one has it, in a file    a conflict
//	anything else                       anything                                 none
func (s *Service) conflict(nodes []string) {
	var found []string
	set := s.served.Load().set
	own := make(map[zones.Name]bool, len(s.following.own))
	for _, zone := range s.following.own {
		own[zone] = true
	}
	for _, node := range nodes {
		for zone, theirs := range s.following.lists[node].versions {
			ours, place := versionOf(set.Zone(zone)), "here"
			if !own[zone] {
				ours, place = s.followedFrom(zone, nodes)
			}
			if place == "" || place == node || theirs.fetched || ours.fetched || theirs.same(version{}) || theirs.same(ours) {
				continue
			}
			at, what := place, "what "+place+" has"
			if place != "here" {
				at = "on " + place
			} else {
				what = "what is here"
			}
			found = append(found, fmt.Sprintf("zone %s is edited at two places: serial %d %s, serial %d on %s; %s is served here",
				zone.Bare(), ours.serial, at, theirs.serial, node, what))
		}
	}
	slices.Sort(found)
	if before := s.conflicts.Load(); len(found) > 0 {
		for _, sentence := range found {
			if before == nil || !slices.Contains(*before, sentence) {
				s.log.Warn(sentence)
			}
		}
	}
	s.conflicts.Store(&found)
}

// followedFrom is the node that a zone is followed from, and the version that it lists; "" if none is.
func (s *Service) followedFrom(zone zones.Name, nodes []string) (version, string) {
	source, fetched := s.secondaries.Source(zone)
	for _, node := range nodes {
		if fetched && source == editionsOf(node) {
			return s.following.lists[node].versions[zone], node
		}
	}
	return version{}, ""
}
