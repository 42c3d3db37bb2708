package gdnsd

import (
	"slices"
	"strings"

	"leeward/cmd/leeward/internal/migrate"
	"leeward/steering"
)

// places makes country rules of a map: its levels are continent, country, subdivisions, city. With skip, the first datacenter
// of each is left out, if there are several.
//
//	the value of          an array                         "auto"      a hash
//	a continent           a note                           nothing     its countries; its default is a note
//	a country             a rule                           nothing     its default is a rule; all below is a note
func (c *config) places(m source, w *migrate.Want, skip bool) error {
	for _, continent := range pairsOf(m.value.get("map")) {
		if continent.key == "default" {
			continue
		}
		if !slices.Contains([]string{"AF", "AS", "NA", "SA", "EU", "OC", "AN"}, continent.key) {
			return continent.at.Errorf("%s: no continent %q: AF, AS, NA, SA, EU, OC, AN", m.name, continent.key)
		}
		if continent.kind != isHash {
			c.placeLost(m, continent.key, continent.value, "the continent")
			continue
		}
		for _, country := range continent.pairs {
			if err := c.country(m, w, skip, continent.key, country); err != nil {
				return err
			}
		}
	}
	return nil
}

func pairsOf(v *value) []pair {
	if v == nil {
		return nil
	}
	return v.pairs
}

// placeLost notes a place that is not carried over.
func (c *config) placeLost(m source, where string, v *value, what string) {
	if v.text == "auto" {
		return
	}
	c.site.Lose(v.at, m.name+": map: "+where+" => ["+strings.Join(texts(v.list()), ", ")+"]",
		"clients of "+what+" get these datacenters in this order",
		"country= names countries alone, the nets file prefixes: name those that matter, else the rest of the policy holds for them")
}

// country makes a rule of a country.
func (c *config) country(m source, w *migrate.Want, skip bool, continent string, p pair) error {
	where := continent + " => " + p.key
	list := p.value
	if p.key == "default" {
		c.placeLost(m, where, p.value, "the continent")
		return nil
	}
	if p.kind == isHash {
		for _, below := range p.pairs {
			if below.key != "default" {
				c.site.Lose(below.at, m.name+": map: "+where+" => "+below.key, "clients of this region or city get datacenters of their own",
					"country= names countries alone, the nets file prefixes")
			}
		}
		if list = p.get("default"); list == nil {
			return nil
		}
	}
	if list.text == "auto" {
		return nil
	}
	rule := migrate.Rule{Of: p.key}
	known := texts(m.value.get("datacenters").list())
	for i, item := range list.list() {
		if !slices.Contains(known, item.text) {
			return item.at.Errorf("%s: map: %s: no datacenter %q: is %s meant?", m.name, where, item.text,
				steering.NearestName(item.text, known))
		}
		at := slices.IndexFunc(w.Groups, func(g migrate.Group) bool { return g.Colo == item.text })
		if skipped := skip && i == 0 && len(list.list()) > 1; at >= 0 && !skipped {
			rule.Groups = append(rule.Groups, at)
		}
	}
	switch {
	case len(list.list()) == 0:
		c.site.Lose(p.at, m.name+": map: "+where, "these clients get no address", "Leeward gives an address to every client")
		return nil
	case len(rule.Groups) == 0:
		c.site.Lose(p.at, m.name+": map: "+where+" for "+w.Was, "none of its datacenters has addresses there",
			"the rest of the policy holds for these clients")
		return nil
	}
	w.Countries = append(w.Countries, rule)
	return nil
}
