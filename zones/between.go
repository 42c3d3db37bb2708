package zones

import (
	"cmp"
	"slices"

	"github.com/miekg/dns"
)

// Between is the change from one version of a zone to another, nil when both say the same with the same serial. It is
// exact to the TTL and to the letter case: before.Apply of it has the very records of after.
//
// It takes as long as it takes to look at each RRset once, and keeps only the difference in memory.
func Between(before, after *Zone) *Change {
	c := &Change{Before: before.soa.record(0), After: after.soa.record(0)}
	if c.Before == c.After && before.text.digest == after.text.digest {
		return nil
	}
	c.differ(before.text.sets, after.text.sets, before.index().find, after.index().find)
	return c
}

// finder finds the RRset with the key of another one, nil if there is none.
type finder func(*RRset) *RRset

// differ notes the difference between two lists of RRsets, with what finds them.
func (c *Change) differ(before, after []*RRset, had, have finder) {
	for _, s := range before {
		c.Removed = s.without(have(s), c.Removed)
	}
	for _, s := range after {
		c.Added = s.without(had(s), c.Added)
	}
}

// among finds in a list that is not long.
func among(sets []*RRset) finder {
	byKey := make(map[setKey]*RRset, len(sets))
	for _, s := range sets {
		byKey[setKey{s.Owner.Lower(), s.Type, s.Covers}] = s
	}
	return func(s *RRset) *RRset { return byKey[setKey{s.Owner.Lower(), s.Type, s.Covers}] }
}

// without adds to a list the records that the set has and the other, which may be nil, has not.
func (s *RRset) without(other *RRset, to []Record) []Record {
	if s.Type == dns.TypeSOA || s == other {
		return to
	}
	if other == nil || s.TTL != other.TTL || s.Owner != other.Owner {
		for i := range s.Len() {
			to = append(to, s.record(i))
		}
		return to
	}
	if s.Len() == 1 && other.Len() == 1 && string(s.RData(0)) == string(other.RData(0)) {
		return to
	}
	there := make(map[string]bool, other.Len())
	for i := range other.Len() {
		there[string(other.RData(i))] = true
	}
	for i := range s.Len() {
		if !there[string(s.RData(i))] {
			to = append(to, s.record(i))
		}
	}
	return to
}

// index finds the RRsets of a zone without a map of them all. The tree has all but the chain of NSEC3, whose owners are no names of the zone.
type index struct {
	zone   *Zone
	hashed map[setKey]*RRset
}

func (z *Zone) index() index {
	x := index{zone: z}
	for _, s := range z.text.sets {
		if s.Type != dns.TypeNSEC3 && s.Covers != dns.TypeNSEC3 {
			continue
		}
		if x.hashed == nil {
			x.hashed = map[setKey]*RRset{}
		}
		x.hashed[setKey{s.Owner.Lower(), s.Type, s.Covers}] = s
	}
	return x
}

// find is the RRset with the key of another one, or nil. The records of a steered one are in another order.
func (x index) find(s *RRset) *RRset {
	if s.Type == dns.TypeNSEC3 || s.Covers == dns.TypeNSEC3 {
		return x.hashed[setKey{s.Owner.Lower(), s.Type, s.Covers}]
	}
	n := x.zone.nodes[string(s.Owner.Lower())]
	if n == nil {
		return nil
	}
	at, ok := slices.BinarySearchFunc(n.sets, s, func(a, b *RRset) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Covers, b.Covers))
	})
	if !ok {
		return nil
	}
	return n.sets[at]
}
