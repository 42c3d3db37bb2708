package gdnsd

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"leeward/cmd/leeward/internal/migrate"
	"leeward/steering"
)

// geoip is the datacenters in the order of the client's place.
//
//	the map has         maps       policy
//	neither             any        failover, in the order of the default
//	auto                one        nearest, by these locations; the nets file has its nets
//	auto                several    nearest, by these locations; its nets are a note
//	nets, no auto       one        nearest; the nets file has its nets, and the default for all other clients
//	nets, no auto       several    failover, in the order of the default; its nets are a note
//
// Auto is auto_dc_coords without another default. The default is datacenters, where the map says nothing else. Its countries
// are country=. The nets file is one for all names: so of several maps it has none.
func (c *config) geoip(s source) (answer, error) {
	name := s.value.get("map")
	if name == nil {
		return answer{}, s.value.at.Errorf("%s: no map", s.name)
	}
	maps := c.plugins.get("geoip").get("maps")
	v := maps.get(name.text)
	if v == nil {
		return answer{}, name.at.Errorf("%s: no map %q: is %s meant?", s.name, name.text, steering.NearestName(name.text, maps.keys()))
	}
	if err := v.only("map "+name.text, "geoip2_db", "datacenters", "ignore_ecs", "nets", "map", "auto_dc_coords", "auto_dc_limit"); err != nil {
		return answer{}, err
	}
	m := source{s.at, "map " + name.text, v, nil}
	all := texts(v.get("datacenters").list())
	if len(all) == 0 {
		return answer{}, v.at.Errorf("%s: no datacenters", m.name)
	}
	order, auto := all, v.get("auto_dc_coords") != nil
	if fixed := v.get("map").get("default"); fixed != nil && fixed.text != "auto" {
		order, auto = texts(fixed.list()), false
	}
	w, nets, err := c.mapped(m, order, auto, len(maps.pairs) > 1)
	if err != nil {
		return answer{}, err
	}
	if s.is("skip_first") {
		order = c.skipFirst(s, w, order)
	}
	a, err := c.datacenters(s, w, union(order, all))
	if err == nil && a.want != nil && !c.aside(m, w, order, auto, nets) {
		c.site.Lose(v.at, m.name+" for "+s.name, "only datacenters for clients of some places have addresses there", "those are left out")
		w.Groups = nil
		a, err = c.datacenters(s, w, order)
	}
	if err != nil || a.want == nil {
		return a, err
	}
	a.want.Was = s.name
	return a, c.places(m, a.want, s.is("skip_first"))
}

// union is all words of both lists, each once.
func union(a, b []string) []string {
	all := slices.Clone(a)
	for _, word := range b {
		if !slices.Contains(all, word) {
			all = append(all, word)
		}
	}
	return all
}

// skipFirst leaves the first datacenter out, where there is one that is the first for all but those of a country.
func (c *config) skipFirst(s source, w *migrate.Want, order []string) (left []string) {
	if w.Kind == steering.PolicyFailover {
		return order[min(1, max(0, len(order)-1)):]
	}
	c.site.Lose(s.setting("skip_first").at, s.name+": skip_first", "a client gets the second datacenter of its order first",
		"a client gets the nearest: not= leaves a colo out for all clients")
	return order
}

// mapped is what a map wants of names, before they have datacenters, with the nets of it that are carried over.
func (c *config) mapped(m source, order []string, auto, several bool) (*migrate.Want, []migrate.Net, error) {
	if v := m.value.get("ignore_ecs"); v != nil && m.is("ignore_ecs") {
		c.site.Lose(v.at, m.name+": ignore_ecs", "client subnets (RFC 7871) are passed over",
			"Leeward answers by the client subnet wherever a resolver sends one")
	}
	if err := c.coordinates(m); err != nil {
		return nil, nil, err
	}
	nets, err := c.nets(m)
	if err != nil {
		return nil, nil, err
	}
	kind := steering.PolicyNearest
	if !auto && (several || len(nets) == 0) {
		kind = steering.PolicyFailover
	}
	switch {
	case len(nets) > 0 && several:
		instead := "Leeward has one nets file for all names, and this is one of several maps: these clients get what all others get, "
		if auto {
			instead += "the nearest"
		} else {
			instead += "the default in its order"
		}
		c.site.Lose(m.value.at, m.name+": nets", "it orders datacenters for clients of these prefixes", instead)
		nets = nil
	case len(nets) > 0 && !c.netsDone:
		c.netsDone = true
		c.site.Nets = nets
		if !auto {
			for _, all := range []string{"0.0.0.0/0", "::/0"} {
				c.site.Nets = append(c.site.Nets, migrate.Net{Prefix: netip.MustParsePrefix(all), Colos: order, At: m.value.at})
			}
		}
	}
	return &migrate.Want{Kind: kind}, nets, nil
}

