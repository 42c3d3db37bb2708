package gdnsd

import (
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"

	"leeward/cmd/leeward/internal/migrate"
	"leeward/steering"
)

// geoip is the datacenters in the order of the client's place.
//
//	the map has                              policy
//	auto_dc_coords, and no default           nearest, with these locations; its map: country=
//	neither nets nor map                     failover, in the order of datacenters
//	nets or map                              nearest; the nets file has nets, and the order of datacenters for all other clients;
//	                                         its map: country=
//
// The nets file is one for all names. So where there are several maps, those of the last row get failover, with a note.
func (c *config) geoip(s source) (answer, error) {
	name := s.value.get("map")
	if name == nil {
		return answer{}, s.value.at.Errorf("%s: no map", s.name)
	}
	maps := c.plugins.get("geoip").get("maps")
	m := maps.get(name.text)
	if m == nil {
		return answer{}, name.at.Errorf("%s: no map %q: is %s meant?", s.name, name.text, steering.NearestName(name.text, maps.keys()))
	}
	if err := m.only("map "+name.text, "geoip2_db", "datacenters", "ignore_ecs", "nets", "map", "auto_dc_coords", "auto_dc_limit"); err != nil {
		return answer{}, err
	}
	order := texts(m.get("datacenters").list())
	if len(order) == 0 {
		return answer{}, m.at.Errorf("map %s: no datacenters", name.text)
	}
	if fixed := m.get("map").get("default"); fixed != nil && fixed.text != "auto" {
		order = texts(fixed.list())
	}
	w, err := c.mapped(source{s.at, "map " + name.text, m, nil}, order, len(maps.pairs) > 1)
	if err != nil {
		return answer{}, err
	}
	if s.is("skip_first") {
		c.skipFirst(s, w, &order)
	}
	a, err := c.datacenters(s, w, order)
	if err != nil || a.want == nil {
		return a, err
	}
	c.aside(m, a.want)
	a.want.Was = s.name
	return a, c.places(source{s.at, "map " + name.text, m, nil}, a.want)
}

// skipFirst leaves the first datacenter out, where there is one that is the first for all.
func (c *config) skipFirst(s source, w *migrate.Want, order *[]string) {
	if w.Kind == steering.PolicyFailover && len(*order) > 1 {
		*order = (*order)[1:]
		return
	}
	c.site.Lose(s.setting("skip_first").at, s.name+": skip_first", "a client gets the second datacenter of its order first",
		"a client gets the nearest: not= leaves a colo out for all clients")
}

// mapped is what a map wants of names, before they have datacenters.
func (c *config) mapped(m source, order []string, several bool) (*migrate.Want, error) {
	if v := m.value.get("ignore_ecs"); v != nil && m.is("ignore_ecs") {
		c.site.Lose(v.at, m.name+": ignore_ecs", "client subnets (RFC 7871) are passed over",
			"Leeward answers by the client subnet wherever a resolver sends one")
	}
	fixed := m.value.get("map").get("default")
	auto := m.value.get("auto_dc_coords") != nil && (fixed == nil || fixed.text == "auto")
	if err := c.coordinates(m); err != nil {
		return nil, err
	}
	nets, err := c.nets(m)
	if err != nil {
		return nil, err
	}
	others := false // whether the map says anything beside its default
	for _, key := range m.value.get("map").keys() {
		others = others || key != "default"
	}
	kind := steering.PolicyNearest
	switch {
	case !auto && len(nets) == 0 && !others:
		kind = steering.PolicyFailover
	case several && (len(nets) > 0 || !auto):
		c.site.Lose(m.value.at, m.name, "it orders datacenters by nets and places of its own",
			"Leeward has one nets file for all names, and this is one of several maps: its names get the order of datacenters")
		if !auto {
			kind = steering.PolicyFailover
		}
	case !c.netsDone:
		c.netsDone = true
		c.site.Nets = nets
		if !auto {
			for _, all := range []string{"0.0.0.0/0", "::/0"} {
				c.site.Nets = append(c.site.Nets, migrate.Net{Prefix: netip.MustParsePrefix(all), Colos: order, At: m.value.at})
			}
		}
	}
	return &migrate.Want{Kind: kind}, nil
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

// aside keeps datacenters without coordinates out of what is the nearest.
func (c *config) aside(m *value, w *migrate.Want) {
	coords := m.get("auto_dc_coords")
	if coords == nil || w.Kind != steering.PolicyNearest {
		return
	}
	for i, g := range w.Groups {
		w.Groups[i].Aside = coords.get(g.Colo) == nil
	}
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
