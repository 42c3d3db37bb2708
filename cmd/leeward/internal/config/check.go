package config

import (
	"path/filepath"
	"slices"
	"strings"

	"leeward/steering"
)

// checker completes a configuration and checks what concerns more than one key. It leaves out checks of keys that
// something is wrong with already.
type checker struct {
	*report
	c   *Config
	dir string // of the configuration file
}

func (k checker) check(o Options) {
	k.resolve()
	k.node(o.HostName)
	k.dns(o.Version)
	k.zones()
	k.cluster()
	k.probes()
	k.network()
	k.steering()
	k.admin()
	k.incidents()
	k.dnstap(o.Version)
	k.statusPage()
	k.listeners()
	k.process()
}

// resolve takes relative paths from the directory of the configuration file.
func (k checker) resolve() {
	c := k.c
	paths := []*string{
		&c.Zones.Directory, &c.Steering.Geo.Database, &c.Steering.Geo.ASN, &c.Steering.Geo.Nets, &c.Steering.Geo.Latency,
		&c.Admin.Socket, &c.State.Directory,
	}
	for i := range c.Zones.Files {
		paths = append(paths, &c.Zones.Files[i].File)
	}
	for i := range c.Zones.Keys {
		paths = append(paths, &c.Zones.Keys[i].SecretFile)
	}
	for i := range c.Incidents.Webhooks {
		paths = append(paths, &c.Incidents.Webhooks[i].URLFile, &c.Incidents.Webhooks[i].SecretFile)
	}
	if tls := c.Admin.TLS; tls != nil {
		paths = append(paths, &tls.Certificate, &tls.Key, &tls.ClientCA)
	}
	for i := range c.Colos {
		if load := c.Colos[i].Load; load != nil {
			paths = append(paths, &load.File)
		}
	}
	if c.Cluster != nil {
		paths = append(paths, &c.Cluster.KeyFile)
	}
	for _, p := range paths {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(k.dir, *p)
		}
	}
}

func (k checker) node(hostName string) {
	c := k.c
	if !k.given("node.name") {
		c.Node.Name = hostName
		if _, err := word().parse(hostName); err != nil {
			k.badKey("node.name", "the host name cannot stand in for it: %s", err)
		}
	}
	if c.Node.Colo == "" || !k.clean("node.colo", "colos") {
		return
	}
	var names []string
	for _, colo := range c.Colos {
		names = append(names, colo.Name)
	}
	switch {
	case len(names) == 0:
		k.badKey("node.colo", "%q, but there are no colos", c.Node.Colo)
	case !slices.Contains(names, c.Node.Colo):
		k.badKey("node.colo", "there is no colo %q: did you mean %s?", c.Node.Colo, steering.NearestName(c.Node.Colo, names))
	}
}

func (k checker) dns(version string) {
	c := k.c
	if !k.given("dns.nsid") {
		c.DNS.NSID = c.Node.Name
	}
	if !k.given("dns.version") {
		c.DNS.Version = strings.TrimSpace("leeward " + version)
	}
	if !k.clean("dns.listen") {
		return
	}
	if len(c.DNS.Listen) == 0 {
		k.badKey("dns.listen", "at least one address is needed")
	}
	for i, a := range c.DNS.Listen {
		if a.Port() > 0 && slices.Contains(c.DNS.Listen[:i], a) {
			k.badKey(item("dns.listen", i), "%s is listed twice", a)
		}
	}
}