// coordinates takes the locations of datacenters over.
func (c *config) coordinates(m source) error {
	coords := m.value.get("auto_dc_coords")
	if err := coords.hash(m.name + ": auto_dc_coords"); err != nil || coords == nil {
		return err
	}
	known := texts(m.value.get("datacenters").list())
	for _, p := range coords.pairs {
		if !slices.Contains(known, p.key) {
			return p.at.Errorf("%s: auto_dc_coords: no datacenter %q: is %s meant?", m.name, p.key, steering.NearestName(p.key, known))
		}
		if len(p.items) != 2 {
			return p.at.Errorf("%s: auto_dc_coords: %s: [LATITUDE, LONGITUDE] is wanted", m.name, p.key)
		}
		lat, latErr := strconv.ParseFloat(p.items[0].text, 64)
		lon, lonErr := strconv.ParseFloat(p.items[1].text, 64)
		at := steering.Location{Lat: lat, Lon: lon}
		if latErr != nil || lonErr != nil || !at.Valid() {
			return p.at.Errorf("%s: auto_dc_coords: %s: %s, %s is not on the earth (lat -90 to 90, lon -180 to 180)", m.name, p.key,
				p.items[0].text, p.items[1].text)
		}
		if !c.site.Colo(p.key, &at) {
			c.site.Lose(p.at, m.name+": auto_dc_coords: "+p.key, "the datacenter lies elsewhere than by another map",
				"a colo has one location: that of the other map stands")
		}
	}
	return nil
}

// aside keeps datacenters out of what is given to all clients.
//
//	the datacenter is             by auto_dc_coords                      by a default
//	with coordinates              given to all                           -
//	in the default                -                                      given to all
//	neither, and named by nets    aside, with a note                     given to all, behind those of the default
//	neither                       aside: for what countries name it      aside
//
// It is not ok where none that is given to all has an address.
func (c *config) aside(m source, w *migrate.Want, order []string, auto bool, nets []migrate.Net) (ok bool) {
	ofAll := m.value.get("auto_dc_coords").keys()
	if !auto {
		ofAll = order
		for _, net := range nets {
			ofAll = union(ofAll, net.Colos)
		}
	}
	for i, g := range w.Groups {
		w.Groups[i].Aside = !slices.Contains(ofAll, g.Colo)
		ok = ok || !w.Groups[i].Aside
	}
	for _, net := range nets {
		if at := slices.IndexFunc(net.Colos, func(name string) bool { return !slices.Contains(ofAll, name) }); at >= 0 {
			c.site.Lose(net.At, fmt.Sprintf("%s: nets: %s => [%s]", m.name, net.Prefix, strings.Join(net.Colos, ", ")),
				"these clients get "+net.Colos[at]+", which has no coordinates", "give it a location and name it in colos=: else they get the others")
		}
	}
	return ok
}

// nets are the prefixes of a map, from the configuration or from a file.
func (c *config) nets(m source) (all []migrate.Net, err error) {
	v := m.value.get("nets")
	if v != nil && v.kind == isString {
		path := v.text
		if !filepath.IsAbs(path) {
			path = filepath.Join(c.dir, "geoip", path)
		}
		text, err := c.files.Read(path)
		if err != nil {
			return nil, v.at.Errorf("%s: nets: %w", m.name, err)
		}
		if v, err = parse(text, path, c.files); err != nil {
			return nil, err
		}
	}
	if err := v.hash(m.name + ": nets"); v == nil || err != nil {
		return nil, err
	}
	known := texts(m.value.get("datacenters").list())
	for _, p := range v.pairs {
		prefix, err := netip.ParsePrefix(p.key)
		if err != nil {
			return nil, p.at.Errorf("%s: nets: %q is no prefix", m.name, p.key)
		}
		colos := texts(p.value.list())
		for _, name := range colos {
			if !slices.Contains(known, name) {
				return nil, p.at.Errorf("%s: nets: no datacenter %q: is %s meant?", m.name, name, steering.NearestName(name, known))
			}
		}
		if len(colos) == 0 {
			c.site.Lose(p.at, m.name+": nets: "+p.key+" => []", "these clients get no address", "Leeward gives an address to every client")
			continue
		}
		all = append(all, migrate.Net{Prefix: prefix.Masked(), Colos: colos, At: p.at})
	}
	return all, nil
}
