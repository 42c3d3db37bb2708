package zones

import (
	"maps"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"leeward/steering"
)

// Set is the zones that are served. It is immutable; its zero value serves none.
type Set struct {
	zones map[string]*Zone // by origin
	depth int              // labels of the deepest origin
}

// NewSet is the set of the zones. Of two with the same origin the later counts.
func NewSet(zones ...*Zone) *Set {
	s := &Set{zones: make(map[string]*Zone, len(zones))}
	for _, z := range zones {
		s.zones[string(z.origin)] = z
		s.depth = max(s.depth, z.origin.Labels())
	}
	return s
}

// Find is the zone that answers for a name (in lower case, uncompressed wire form): the one with the longest origin.
// A question for DS at an apex belongs to the parent side (RFC 4035 section 3.1.4.1): it goes to the zone above, if
// that one is served and knows the name as its own delegation. Nil when no zone fits. It does not allocate.
func (s *Set) Find(name []byte, qtype uint16) *Zone {
	z, rest := s.longest(name)
	if z == nil || qtype != dns.TypeDS || len(rest) != len(name) || len(name) == 1 {
		return z
	}
	parent, _ := s.longest(skipLabels(name, 1))
	if parent == nil {
		return z
	}
	if r := parent.Lookup(name, qtype); r.Node == nil || r.Wildcard {
		return z
	}
	return parent
}

// longest is the zone with the longest origin at or above the name, and that part of the name.
func (s *Set) longest(name []byte) (*Zone, []byte) {
	name = skipLabels(name, countLabels(name)-s.depth)
	for {
		if z, ok := s.zones[string(name)]; ok {
			return z, name
		}
		if len(name) <= 1 {
			return nil, nil
		}
		name = skipLabels(name, 1)
	}
}

// Zone is the zone of this origin, or nil.
func (s *Set) Zone(origin Name) *Zone { return s.zones[string(origin.Lower())] }

// All are the zones in order of their origins.
func (s *Set) All() []*Zone {
	return slices.SortedFunc(maps.Values(s.zones), func(a, b *Zone) int {
		return strings.Compare(string(a.origin), string(b.origin))
	})
}

// Services are what check= of policies has probed, in any of the zones; in no order, and some may be there twice.
func (s *Set) Services() (list []steering.Service) {
	for _, z := range s.zones {
		list = append(list, z.Services()...)
	}
	return list
}

// With is the set with the zones added, or put in the place of their earlier versions.
func (s *Set) With(zones ...*Zone) *Set {
	fresh := &Set{zones: maps.Clone(s.zones), depth: s.depth}
	if fresh.zones == nil {
		fresh.zones = map[string]*Zone{}
	}
	for _, z := range zones {
		fresh.zones[string(z.origin)] = z
		fresh.depth = max(fresh.depth, z.origin.Labels())
	}
	return fresh
}
