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

// plan decides which zones are to be fetched. Holder is the catalog that a zone was taken from so far, or "".
//
//	the zone is                             then
//	of a file here                          not fetched, and a clash where a catalog lists it
//	configured                              fetched as configured, and a clash likewise
//	listed by one catalog                   fetched from that one's primaries
//	listed by several                       from that which holds it, else the first; a clash in the others
//
// A clash changes nothing of what is served (RFC 9432 section 5.2).
func plan(configured []Secondary, own map[zones.Name]bool, listings []listing, holder func(zones.Name) zones.Name) planned {
	p := planned{map[zones.Name]wanted{}, map[zones.Name][]string{}}
	for _, c := range configured {
		if origin := c.Origin.Lower(); !own[origin] {
			c.Origin = origin
			p.zones[origin] = wanted{Secondary: c}
		}
	}
	clash := func(l listing, m Member, why string) {
		p.clashes[l.catalog.Origin] = append(p.clashes[l.catalog.Origin], fmt.Sprintf("%s is %s", bare(m.Origin), why))
	}
	for _, l := range listings {
		for _, m := range l.members {
			other, there := p.zones[m.Origin]
			switch {
			case own[m.Origin]:
				clash(l, m, "a zone of a file here")
				continue
			case there && other.catalog == "":
				clash(l, m, "configured on its own")
				continue
			case there && holder(m.Origin) != l.catalog.Origin:
				clash(l, m, "listed by the catalog "+bare(other.catalog)+" already")
				continue
			case there:
				p.clashes[other.catalog] = append(p.clashes[other.catalog],
					fmt.Sprintf("%s is listed by the catalog %s already", bare(m.Origin), bare(l.catalog.Origin)))
			}
			p.zones[m.Origin] = wanted{Secondary{Origin: m.Origin, Primaries: l.catalog.Primaries}, l.catalog.Origin, m.Label}
		}
	}
	return p
}

// names lists up to eight zones for a person.
func names(origins []zones.Name) string {
	var all []string
	for _, o := range origins {
		all = append(all, bare(o))
	}
	slices.Sort(all)
	const most = 8
	if len(all) > most {
		return strings.Join(all[:most], ", ") + fmt.Sprintf(" and %d more", len(all)-most)
	}
	return strings.Join(all, ", ")
}
