package geo

import (
	"errors"
	"fmt"
	"net/netip"

	"leeward/steering"
)

// Options are what a map is made of.
type Options struct {
	Database *Database         // nil: no location is known
	Network  *steering.Network // nil: without colos
	Fallback steering.Location // where clients of unknown location stand
	Nets     *Nets             // nil: no nets file. Must be parsed for the same network
}

// Map knows the region of every client address. It is immutable.
type Map struct {
	options Options
	regions []*steering.Region
	unknown *steering.Region
	v4, v6  trie
}

// Compile makes the map of a network. An error means that the database is damaged, and names the network of its first
// bad record, or that the options do not fit together. Equal orders of colos share one region.
func Compile(o Options) (*Map, error) {
	if err := onEarth(o.Fallback); err != nil {
		return nil, fmt.Errorf("default %w", err)
	}
	if o.Nets != nil && o.Nets.network != o.Network {
		return nil, errors.New("the nets file was parsed for another network")
	}
	if o.Nets == nil {
		o.Nets = &Nets{}
	}
	t := &tree{}
	if o.Database != nil {
		t = &o.Database.tree
	}
	m := &Map{options: o}
	all := newRegions(o)
	var err error
	v4 := &fold{tree: t, halves: t.halves, regions: all, width: 32}
	if m.v4, err = v4.trie(t.v4, o.Nets.v4); err != nil {
		return nil, err
	}
	v6 := &fold{tree: t, halves: t.halves6, regions: all, width: 128}
	if m.v6, err = v6.trie(t.v6, o.Nets.v6); err != nil {
		return nil, err
	}
	if len(all.list) > regionMask+1 {
		return nil, fmt.Errorf("%d regions, more than %d: too many colos for so fine a database", len(all.list), regionMask+1)
	}
	m.regions, m.unknown = all.list, all.list[all.fallback]
	return m, nil
}

// Lookup is the region of a client and the length of the longest prefix around it in which all clients are of that
// region: the scope of RFC 7871, 0 to 32 for IPv4 and 0 to 128 for IPv6. An IPv4 address in IPv6 counts as IPv4. It
// allocates nothing and takes no lock.
func (m *Map) Lookup(addr netip.Addr) (*steering.Region, int) {
	if !addr.IsValid() {
		return m.unknown, 0
	}
	addr = addr.Unmap()
	t := &m.v6
	if addr.Is4() {
		t = &m.v4
	}
	region, depth := t.find(bitsOf(addr))
	return m.regions[region], depth
}

// Explain says where the map puts a client, and by what in words: "nets file (line 3): ams iad", "country GB",
// "default: not located by GeoLite2-City". Where the nets file names colos, the location is the one by which the others
// follow.
func (m *Map) Explain(addr netip.Addr) (loc steering.Location, by string) {
	addr = addr.Unmap()
	rule := m.options.Nets.rule(addr)
	if rule != nil && rule.stands {
		return rule.at, rule.by()
	}
	loc, by = m.options.Fallback, "default"
	if m.options.Database != nil {
		at, words, ok := m.options.Database.Locate(addr)
		if ok {
			loc, by = at, words
		} else {
			by += ": " + words
		}
	}
	if rule != nil {
		by = rule.by() + ", then " + by
	}
	return loc, by
}
