package zones

import "github.com/miekg/dns"

// Between is the change from one version of a zone to another, nil when both say the same with the same serial. It is
// exact to the TTL and to the letter case: before.Apply of it has the very records of after.
//
// It takes as long as it takes to look at each RRset once, and keeps only the difference in memory.
func Between(before, after *Zone) *Change {
	c := &Change{Before: before.soa.record(0), After: after.soa.record(0)}
	if c.Before == c.After && before.text.digest == after.text.digest {
		return nil
	}
	c.differ(before.text.sets, after.text.sets)
	return c
}

// differ notes the difference between two lists of RRsets.
func (c *Change) differ(before, after []*RRset) {
	gone := align(before, after, func(was *RRset, at int) {
		is := after[at]
		if was != nil {
			c.Removed = was.without(is, c.Removed)
		}
		c.Added = is.without(was, c.Added)
	})
	for _, s := range gone {
		c.Removed = s.without(nil, c.Removed)
	}
}

// without adds to a list the records that the set has and the other, which may be nil, has not.
func (s *RRset) without(other *RRset, to []Record) []Record {
	if s.Type == dns.TypeSOA || s == other {
		return to
	}
	if other == nil || s.TTL != other.TTL || s.Owner != other.Owner {
		for rdata := range s.All() {
			to = append(to, s.of(rdata))
		}
		return to
	}
	if s.Len() == 1 && other.Len() == 1 && string(s.RData(0)) == string(other.RData(0)) {
		return to
	}
	there := make(map[string]bool, other.Len())
	for rdata := range other.All() {
		there[string(rdata)] = true
	}
	for rdata := range s.All() {
		if !there[string(rdata)] {
			to = append(to, s.of(rdata))
		}
	}
	return to
}
