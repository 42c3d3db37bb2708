package geo

import (
	"cmp"
	"fmt"
	"slices"

	"leeward/steering"
)

// regions makes every region once: by record of the database, by what nets file and latency table make of it, and in the
// end by the order itself, so that equal orders share a region. A region is known by its position in list.
type regions struct {
	Options
	list     []*steering.Region
	byOrder  map[string]uint32
	fallback uint32
	key      []byte

	stands    []Middle // by region: where its clients are
	byRecord  map[uint32]ofRecord
	byASN     map[uint32]system
	countries index[steering.Country]
	asns      index[uint32]

	tables  map[string]uint32 // what is measured, by the order that it makes; 0 makes none
	byShape map[shape]uint32
}

// found is what all that a map is made of has of a point: records of the search trees, a rule of the nets file, 0 if no prefix
// in it is about the point, and a part of the latency table.
type found struct {
	place, asn uint32
	rule       uint32
	measured   []measured
	part       float64 // of all IPv4 addresses that lie at the point
}

// ofRecord is what a record of the database says of its clients, and the rule for its country.
type ofRecord struct {
	region, country, rule uint32
	stands                point3 // zero: unknown
}

// system is the autonomous system of a record, and the rule for it.
type system struct{ asn, rule uint32 }

// shape is a region as nets file and latency table change it; 0 changes nothing.
type shape struct{ from, rule, table uint32 }

func newRegions(o Options) *regions {
	r := &regions{
		Options:  o,
		byOrder:  map[string]uint32{},
		byRecord: map[uint32]ofRecord{},
		byASN:    map[uint32]system{},
		tables:   map[string]uint32{"": 0},
		byShape:  map[shape]uint32{},
	}
	r.fallback = r.ofOrder(r.nearest(o.Fallback))
	r.countries.of(steering.Country{})
	r.asns.of(0)
	return r
}

// nearest is every colo of the network, nearest first. No network has no colos.
func (r *regions) nearest(loc steering.Location) []steering.ColoIndex {
	if r.Network == nil {
		return nil
	}
	return r.Network.Nearest(loc)
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
	r.stands = append(r.stands, Middle{})
	r.byOrder[string(r.key)] = i
	return i
}

// at is what a point has in the tries. The rule is the first of
//
//	the longest prefix's
//	the autonomous system's
//	the country's
func (r *regions) at(f found) (v values, err error) {
	from, err := r.ofRecord(f.place)
	if err != nil {
		return v, &Fault{FromDatabase, err}
	}
	system, err := r.ofASN(f.asn)
	if err != nil {
		return v, &Fault{FromASNs, fmt.Errorf("AS database: %w", err)}
	}
	rule := cmp.Or(f.rule, system.rule, from.rule)
	v = values{regionTrie: r.of(from.region, rule, f.measured), countryTrie: from.country, asnTrie: system.asn}
	if stands := r.Nets.rules[rule]; stands.stands {
		from.stands = onSphere(stands.at)
	}
	r.stands[v[regionTrie]].add(from.stands, f.part)
	return v, nil
}

// ofRecord is what a record says. Clients of unknown location stand at the fallback.
func (r *regions) ofRecord(at uint32) (ofRecord, error) {
	if r.Database == nil {
		return ofRecord{region: r.fallback}, nil
	}
	if o, ok := r.byRecord[at]; ok {
		return o, nil
	}
	p, err := r.Database.place(at)
	if err != nil {
		return ofRecord{}, err
	}
	country := p.assigned()
	o := ofRecord{region: r.fallback, country: r.countries.of(country), rule: r.Nets.countries[country].rule}
	if p.how != unknown {
		o.region, o.stands = r.ofOrder(r.nearest(p.at)), onSphere(p.at)
	}
	r.byRecord[at] = o
	return o, nil
}

// ofASN is the autonomous system of a record.
func (r *regions) ofASN(at uint32) (system, error) {
	if r.ASNs == nil {
		return system{}, nil
	}
	if s, ok := r.byASN[at]; ok {
		return s, nil
	}
	asn, err := r.ASNs.number(at)
	if err != nil {
		return system{}, err
	}
	s := system{asn: r.asns.of(asn), rule: r.Nets.asns[asn].rule}
	r.byASN[at] = s
	return s, nil
}

// of is a region as nets file and latency table change it.
func (r *regions) of(from, rule uint32, measured []measured) uint32 {
	s := shape{from, rule, r.table(measured)}
	if s.rule == 0 && s.table == 0 {
		return from
	}
	i, ok := r.byShape[s]
	if !ok {
		i = r.ofOrder(r.shaped(from, &r.Nets.rules[rule], measured))
		r.byShape[s] = i
	}
	return i
}

// shaped is the order that nets file and latency table make of a region's: the colos that the rule names, and all others
// behind them, nearest first from where the rule puts the client, as far as they are not measured.
func (r *regions) shaped(from uint32, rule *rule, measured []measured) []steering.ColoIndex {
	others := r.list[from].Order()
	if rule.stands {
		others = r.nearest(rule.at)
	}
	order := slices.Clone(rule.first)
	for _, colo := range others {
		if !slices.Contains(rule.first, colo) {
			order = append(order, colo)
		}
	}
	reorder(order[len(rule.first):], measured)
	return order
}

// table gives a number to what is measured, the same to all that makes the same order: 0 to fewer than two colos.
func (r *regions) table(all []measured) uint32 {
	r.key = r.key[:0]
	if len(all) > 1 {
		for i, m := range all {
			equal := byte(0)
			if i > 0 && m.ms == all[i-1].ms {
				equal = 1
			}
			r.key = append(r.key, byte(m.colo>>8), byte(m.colo), equal)
		}
	}
	i, ok := r.tables[string(r.key)]
	if !ok {
		i = uint32(len(r.tables))
		r.tables[string(r.key)] = i
	}
	return i
}
