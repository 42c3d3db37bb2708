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
	ASNs     *ASNs             // nil: no autonomous system is known
	Network  *steering.Network // nil: without colos
	Fallback steering.Location // where clients of unknown location stand
	Nets     *Nets             // nil: no nets file. Must be parsed for a network with the same colos
	Latency  *Latency          // nil: no latency table. Must be parsed for a network with the same colos

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
	latency  *Latency
	fallback steering.Location
	database func() (*Database, error) // nil: there was none
	regions  []*steering.Region
	unknown  *steering.Region
	stands   []Middle // by region
	v4, v6   family

	countries []steering.Country // the first is none
	asns      []uint32           // the first is none
}

// Compile makes the map of a network. An error means that a database is damaged, and names the network of its first
// bad record, or that the options do not fit together; where it lies in one source, a *Fault is wrapped in it. Equal orders
// of colos share one region.
func Compile(o Options) (*Map, error) {
	if o.Nets == nil {
		o.Nets = &Nets{network: o.Network, rules: make([]rule, 1)}
	}
	if o.Latency == nil {
		o.Latency = &Latency{network: o.Network}
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	m := &Map{nets: o.Nets, latency: o.Latency, fallback: o.Fallback, database: o.reopen()}
	all := newRegions(o)
	if err := m.fold(o, all); err != nil {
		return nil, err
	}
	if len(all.list) > valueMask+1 {
		return nil, fmt.Errorf("%d regions, more than %d: too many colos for so fine a map", len(all.list), valueMask+1)
	}
	m.regions, m.unknown, m.stands = all.list, all.list[all.fallback], all.stands
	m.countries, m.asns = all.countries.values, all.asns.values
	if err := o.Nets.checkCountries(m.countries); err != nil {
		return nil, err
	}
	return m, nil
}

// check refuses options that do not fit together.
func (o *Options) check() error {
	if err := onEarth(o.Fallback); err != nil {
		return fmt.Errorf("default %w", err)
	}
	if !sameColos(o.Nets.network, o.Network) {
		return errors.New("the nets file was parsed for other colos")
	}
	if !sameColos(o.Latency.network, o.Network) {
		return errors.New("the latency table was parsed for other colos")
	}
	if o.ASNs == nil {
		return o.Nets.checkNoASNs()
	}
	return nil
}

// fold makes the tries of both families, IPv4 first.
func (m *Map) fold(o Options, all *regions) (err error) {
	places, asns := &tree{}, &tree{}
	if o.Database != nil {
		places = &o.Database.tree
	}
	if o.ASNs != nil {
		asns = &o.ASNs.tree
	}
	before := uint32(0)
	progress := func(visited uint32) {
		if o.Progress != nil {
			o.Progress(int(before)+int(visited), int(places.count))
		}
	}
	v4 := &fold{places: places.walk4(progress), asns: asns.walk4(nil), nets: &o.Nets.prefixes.v4, latency: &o.Latency.prefixes.v4,
		regions: all, width: 32}
	if m.v4, err = v4.fold(); err != nil {
		return err
	}
	before = v4.places.visited
	v6 := &fold{places: places.walk6(progress), asns: asns.walk6(nil), nets: &o.Nets.prefixes.v6, latency: &o.Latency.prefixes.v6,
		regions: all, width: 128}
	m.v6, err = v6.fold()
	return err
}

// Lookup is the region of a client and the length of the longest prefix around it in which all clients are of that
// region: the scope of RFC 7871, 0 to 32 for IPv4 and 0 to 128 for IPv6. An IPv4 address in IPv6 counts as IPv4. It
// allocates nothing and takes no lock.
func (m *Map) Lookup(addr netip.Addr) (*steering.Region, int) {
	if !addr.IsValid() {
		return m.unknown, 0
	}
	region, depth := m.find(addr, regionTrie)
	return m.regions[region], depth
}

// Regions are the regions of all clients, by number. The caller must not change them.
func (m *Map) Regions() []*steering.Region { return m.regions }

// find is what a trie has of an address; no address has no more than the first value.
func (m *Map) find(addr netip.Addr, which int) (value uint32, depth int) {
	if !addr.IsValid() {
		return 0, 0
	}
	addr = addr.Unmap()
	f := &m.v6
	if addr.Is4() {
		f = &m.v4
	}
	return f[which].find(bitsOf(addr))
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
