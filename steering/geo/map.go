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

	// Reopen gives Database once more, for Explain: a map with Reopen does not keep Database, which may be as large as a
	// hundred megabytes and is needed for nothing else. An error says why there is no such database any more. nil: the
	// map keeps Database.
	Reopen func() (*Database, error)

	// Progress is told again and again, far more often than a person would read it, how much of the database Compile has
	// done by now. nil: nobody asks.
	Progress func(done, total int)
}

// Map knows the region of every client address. It is immutable.
type Map struct {
	nets     *Nets
	fallback steering.Location
	database func() (*Database, error) // nil: there was none
	regions  []*steering.Region
	unknown  *steering.Region
	v4, v6   trie
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
	m := &Map{nets: o.Nets, fallback: o.Fallback, database: o.reopen()}
	all := newRegions(o)
	var err error
	v4 := &fold{tree: t, halves: t.halves, regions: all, width: 32, progress: o.Progress}
	if m.v4, err = v4.trie(t.v4, o.Nets.v4); err != nil {
		return nil, err
	}
	v6 := &fold{tree: t, halves: t.halves6, regions: all, width: 128, progress: o.Progress, before: v4.visited}
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

// Shares is the part of all IPv4 addresses that the clients of each region have. It adds up to 1.
func (m *Map) Shares() map[*steering.Region]float64 {
	shares := map[*steering.Region]float64{}
	each := 1 / float64(len(m.v4.top))
	for _, at := range m.v4.top {
		m.v4.leaves(at, each, func(region uint32, share float64) { shares[m.regions[region]] += share })
	}
	return shares
}

// reopen is what a map has of its database for Explain.
func (o *Options) reopen() func() (*Database, error) {
	d := o.Database
	switch {
	case d == nil:
		return nil
	case o.Reopen != nil:
		return o.Reopen
	}
	return func() (*Database, error) { return d, nil }
}

// Explain says where the map puts a client, and by what in words: "nets file (line 3): ams iad", "country GB",
// "default: not located by GeoLite2-City". Where the nets file names colos, the location is the one by which the others
// follow. With ok false it is the database that knows, and it cannot be asked any more; by says why.
func (m *Map) Explain(addr netip.Addr) (loc steering.Location, by string, ok bool) {
	addr = addr.Unmap()
	rule := m.nets.rule(addr)
	if rule != nil && rule.stands {
		return rule.at, rule.by(), true
	}
	loc, by, ok = m.explain(addr)
	if rule != nil {
		by = rule.by() + ", then " + by
	}
	return loc, by, ok
}

// explain does without the nets file.
func (m *Map) explain(addr netip.Addr) (loc steering.Location, by string, ok bool) {
	if m.database == nil {
		return m.fallback, "default", true
	}
	d, err := m.database()
	if err != nil {
		return loc, "unknown: " + err.Error(), false
	}
	if loc, by, ok = d.Locate(addr); !ok {
		loc, by = m.fallback, "default: "+by
	}
	return loc, by, true
}
