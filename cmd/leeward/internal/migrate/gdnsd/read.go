package gdnsd

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"leeward/cmd/leeward/internal/migrate"
	"leeward/cmd/leeward/internal/migrate/master"
)

// config is a configuration in the course of being carried over.
type config struct {
	site     *migrate.Site
	files    *migrate.Files
	dir      string
	options  *value
	services *value
	plugins  *value
	checks   map[string]*migrate.Check // by service type; nil: it does not probe
	netsDone bool
}

// Read reads a configuration directory (gdnsd -c): the file config, and the zones in zones. Includes do not lead out of it,
// unless outside is set.
func Read(dir string, outside bool) (*migrate.Site, error) {
	c := newConfig(dir, &migrate.Files{Root: dir, Outside: outside})
	if _, err := c.files.List(dir); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "config")
	text, err := c.files.Read(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // gdnsd runs without
		return nil, err
	}
	if err := c.parse(text, path); err != nil {
		return nil, err
	}
	entries, err := c.files.List(filepath.Join(dir, "zones"))
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		path := filepath.Join(dir, "zones", e.Name())
		text, err := c.files.Read(path)
		if err == nil {
			err = c.zone(zoneName(e.Name()), text, path)
		}
		if err != nil {
			return nil, err
		}
	}
	return c.site, nil
}

func newConfig(dir string, files *migrate.Files) *config {
	return &config{site: &migrate.Site{Peer: "gdnsd"}, files: files, dir: dir, checks: map[string]*migrate.Check{}}
}

// zoneName is the zone that a file holds: its name, with @ for /, and "ROOT_ZONE" for the root.
func zoneName(file string) string {
	if file == "ROOT_ZONE" {
		return "."
	}
	return strings.TrimSuffix(strings.ReplaceAll(file, "@", "/"), ".") + "."
}

// parse reads the configuration.
func (c *config) parse(text, path string) error {
	root, err := parse(text, path, c.files)
	if err != nil {
		return err
	}
	if err := root.only("the configuration", "options", "service_types", "plugins"); err != nil {
		return err
	}
	c.options, c.services, c.plugins = root.get("options"), root.get("service_types"), root.get("plugins")
	for what, v := range map[string]*value{"options": c.options, "service_types": c.services, "plugins": c.plugins} {
		if err := v.hash(what); err != nil {
			return err
		}
	}
	if c.options != nil {
		for _, p := range c.options.pairs {
			c.option(p)
		}
	}
	return nil
}

// option notes an option that has no effect on zones: those that have are read where they are needed.
func (c *config) option(p pair) {
	switch p.key {
	case "zones_default_ttl", "min_ttl", "max_ttl":
	case "edns_client_subnet":
		if p.text == "false" {
			c.site.Lose(p.at, "options: edns_client_subnet = false", "client subnets (RFC 7871) are passed over",
				"Leeward answers by the client subnet wherever a resolver sends one")
		}
	case "listen", "dns_port":
		c.site.Lose(p.at, "options: "+p.key, "where the server listens", "set dns.listen in the configuration")
	default:
		c.site.Lose(p.at, "options: "+p.key, "", "a setting of the server: Leeward's own stand in docs/configuration.md")
	}
}

// seconds is an option in seconds, bounded.
func (c *config) seconds(key string, fallback uint32) uint32 {
	v := c.options.get(key)
	if v == nil {
		return fallback
	}
	n, err := strconv.ParseUint(v.text, 10, 31)
	if err != nil {
		return fallback
	}
	return uint32(n)
}

// zone reads a zone.
func (c *config) zone(origin, text, path string) error {
	at := migrate.Place{File: path}
	if !migrate.IsName(origin) {
		return at.Errorf("%s is no domain name", origin)
	}
	z := migrate.NewZone(origin, at)
	c.site.Zones = append(c.site.Zones, z)
	return master.Read(text, path, master.Options{
		Origin: origin, TTL: c.seconds("zones_default_ttl", 86400), Files: c.files, Marks: true,
		Comment: z.Comment,
		Record:  func(r master.Record) error { return c.record(z, r) },
	})
}

// record takes a record over: as it is, or what its plugin answers.
func (c *config) record(z *migrate.Zone, r master.Record) error {
	if r.Type == "DYNA" || r.Type == "DYNC" {
		return c.dynamic(z, r)
	}
	ttl, err := r.Seconds()
	if err != nil {
		return err
	}
	rr, err := r.RR(c.bounded(ttl))
	if err != nil {
		return err
	}
	z.Record(rr, r.Comment, r.At)
	return nil
}

// bounded is a TTL within min_ttl and max_ttl.
func (c *config) bounded(ttl uint32) uint32 {
	return min(max(ttl, c.seconds("min_ttl", 5)), c.seconds("max_ttl", 3600000))
}
