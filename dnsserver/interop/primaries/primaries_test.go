package primaries

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"strings"
)

// zoneAt is a zone of a primary.
type zoneAt struct {
	origin string // with the last dot
	file   string
	key    string // of transfers and NOTIFY; "none"
	more   string // settings that only this primary knows
	hidden bool   // answered to nobody but who may transfer it
}

// primary is a name server of another house, and how it is set to give zones to a node.
type primary struct {
	name, program string
	args          []string
	settings      func(dir string, addr, node netip.AddrPort, zones []zoneAt) string
	updates       bool // takes dynamic updates (RFC 2136); if not, its files are edited, and it is told by SIGHUP
}

var houses = []primary{
	{"NSD", "nsd", []string{"-d", "-c"}, nsdPrimary, false},
	{"Knot", "knotd", []string{"-c"}, knotPrimary, true},
	{"BIND", "named", []string{"-g", "-n", "1", "-c"}, bindPrimary, true},
}

var base64Secret = base64.StdEncoding.EncodeToString([]byte(secret))

func nsdPrimary(dir string, addr, node netip.AddrPort, all []zoneAt) string {
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
	rrl-ratelimit: 0
	rrl-whitelist-ratelimit: 0
	zonefiles-check: yes
remote-control:
	control-enable: no
`, addr.Addr(), addr.Port(), dir)
	for _, a := range algorithms[1:] {
		fmt.Fprintf(&b, "key:\n\tname: %s.key\n\talgorithm: hmac-%[1]s\n\tsecret: \"%s\"\n", a, base64Secret)
	}
	for _, z := range all {
		key := "NOKEY"
		if z.key != "none" {
			key = z.key + ".key"
		}
		fmt.Fprintf(&b, "zone:\n\tname: \"%s\"\n\tzonefile: \"%s\"\n\tprovide-xfr: 127.0.0.1 %s\n\tnotify: %s@%d %[3]s\n\tstore-ixfr: yes\n\tcreate-ixfr: yes\n",
			z.origin, z.file, key, node.Addr(), node.Port())
	}
	return b.String()
}

func knotPrimary(dir string, addr, node netip.AddrPort, all []zoneAt) string {
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
log:
  - target: stderr
    any: info
key:
`, addr.Addr(), addr.Port(), dir)
	for _, a := range algorithms[1:] {
		fmt.Fprintf(&b, "  - id: %s.key\n    algorithm: hmac-%[1]s\n    secret: %s\n", a, base64Secret)
	}
	b.WriteString("remote:\n")
	for _, a := range algorithms {
		fmt.Fprintf(&b, "  - id: %s\n    address: %s@%d\n", a, node.Addr(), node.Port())
		if a != "none" {
			fmt.Fprintf(&b, "    key: %s.key\n", a)
		}
	}
	b.WriteString("acl:\n  - id: update\n    address: 127.0.0.1\n    action: update\n")
	for _, a := range algorithms {
		fmt.Fprintf(&b, "  - id: %s\n    address: 127.0.0.1\n    action: transfer\n", a)
		if a != "none" {
			fmt.Fprintf(&b, "    key: %s.key\n", a)
		}
	}
	fmt.Fprintf(&b, "template:\n  - id: default\n    storage: \"%s\"\n    semantic-checks: off\n    journal-content: changes\n    zonefile-sync: -1\nzone:\n", dir)
	for _, z := range all {
		fmt.Fprintf(&b, "  - domain: \"%s\"\n    notify: %s\n    acl: [%[2]s, update]\n", z.origin, z.key)
		if z.file != "" {
			fmt.Fprintf(&b, "    file: \"%s\"\n", z.file)
		}
		b.WriteString(z.more)
	}
	return b.String()
}

func bindPrimary(dir string, addr, node netip.AddrPort, all []zoneAt) string {
	var b strings.Builder
	fmt.Fprintf(&b, `options {
	directory "%s";
	pid-file "%[1]s/named.pid";
	session-keyfile "%[1]s/session.key";
	listen-on port %d { %s; };
	listen-on-v6 { none; };
	recursion no;
	notify explicit;
	notify-delay 0;
	notify-rate 1000;
	startup-notify-rate 1000;
	dnssec-validation no;
	empty-zones-enable no;
};
controls { };
`, dir, addr.Port(), addr.Addr())
	for _, a := range algorithms[1:] {
		fmt.Fprintf(&b, "key %s.key { algorithm hmac-%[1]s; secret \"%s\"; };\n", a, base64Secret)
	}
	for _, z := range all {
		who, with := "127.0.0.1", ""
		if z.key != "none" {
			who, with = "key "+z.key+".key", " key "+z.key+".key"
		}
		fmt.Fprintf(&b, "zone \"%s\" { type primary; file \"%s\"; allow-transfer { %s; }; allow-update { 127.0.0.1; }; also-notify { %s port %d%s; }; };\n",
			z.origin, z.file, who, node.Addr(), node.Port(), with)
	}
	return b.String()
}
