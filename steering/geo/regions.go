package geo

import (
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
	byRecord map[uint32]uint32
	byRule   map[ruled]uint32
	byOrder  map[string]uint32
	key      []byte
}

// ruled is a region as a line of the nets file changes it.
type ruled struct {
	rule *rule
	from uint32
}

func newRegions(o Options) *regions {
	r := &regions{
		database: o.Database,
		network:  o.Network,
		byRecord: map[uint32]uint32{},
		byRule:   map[ruled]uint32{},
		byOrder:  map[string]uint32{},
	}
	r.fallback = r.ofOrder(r.nearest(o.Fallback))
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
	r.list = append(r.list, steering.NewRegion(order))
	r.byOrder[string(r.key)] = i
	return i
}

// of is the region of a record of the search tree under a line of the nets file, which is nil where none holds.
func (r *regions) of(at uint32, rule *rule) (uint32, error) {
	region, err := r.ofRecord(at)
	if err != nil || rule == nil {
		return region, err
	}
	k := ruled{rule, region}
	i, ok := r.byRule[k]
	if !ok {
		i = r.ofOrder(r.under(rule, region))
		r.byRule[k] = i
	}
	return i, nil
}

// ofRecord is the region of a record's place. Clients of unknown location stand at the fallback.
func (r *regions) ofRecord(at uint32) (uint32, error) {
	if i, ok := r.byRecord[at]; ok {
		return i, nil
	}
	if r.database == nil {
		return r.fallback, nil
	}
	p, err := r.database.place(at)
	if err != nil {
		return 0, err
	}
	i := r.fallback
	if p.how != unknown {
		i = r.ofOrder(r.nearest(p.at))
	}
	r.byRecord[at] = i
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
