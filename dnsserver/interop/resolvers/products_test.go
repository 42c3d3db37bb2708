package resolvers

import (
	"fmt"
	"net/netip"

	"leeward/dnsserver/internal/peers"
)

// product is a resolver of another house. It passes on the subnets that its clients send, cut to lengths.
type product struct {
	name, program string
	path          string
	args          []string // before the file with the settings
	settings      func(dir string, addr, leeward netip.AddrPort, cut lengths) string
}

// lengths are how many bits of an address a resolver passes on, and caches by.
type lengths struct{ v4, v6 int }

// of is a client as the resolver makes it known.
func (l lengths) of(client netip.Addr) netip.Prefix {
	bits := l.v4
	if client.Is6() {
		bits = l.v6
	}
	return netip.PrefixFrom(client, bits).Masked()
}

var products = []product{
	{"unbound", "unbound", "unbound", []string{"-d", "-c"}, unboundSettings},
	// It looks for a file of its own name. The path of a socket has to be short.
	{"pdns-recursor", "pdns_recursor", "sh", []string{"-c", "ln -s settings recursor.conf && exec pdns_recursor --config-dir=."}, recursorSettings},
}

// before is the resolver in front of a server.
func (p product) before(server netip.AddrPort, cut lengths) peers.Program {
	return peers.Program{Name: p.name, Path: p.path, Args: p.args, Settings: func(dir string, addr netip.AddrPort) string {
		return p.settings(dir, addr, server, cut)
	}}
}

func unboundSettings(dir string, addr, server netip.AddrPort, cut lengths) string {
	return fmt.Sprintf(`server:
  interface: %s@%d
  directory: "%s"
  module-config: "subnetcache iterator"
  send-client-subnet: 127.0.0.1
  client-subnet-always-forward: yes
  max-client-subnet-ipv4: %d
  max-client-subnet-ipv6: %d
  max-ecs-tree-size-ipv4: 1000
  max-ecs-tree-size-ipv6: 1000
  do-not-query-localhost: no
  num-threads: 1
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  do-daemonize: no
remote-control:
  control-enable: no
stub-zone:
  name: %s
  stub-addr: %s@%d
`, addr.Addr(), addr.Port(), dir, cut.v4, cut.v6, origin, server.Addr(), server.Port())
}

func recursorSettings(_ string, addr, server netip.AddrPort, cut lengths) string {
	return fmt.Sprintf(`local-address=%s
local-port=%d
socket-dir=.
forward-zones=%s=%s
edns-subnet-allow-list=127.0.0.0/8
use-incoming-edns-subnet=yes
ecs-ipv4-bits=%d
ecs-ipv4-cache-bits=%[5]d
ecs-ipv6-bits=%d
ecs-ipv6-cache-bits=%[6]d
dont-query=
dnssec=off
threads=1
security-poll-suffix=
`, addr.Addr(), addr.Port(), origin, server, cut.v4, cut.v6)
}
