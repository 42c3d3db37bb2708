package geo

import (
	"fmt"
	"slices"

	"leeward/steering"
)

// regions makes every region once: by record of the database, by line of the nets file, and in the end by the order
// itself, so that equal orders share a region. A region is known by its position in list.
type regions struct {
	database *Database
	network  *steering.Network
	list     []*steering.Region
	fallback uint32
	byRecord map[uint32]origin
	systems  *ASNs
	byASN    map[uint32]uint32
	byRule   map[ruled]uint32
	byOrder  map[string]uint32
	key      []byte

	countries index[steering.Country]
	asns      index[uint32]
}

// ruled is a region as a line of the nets file changes it.
type ruled struct {
	rule *rule
	from uint32
}

// origin is what a record of the database says of its clients.
type origin struct{ region, country uint32 }

func newRegions(o Options) *regions {
	r := &regions{
		database: o.Database,
		network:  o.Network,
		byRecord: map[uint32]origin{},
		systems:  o.ASNs,
		byASN:    map[uint32]uint32{},
		byRule:   map[ruled]uint32{},
		byOrder:  map[string]uint32{},
	}
	r.fallback = r.ofOrder(r.nearest(o.Fallback))
	r.countries.of(steering.Country{})
	r.asns.of(0)
	return r
}

// nearest is every colo of the network, nearest first. No network has no colos.
func (r *regions) nearest(loc steering.Location) []steering.ColoIndex {
	if r.network == nil {
		return nil
	}
	return r.network.Nearest(loc)
}

func (r *regions) ofOrder(order []steering.ColoIndex) uint32 {
	r.key = r.key[:0]
	for _, colo := range order {
		r.key = append(r.key, byte(colo>>8), byte(colo))
	}
	if i, ok := r.byOrder[string(r.key)]; ok {
		return i
	}
	i := uint32(len(r.list))
	r.list = append(r.list, steering.NewRegion(order).Numbered(i))
	r.byOrder[string(r.key)] = i
	return i
}

// at is what a point has in the tries.
func (r *regions) at(p *point) (v values, err error) {
	from, err := r.ofRecord(p.place)
	if err != nil {
		return v, err
	}
	asn, err := r.ofASN(p.asn)
	if err != nil {
		return v, fmt.Errorf("AS database: %w", err)
	}
	return values{regionTrie: r.of(from.region, p.rule), countryTrie: from.country, asnTrie: asn}, nil
}

// of is a region as a line of the nets file changes it; nil changes nothing.
func (r *regions) of(from uint32, rule *rule) uint32 {
	if rule == nil {
		return from
	}
	k := ruled{rule, from}
	i, ok := r.byRule[k]
	if !ok {
		i = r.ofOrder(r.under(rule, from))
		r.byRule[k] = i
	}
	return i
}

// ofRecord is what a record says. Clients of unknown location stand at the fallback.
func (r *regions) ofRecord(at uint32) (origin, error) {
	if r.database == nil {
		return origin{region: r.fallback}, nil
	}
	if o, ok := r.byRecord[at]; ok {
		return o, nil
	}
	p, err := r.database.place(at)
	if err != nil {
		return origin{}, err
	}
	o := origin{region: r.fallback, country: r.countries.of(p.assigned())}
	if p.how != unknown {
		o.region = r.ofOrder(r.nearest(p.at))
	}
	r.byRecord[at] = o
	return o, nil
}

// ofASN is the autonomous system of a record.
func (r *regions) ofASN(at uint32) (uint32, error) {
	if r.systems == nil {
		return 0, nil
	}
	if i, ok := r.byASN[at]; ok {
		return i, nil
	}
	n, err := r.systems.number(at)
	if err != nil {
		return 0, err
	}
	i := r.asns.of(n)
	r.byASN[at] = i
	return i, nil
}

// under is the order that a line of the nets file makes of a region's.
func (r *regions) under(rule *rule, region uint32) []steering.ColoIndex {
	if rule.stands {
		return r.nearest(rule.at)
	}
	order := slices.Clone(rule.first)
	for _, colo := range r.list[region].Order() {
		if !slices.Contains(rule.first, colo) {
			order = append(order, colo)
		}
	}
	return order
}
