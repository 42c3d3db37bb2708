package plan

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Origin is the zone that all nodes serve, Name the steered name in it that clients ask for.
const (
	Origin = "example.com"
	Name   = "www.example.com."
)

// Zone is the text of the zone, with steered names.
func (w World) Zone(ttl int, names []Steered) string {
	var b strings.Builder
	b.WriteString("$TTL 3600\n@ IN SOA ns1 hostmaster 1 3600 600 604800 5\n")
	for i := range w.Colos {
		fmt.Fprintf(&b, "@ IN NS ns%d\n", i+1)
	}
	for i, c := range w.Colos {
		for _, u := range w.Of(c.Name) {
			fmt.Fprintf(&b, "ns%d IN A %s\n", i+1, w.Server(u))
		}
	}
	for _, name := range names {
		for _, u := range w.Uplinks() {
			fmt.Fprintf(&b, "%s %d IN A %-9s ; %s\n", name.Name, ttl, w.Web(u), u)
		}
		if name.Words != "" {
			fmt.Fprintf(&b, "_steer.%s IN TXT \"v=steer1; %s\"\n", name.Name, name.Words)
		}
	}
	return b.String()
}

// Nets is the text of the nets file: where the clients stand.
func (w World) Nets() string {
	var b strings.Builder
	for _, e := range w.Eyes {
		fmt.Fprintf(&b, "%s @%g,%g\n", e.Prefix, e.Lat, e.Lon)
	}
	for _, c := range w.Colos {
		fmt.Fprintf(&b, "%s @%g,%g\n", w.Place(c.Name), c.Lat, c.Lon)
	}
	for _, p := range Crowd() {
		fmt.Fprintf(&b, "%s @%g,%g\n", p, crowded.Lat, crowded.Lon)
	}
	return b.String()
}

// Settings are what a scenario may want otherwise in the configuration of a node.
type Settings struct {
	Lacks string        // a colo that this node's configuration does not have
	Ramp  time.Duration // of a return
	Slow  time.Duration // bound of an answer to a check
}

// Configuration is the text of the configuration of a colo's node.
func (w World) Configuration(colo string, set Settings) string {
	var b strings.Builder
	fmt.Fprintf(&b, "node: {name: %s, colo: %s}\n", w.NodeName(colo), colo)
	b.WriteString("dns: {listen: [\"0.0.0.0:53\"]}\nzones: {directory: zones}\n")
	fmt.Fprintf(&b, "cluster:\n  listen: 0.0.0.0:7946\n  key_file: gossip.key\n  advertise: [%s]\n  join: [%s]\n",
		list(w.servers(w.Of(colo))), list(w.servers(w.Uplinks())))
	b.WriteString("admin: {listen: \"\", socket: admin.sock}\nstate: {directory: state}\nlog: {level: info, format: json}\nprocess: {grace: 0s, user: \"\"}\n")
	fmt.Fprintf(&b, "check: {type: http, port: 80, path: /healthz, slow: %s}\n", set.Slow)
	b.WriteString("checks: [{check: site, type: http, port: 80, path: /healthz}]\n")
	fmt.Fprintf(&b, "steering:\n  ramp: %s\n  geo: {nets: nets.txt}\n  witnesses:\n", set.Ramp)
	for _, upstream := range w.Upstreams {
		witness, _ := w.Witness(upstream)
		if slices.ContainsFunc(w.Uplinks(), func(u Uplink) bool { return u.Upstream == upstream && u.Colo != set.Lacks }) {
			fmt.Fprintf(&b, "    - {upstream: %s, address: \"%s:80\"}\n", upstream, witness)
		}
	}
	b.WriteString("colos:\n")
	for _, c := range w.Colos {
		if c.Name == set.Lacks {
			continue
		}
		fmt.Fprintf(&b, "  - name: %s\n    location: {lat: %g, lon: %g}\n    uplinks:\n", c.Name, c.Lat, c.Lon)
		for _, u := range w.Of(c.Name) {
			fmt.Fprintf(&b, "      - {upstreams: [%s], prefixes: [%s], probe: [%s]}\n", u.Upstream, w.Prefix(u), w.Web(u))
		}
	}
	return b.String()
}

// Resolver is the text of the configuration of a resolver of an eyeball network, with client subnets or without.
func (w World) Resolver(eye Eye, host byte, directory string) string {
	var b strings.Builder
	modules := "iterator"
	if host == ResolverHost {
		modules = "subnetcache iterator"
	}
	fmt.Fprintf(&b, "server:\n  interface: %s\n  outgoing-interface: %[1]s\n  directory: \"%s\"\n  module-config: \"%s\"\n",
		eye.Host(host), directory, modules)
	fmt.Fprintf(&b, "  access-control: %s allow\n", eye.Prefix)
	b.WriteString("  chroot: \"\"\n  username: \"\"\n  pidfile: \"\"\n  use-syslog: no\n  do-daemonize: no\n  do-ip6: no\n")
	b.WriteString("  num-threads: 1\n  cache-min-ttl: 0\n  prefetch: no\n  serve-expired: no\n  qname-minimisation: no\n")
	if host == ResolverHost {
		b.WriteString("  send-client-subnet: 10.0.0.0/8\n  client-subnet-always-forward: yes\n")
	}
	fmt.Fprintf(&b, "remote-control:\n  control-enable: no\nstub-zone:\n  name: %s\n  stub-prime: no\n  stub-no-cache: no\n", Origin)
	for _, addr := range w.servers(w.Uplinks()) {
		fmt.Fprintf(&b, "  stub-addr: %s\n", addr)
	}
	return b.String()
}

func (w World) servers(uplinks []Uplink) []netip.Addr {
	var addrs []netip.Addr
	for _, u := range uplinks {
		addrs = append(addrs, w.Server(u))
	}
	return addrs
}

func list(addrs []netip.Addr) string {
	var words []string
	for _, a := range addrs {
		words = append(words, a.String())
	}
	return strings.Join(words, ", ")
}
