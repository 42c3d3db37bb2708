package secondaries

import (
	"fmt"
	"net/netip"
	"strings"

	"leeward/dnsserver/internal/peers"
	"leeward/zones/tsig"
)

// secondary is how a peer takes a zone.
type secondary struct {
	origin string
	from   netip.AddrPort
	key    *tsig.Key // nil: none
	whole  bool      // always all of the zone
}

// product is a name server that can be a secondary.
type product struct {
	name, program string
	args          []string
	settings      func(dir string, addr netip.AddrPort, s secondary) string
}

var products = []product{
	{"NSD", "nsd", []string{"-d", "-c"}, nsdSettings},
	{"Knot", "knotd", []string{"-c"}, knotSettings},
	{"BIND", "named", []string{"-g", "-n", "1", "-c"}, bindSettings},
}

func (p product) taking(s secondary) peers.Program {
	return peers.Program{Name: p.name, Path: p.program, Args: p.args,
		Settings: func(dir string, addr netip.AddrPort) string { return p.settings(dir, addr, s) }}
}

func nsdSettings(dir string, addr netip.AddrPort, s secondary) string {
	key, kind := "NOKEY", ""
	var b strings.Builder
	fmt.Fprintf(&b, `server:
	ip-address: %s@%d
	username: ""
	chroot: ""
	zonesdir: "%[3]s"
	database: ""
	pidfile: "%[3]s/nsd.pid"
	zonelistfile: "%[3]s/zone.list"
	xfrdfile: "%[3]s/xfrd.state"
	xfrdir: "%[3]s"
	server-count: 1
remote-control:
	control-enable: no
`, addr.Addr(), addr.Port(), dir)
	if s.key != nil {
		key = bare(s.key)
		fmt.Fprintf(&b, "key:\n\tname: %s\n\talgorithm: %s\n\tsecret: \"%s\"\n", key, s.key.Algorithm, secretOf(s.key))
	}
	if s.whole {
		kind = "AXFR "
	}
	fmt.Fprintf(&b, `zone:
	name: "%s"
	zonefile: "secondary.zone"
	request-xfr: %s%s@%d %s
	allow-notify: 127.0.0.1 NOKEY
	provide-xfr: 127.0.0.1 NOKEY
`, s.origin, kind, s.from.Addr(), s.from.Port(), key)
	return b.String()
}

func knotSettings(dir string, addr netip.AddrPort, s secondary) string {
	key := ""
	var b strings.Builder
	fmt.Fprintf(&b, `server:
    listen: %s@%d
    rundir: "%[3]s"
    pidfile: "%[3]s/knot.pid"
    udp-workers: 1
    tcp-workers: 1
control:
    listen: "%[3]s/knot.sock"
database:
    storage: "%[3]s"
`, addr.Addr(), addr.Port(), dir)
	if s.key != nil {
		fmt.Fprintf(&b, "key:\n  - id: %s\n    algorithm: %s\n    secret: %s\n", bare(s.key), s.key.Algorithm, secretOf(s.key))
		key = "    key: " + bare(s.key) + "\n"
	}
	fmt.Fprintf(&b, `remote:
  - id: leeward
    address: %s@%d
%sacl:
  - id: notify
    address: 127.0.0.1
    action: [notify, transfer]
template:
  - id: default
    storage: "%s"
    semantic-checks: off
zone:
  - domain: "%s"
    master: leeward
    acl: notify
    file: secondary.zone
`, s.from.Addr(), s.from.Port(), key, dir, s.origin)
	return b.String()
}

func bindSettings(dir string, addr netip.AddrPort, s secondary) string {
	key := ""
	var b strings.Builder
	fmt.Fprintf(&b, `options {
	directory "%s";
	pid-file "%[1]s/named.pid";
	session-keyfile "%[1]s/session.key";
	listen-on port %d { %s; };
	listen-on-v6 { none; };
	recursion no;
	notify no;
	dnssec-validation no;
	empty-zones-enable no;
	serial-query-rate 1000;
	notify-rate 1000;
};
controls { };
`, dir, addr.Port(), addr.Addr())
	if s.key != nil {
		fmt.Fprintf(&b, "key %s { algorithm %s; secret \"%s\"; };\n", bare(s.key), s.key.Algorithm, secretOf(s.key))
		key = " key " + bare(s.key)
	}
	ixfr := "yes"
	if s.whole {
		ixfr = "no"
	}
	fmt.Fprintf(&b, `zone "%s" { type secondary; file "%s/secondary.zone"; primaries { %s port %d%s; }; request-ixfr %s;
	allow-notify { 127.0.0.1; }; allow-transfer { 127.0.0.1; }; };
`, s.origin, dir, s.from.Addr(), s.from.Port(), key, ixfr)
	return b.String()
}

// bare is the name of a key as these programs have it.
func bare(k *tsig.Key) string { return strings.TrimSuffix(k.Name.String(), ".") }
