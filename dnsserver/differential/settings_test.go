package differential

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"
)

// What the four servers are told to say of themselves, the size of their UDP responses, and what they make cookies with.
const (
	identity     = "differential"
	udpSize      = 1232
	cookieSecret = "e5e973e5a6b2a43f48e7dc849e37bfcf"
)

// product is a name server of another house.
type product struct {
	name, program string
	settings      func(dir string, addr netip.AddrPort, zones []zoneFile) string
	args          []string // before the file with the settings
}

// products are the peers. They are set to be as alike as they can: minimal responses with additional sections, ANY in
// full where the product can, the same identity, one worker so that responses come in the order of the queries.
var products = []product{
	{"NSD", "nsd", nsdSettings, []string{"-d", "-c"}},
	{"Knot", "knotd", knotSettings, []string{"-c"}},
	{"BIND", "named", bindSettings, []string{"-g", "-n", "1", "-c"}},
}

func nsdSettings(dir string, addr netip.AddrPort, zones []zoneFile) string {
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
	refuse-any: no
	minimal-responses: yes
	rrl-ratelimit: 0
	rrl-whitelist-ratelimit: 0
	tcp-query-count: 0
	ipv4-edns-size: %d
	identity: "%s"
	version: "%[5]s"
	nsid: "ascii_%[5]s"
	answer-cookie: yes
	cookie-secret: "%[6]s"
remote-control:
	control-enable: no
`, addr.Addr(), addr.Port(), dir, udpSize, identity, cookieSecret)
	for _, z := range zones {
		fmt.Fprintf(&b, "zone:\n\tname: \"%s\"\n\tzonefile: \"%s\"\n", z.origin, z.path)
	}
	return b.String()
}

func knotSettings(dir string, addr netip.AddrPort, zones []zoneFile) string {
	var b strings.Builder
	fmt.Fprintf(&b, `server:
    listen: %s@%d
    rundir: "%[3]s"
    pidfile: "%[3]s/knot.pid"
    identity: "%s"
    version: "%[4]s"
    nsid: "%[4]s"
    udp-workers: 1
    tcp-workers: 1
    udp-max-payload: %d
    edns-client-subnet: on
control:
    listen: "%[3]s/knot.sock"
database:
    storage: "%[3]s"
template:
  - id: default
    storage: "%[3]s"
    semantic-checks: off
    journal-content: none
    zonefile-sync: -1
zone:
`, addr.Addr(), addr.Port(), dir, identity, udpSize)
	for _, z := range zones {
		fmt.Fprintf(&b, "  - domain: \"%s\"\n    file: \"%s\"\n", z.origin, z.path)
	}
	return b.String()
}

func bindSettings(dir string, addr netip.AddrPort, zones []zoneFile) string {
	var b strings.Builder
	fmt.Fprintf(&b, `options {
	directory "%s";
	pid-file "%[1]s/named.pid";
	session-keyfile "%[1]s/session.key";
	listen-on port %d { %s; };
	listen-on-v6 { none; };
	recursion no;
	minimal-responses no-auth;
	minimal-any no;
	notify no;
	allow-transfer { none; };
	dnssec-validation no;
	empty-zones-enable no;
	edns-udp-size %d;
	max-udp-size %[4]d;
	nocookie-udp-size %[4]d;
	answer-cookie yes;
	cookie-algorithm siphash24;
	cookie-secret "%[6]s";
	version "%[5]s";
	hostname "%[5]s";
	server-id "%[5]s";
	check-names primary ignore;
	check-mx ignore;
	check-mx-cname ignore;
	check-srv-cname ignore;
	check-integrity no;
	check-sibling no;
	check-dup-records ignore;
	check-wildcard no;
	max-records-per-type 0;
};
controls { };
logging { category security { null; }; category query-errors { null; }; }; // a line for each REFUSED, else
`, dir, addr.Port(), addr.Addr(), udpSize, identity, cookieSecret)
	for _, z := range zones {
		fmt.Fprintf(&b, "zone \"%s\" { type primary; file \"%s\"; };\n", z.origin, filepath.Clean(z.path))
	}
	return b.String()
}
