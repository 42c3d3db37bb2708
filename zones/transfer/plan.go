package transfer

import (
	"fmt"
	"slices"
	"strings"

	"leeward/zones"
)

// Secondary is a zone to be fetched from primaries.
type Secondary struct {
	Origin    zones.Name
	Primaries []Primary
	Catalog   bool // its members are fetched from the same primaries (RFC 9432)
	Hidden    bool // answered only to who may transfer it
	Node      bool // the catalog is that of a node of ours, and a zone is the same whichever node lists it
}

// wanted is a zone that is to be fetched, with why.
type wanted struct {
	Secondary
	catalog zones.Name // that lists it; "": the configuration does
	label   string     // that it has there
}

// listing is what a catalog lists.
type listing struct {
	catalog Secondary
	members []Member
}

// planned is which zones are to be fetched, and what could not be followed of the catalogs.
type planned struct {
	zones   map[zones.Name]wanted
	clashes map[zones.Name][]string // by catalog
}

// plan decides which zones are to be fetched. Own are those of files here. Holder is the catalog that a zone was taken from so far, or "".
//
//	the zone is                             then
//	of a file here                          not fetched, and a clash where a catalog lists it
//	configured                              fetched as configured, and a clash likewise
//	listed by one catalog                   fetched from that one's primaries
//	listed by several                       from that which holds it, else the first; a clash in the others
//
// A clash changes nothing of what is served (RFC 9432 section 5.2). What nodes of ours list is no clash: several may have
// one zone.
func plan(configured []Secondary, own func(zones.Name) bool, listings []listing, holder func(zones.Name) zones.Name) planned {
	p := planned{map[zones.Name]wanted{}, map[zones.Name][]string{}}
	for _, c := range configured {
		if origin := c.Origin.Lower(); !own(origin) {
			c.Origin = origin
			p.zones[origin] = wanted{Secondary: c}
		}
	}
	clash := func(catalog Secondary, m Member, why string) {
		if !catalog.Node {
			p.clashes[catalog.Origin] = append(p.clashes[catalog.Origin], fmt.Sprintf("%s is %s", m.Origin.Bare(), why))
		}
	}
	lists := map[zones.Name]Secondary{}
	for _, l := range listings {
		lists[l.catalog.Origin] = l.catalog
		for _, m := range l.members {
			other, there := p.zones[m.Origin]
			switch {
			case own(m.Origin):
				clash(l.catalog, m, "a zone of a file here")
				continue
			case there && other.catalog == "":
				clash(l.catalog, m, "configured on its own")
				continue
			case there && holder(m.Origin) != l.catalog.Origin:
				clash(l.catalog, m, "listed by the catalog "+other.catalog.Bare()+" already")
				continue
			case there:
				clash(lists[other.catalog], m, "listed by the catalog "+l.catalog.Origin.Bare()+" already")
			}
			p.zones[m.Origin] = wanted{Secondary{Origin: m.Origin, Primaries: l.catalog.Primaries, Node: l.catalog.Node},
				l.catalog.Origin, m.Label}
		}
	}
	return p
}

// names lists up to eight zones for a person.
func names(origins []zones.Name) string {
	var all []string
	for _, o := range origins {
		all = append(all, o.Bare())
	}
	slices.Sort(all)
	const most = 8
	if len(all) > most {
		return strings.Join(all[:most], ", ") + fmt.Sprintf(" and %d more", len(all)-most)
	}
	return strings.Join(all, ", ")
}
