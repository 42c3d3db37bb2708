package zones

import (
	"bytes"

	"github.com/miekg/dns"
)

// ahead of one that is out of step, so many RRsets of the other list are looked at.
const maxLookAhead = 64

// align goes through two lists of RRsets and hands to pair the place of each of the second list, with the one of the first list
// that has the same key, or nil. Those of the first list without a partner are returned. Lists in nearly the same order, which
// those of two versions of a zone are, are walked side by side; only what is out of step is looked up.
func align(before, after []*RRset, pair func(was *RRset, at int)) (gone []*RRset) {
	var lost []*RRset
	var found []int
	i, j := 0, 0
	for i < len(before) && j < len(after) {
		if before[i].alike(after[j]) {
			pair(before[i], j)
			i, j = i+1, j+1
			continue
		}
		skip, leap := lookAhead(before[i:], after[j]), lookAhead(after[j:], before[i])
		if skip < 0 && leap < 0 {
			skip, leap = 1, 1
		} else if leap < 0 || skip >= 0 && skip <= leap {
			leap = 0
		} else {
			skip = 0
		}
		lost = append(lost, before[i:i+skip]...)
		for ; leap > 0; leap-- {
			found = append(found, j)
			j++
		}
		i += skip
	}
	lost = append(lost, before[i:]...)
	for ; j < len(after); j++ {
		found = append(found, j)
	}
	return rejoin(lost, after, found, pair)
}

// lookAhead is how far ahead a list has an RRset with the key of another, -1 when it is not near.
func lookAhead(list []*RRset, s *RRset) int {
	for i, other := range list[:min(len(list), maxLookAhead)] {
		if other.alike(s) {
			return i
		}
	}
	return -1
}

// rejoin pairs what is out of step.
func rejoin(lost, after []*RRset, found []int, pair func(was *RRset, at int)) (gone []*RRset) {
	byKey := make(map[setKey]*RRset, len(lost))
	for _, s := range lost {
		byKey[s.key()] = s
	}
	for _, at := range found {
		key := after[at].key()
		pair(byKey[key], at)
		delete(byKey, key)
	}
	for _, s := range lost {
		if byKey[s.key()] == s {
			gone = append(gone, s)
		}
	}
	return gone
}

func (s *RRset) key() setKey { return setKey{s.Owner.Lower(), s.Type, s.Covers()} }

// alike says whether two RRsets have the same key.
func (s *RRset) alike(other *RRset) bool {
	return s == other || s.Type == other.Type && s.Covers() == other.Covers() && s.Owner.is(other.Owner)
}

// same says whether two RRsets say the same, in the same order.
func (s *RRset) same(other *RRset) bool {
	switch {
	case s == other:
		return true
	case s == nil || other == nil || s.Owner != other.Owner || s.Type != other.Type || s.TTL != other.TTL,
		!bytes.Equal(s.octets(), other.octets()):
		return false
	}
	return s.Signatures().same(other.Signatures())
}

// adopt puts into the second list, which nobody has seen yet, the RRsets of the first that say the same. It returns the owners
// of all others, in lower case; the apex only if more than its SOA differs. Those do not hold on to what they were read with.
func adopt(before, after []*RRset) (touched map[Name]bool) {
	touched = map[Name]bool{}
	touch := func(s *RRset) {
		if s.Type != dns.TypeSOA {
			touched[s.Owner.Lower()] = true
		}
	}
	gone := align(before, after, func(was *RRset, at int) {
		if was.same(after[at]) {
			after[at] = was
			return
		}
		touch(after[at])
		after[at] = after[at].detached()
	})
	for _, s := range gone {
		touch(s)
	}
	sign(&room{}, after)
	return touched
}
