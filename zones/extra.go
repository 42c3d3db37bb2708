package zones

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// Bars says why a record that the zone does not have cannot be answered with at a name, nil if it can. The name is in lower
// case, at or below the origin.
//
//	the zone              the name                                  then
//	has nothing           any                                       barred: for the same reason
//	is hidden             any                                       barred
//	is signed             any                                       barred: without a signature it would be bogus (RFC 4035 5)
//	any other             lies at or below a zone cut               barred: others answer
//	any other             lies below a DNAME                        barred: it is asked for elsewhere
//	any other             has a CNAME                               barred: likewise
//	any other             any other                                 not barred
func (z *Zone) Bars(name Name) error {
	switch {
	case z.unready != "":
		return fmt.Errorf("zone %s has nothing to answer with: %s", z.origin.Bare(), z.unready)
	case z.hidden:
		return fmt.Errorf("zone %s is for other servers only", z.origin.Bare())
	case z.text.signed:
		return fmt.Errorf("zone %s is signed in its file: a record without a signature would be bogus; write it into the zone, and sign it", z.origin.Bare())
	}
	r := z.Lookup([]byte(name), dns.TypeTXT)
	switch {
	case r.Kind == Referral:
		return fmt.Errorf("%s is delegated to %s: ask there", r.Set.Owner.Bare(), targets(r.Set))
	case r.Kind == DNAME:
		return fmt.Errorf("%s has a DNAME that leads to %s: %s is asked for there", r.Set.Owner.Bare(), targets(r.Set), name.Bare())
	case r.Kind == CNAME && !r.Wildcard:
		return fmt.Errorf("%s has a CNAME that leads to %s: it is asked for there", name.Bare(), targets(r.Set))
	}
	return nil
}

// targets are the names in an NS, CNAME or DNAME RRset.
func targets(s *RRset) string {
	var names []string
	for rdata := range s.All() {
		names = append(names, Name(rdata).Bare())
	}
	return strings.Join(names, ", ")
}

// With is the same version, which answers with these records too. They are of types that lead to no other names, at names
// that the zone does not bar, and go with a version: what is transferred, written, compared and counted is as without.
//
// A name that comes to be by them has nothing else. One above it that comes to be goes on answering by the wildcard that
// it had, and so do all names below that: for a name that exists none would (RFC 4592).
func (z *Zone) With(records []Record) *Zone {
	fresh := *z
	fresh.nodes = z.nodes.cloned()
	g := growth{zone: &fresh, network: z.network, room: &room{}, shared: &sharing{map[int]bool{}, map[Name]*Node{}, map[Name]*Node{}}}
	sets := map[Name]map[uint16][]Record{}
	for _, r := range records {
		owner := r.Owner.Lower()
		if sets[owner] == nil {
			sets[owner] = map[uint16][]Record{}
		}
		sets[owner][r.Type] = append(sets[owner][r.Type], r)
	}
	fresh.added = make(map[Name]bool, len(sets))
	for owner, of := range sets {
		fresh.added[owner] = true
		g.node(owner)
		n := g.own(owner)
		for _, list := range of {
			n.add(list)
		}
	}
	for name, n := range g.shared.made {
		g.rule(name, n)
	}
	for name, n := range g.shared.made {
		if r := z.Lookup([]byte(name), dns.TypeANY); r.Wildcard && sets[name] == nil {
			n.sets, n.rarely().wildcard = r.Node.sets, r.Node
		}
	}
	return &fresh
}

// Adds says whether a name, in lower case, is answered with records that are not in the zone's text, as With gave it.
func (z *Zone) Adds(name Name) bool { return z.added[name] }

// add adds records of one type to a node that nobody else has yet. The lowest TTL holds for all (RFC 2181 section 5.2).
func (n *Node) add(records []Record) {
	set := &RRset{Owner: records[0].Owner, Type: records[0].Type, TTL: records[0].TTL}
	var octets []byte
	if old := n.set(set.Type); old != nil {
		set.TTL = min(set.TTL, old.TTL)
		octets = slices.Clone(old.octets())
		set.records = old.records
	}
	for _, r := range records {
		set.TTL = min(set.TTL, r.TTL)
		if !slices.ContainsFunc(slices.Collect(set.All()), func(have []byte) bool { return bytes.Equal(have, []byte(r.RData)) }) {
			octets = appendRecord(octets, []byte(r.RData))
			set.records = pack(octets)
		}
	}
	n.sets = slices.DeleteFunc(slices.Clone(n.sets), func(s *RRset) bool { return s.Type == set.Type })
	at, _ := slices.BinarySearchFunc(n.sets, set, func(a, b *RRset) int { return int(a.Type) - int(b.Type) })
	n.sets = slices.Insert(n.sets, at, set)
}

// Contains says whether a name, in lower case, lies at the origin or below.
func (z *Zone) Contains(name Name) bool { return name.within(z.origin) }

// SetAt is the RRset that stands at a name, in lower case, whoever answers for it; nil for none. No wildcard counts.
func (z *Zone) SetAt(name Name, typ uint16) *RRset {
	if n := z.nodes.of(name); n != nil {
		return n.set(typ)
	}
	return nil
}

// InUse says whether a name, in lower case, has any record of its own.
func (z *Zone) InUse(name Name) bool {
	n := z.nodes.of(name)
	return n != nil && len(n.sets) > 0
}

// Is says whether the RRset has just these records, as DNS compares them; one may be there twice.
func (s *RRset) Is(rdata iter.Seq[string]) bool {
	want := map[string]bool{}
	for r := range rdata {
		want[canonical(s.Type, []byte(r))] = true
	}
	for have := range s.All() {
		if !want[canonical(s.Type, have)] {
			return false
		}
	}
	return len(want) == s.Len()
}
