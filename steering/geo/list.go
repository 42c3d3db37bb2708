package geo

import (
	"cmp"
	"net/netip"
	"slices"
	"sort"
)

// list is the prefixes of one family that a file has lines for, in order of their addresses, a shorter one before the longer
// ones in it. It is flat arrays without pointers: 17 bytes a prefix of IPv4, 25 of IPv6.
type list struct {
	hi, lo []uint64 // the bits of the address; lo is nil for IPv4
	length []uint8
	line   []uint32 // the first that is about the prefix
	value  []uint32 // what is said of it
}

// lists is the prefixes of both families.
type lists struct{ v4, v6 list }

// of is the list of an address's family.
func (l *lists) of(addr netip.Addr) *list {
	if addr.Is4() {
		return &l.v4
	}
	return &l.v6
}

func (l *list) bits(i uint32) bits {
	b := bits{hi: l.hi[i]}
	if l.lo != nil {
		b.lo = l.lo[i]
	}
	return b
}

// add adds a prefix, behind all others.
func (l *list) add(d draft) {
	l.hi = append(l.hi, d.addr.hi)
	if !d.is4 {
		l.lo = append(l.lo, d.addr.lo)
	}
	l.length = append(l.length, d.length)
	l.line = append(l.line, d.line)
	l.value = append(l.value, d.value)
}

// span is what a list has for some prefix of the address space: a part of it, and what holds for the whole of that prefix.
type span struct {
	from, to uint32 // the prefixes within it
	holds    uint32 // one more than the position of the longest prefix around it; 0: none is
}

// all is the span of the whole address space.
func (l *list) all() span { return span{to: uint32(len(l.hi))} }

func (s span) empty() bool { return s.from == s.to }

// enter takes the prefix of a depth itself, which is the first if it is listed, from those within it to what holds.
func (l *list) enter(s span, depth int) span {
	if !s.empty() && int(l.length[s.from]) == depth {
		s.from++
		s.holds = s.from
	}
	return s
}

// says is what is said of a span as a whole. With ok false nothing is, and value is 0.
func (l *list) says(s span) (value uint32, ok bool) {
	if s.holds == 0 {
		return 0, false
	}
	return l.value[s.holds-1], true
}

// split gives the spans of both halves of the prefix of a depth, which was entered.
func (l *list) split(s span, depth int) [2]span {
	if s.empty() {
		return [2]span{s, s}
	}
	middle := s.from + uint32(sort.Search(int(s.to-s.from), func(i int) bool { return l.bits(s.from+uint32(i)).at(depth) == 1 }))
	return [2]span{{s.from, middle, s.holds}, {middle, s.to, s.holds}}
}

// longest is the position of the longest prefix that contains an address of the list's family.
func (l *list) longest(addr netip.Addr) (i uint32, ok bool) {
	a, s := bitsOf(addr), l.all()
	for depth := 0; ; depth++ {
		if s = l.enter(s, depth); s.empty() {
			return s.holds - 1, s.holds > 0
		}
		s = l.split(s, depth)[a.at(depth)]
	}
}

// draft is a line that is about a prefix, before all are put in order.
type draft struct {
	addr   bits
	line   uint32
	value  uint32
	length uint8
	is4    bool
}

func newDraft(p netip.Prefix, line, value uint32) draft {
	return draft{addr: bitsOf(p.Addr()), line: line, value: value, length: uint8(p.Bits()), is4: p.Addr().Is4()}
}

func (d *draft) prefix() netip.Prefix {
	width := 128
	if d.is4 {
		width = 32
	}
	return d.addr.prefix(int(d.length), width)
}

// samePrefix says whether two lines are about one prefix.
func (d *draft) samePrefix(other *draft) bool {
	return d.is4 == other.is4 && d.addr == other.addr && d.length == other.length
}

// put puts lines in the order of a list, IPv4 first; those about one prefix by what else is to be compared.
func put(drafts []draft, also func(a, b draft) int) {
	slices.SortFunc(drafts, func(a, b draft) int {
		if a.is4 != b.is4 {
			if a.is4 {
				return -1
			}
			return 1
		}
		if c := cmp.Compare(a.addr.hi, b.addr.hi); c != 0 {
			return c
		}
		if c := cmp.Compare(a.addr.lo, b.addr.lo); c != 0 {
			return c
		}
		if c := cmp.Compare(a.length, b.length); c != 0 {
			return c
		}
		if c := also(a, b); c != 0 {
			return c
		}
		return cmp.Compare(a.line, b.line)
	})
}

// twice finds the first line that says again what one before it says, among lines put in order.
func twice(drafts []draft, same func(a, b *draft) bool) (before, again draft, found bool) {
	for i := 1; i < len(drafts); i++ {
		a, b := &drafts[i-1], &drafts[i]
		if same(a, b) && (!found || b.line < again.line) {
			before, again, found = *a, *b, true
		}
	}
	return before, again, found
}

// newLists makes the lists of lines put in order, no two of which are about one prefix.
func newLists(drafts []draft) lists {
	is4 := sort.Search(len(drafts), func(i int) bool { return !drafts[i].is4 })
	all := lists{v4: grown(is4), v6: grown(len(drafts) - is4)}
	for _, d := range drafts[:is4] {
		all.v4.add(d)
	}
	all.v6.lo = make([]uint64, 0, len(drafts)-is4)
	for _, d := range drafts[is4:] {
		all.v6.add(d)
	}
	return all
}

// grown is an empty list with room for n prefixes.
func grown(n int) list {
	return list{hi: make([]uint64, 0, n), length: make([]uint8, 0, n), line: make([]uint32, 0, n), value: make([]uint32, 0, n)}
}
