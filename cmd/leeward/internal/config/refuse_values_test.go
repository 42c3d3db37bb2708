package config

import (
	"strings"
	"testing"
)

func TestRefuseValues(t *testing.T) {
	zones := "zones: {directory: z}\n"
	refuse(t, []refusal{
		{name: "text for number", text: zones + "dns: {udp_size: '1232'}\n", want: `leeward.yaml:2: dns.udp_size: wants a whole number, got the text "1232"`},
		{name: "fraction for whole", text: zones + "dns: {udp_size: 1232.5}\n", want: `leeward.yaml:2: dns.udp_size: wants a whole number, got 1232.5`},
		{name: "huge number", text: zones + "dns: {udp_size: 99999999999999999999}\n", want: `leeward.yaml:2: dns.udp_size: wants a whole number, got 1e+20`},
		{name: "huge number json", file: "l.json", text: `{"zones": {"directory": "z"}, "dns": {"udp_size": 1e400}}`, want: `l.json:1: dns.udp_size: wants a whole number, got 1e400`},
		{name: "number for text", text: zones + "node: {name: 5}\n", want: `leeward.yaml:2: node.name: wants text, got 5: put it in quotes`},
		{name: "bool for text", text: zones + "node: {name: true}\n", want: `leeward.yaml:2: node.name: wants text, got true: put it in quotes`},
		{name: "date for text", text: zones + "node: {name: 2026-01-02}\n", want: `leeward.yaml:2: node.name: wants text, got the date 2026-01-02: put it in quotes`},
		{name: "date for text toml", file: "l.toml", text: "zones.directory = 'z'\nnode.name = 2026-01-02\n", want: `l.toml:2: node.name: wants text, got the date or time 2026-01-02: put it in quotes`},
		{name: "text for bool", text: zones + "steering: {preempt: 'true'}\n", want: `leeward.yaml:2: steering.preempt: wants true or false, got the text "true"`},
		{name: "yes for bool", text: zones + "steering: {preempt: yes}\n", want: `leeward.yaml:2: steering.preempt: wants true or false, got the text "yes"`},
		{name: "nothing", text: zones + "cluster:\n", want: `leeward.yaml:2: cluster: wants keys (listen, advertise, join, key_file, allow), got nothing`},
		{name: "null value", text: zones + "node: {name: null}\n", want: `leeward.yaml:2: node.name: wants text, got nothing`},
		{name: "value for list", text: zones + "dns: {listen: '127.0.0.1:53'}\n", want: `leeward.yaml:2: dns.listen: wants a list, got the text "127.0.0.1:53"`},
		{name: "value for group", text: zones + "steering: {ttl: 30s}\n", want: `leeward.yaml:2: steering.ttl: wants keys (max, min), got the text "30s"`},
		{name: "list for group", text: zones + "node: [a]\n", want: `leeward.yaml:2: node: wants keys (name, colo), got a list`},
		{name: "group for list", text: zones + "colos: {ams: {}}\n", want: `leeward.yaml:2: colos: wants a list, got a group of keys`},
		{name: "value in list of groups", text: zones + "colos: [ams]\n", want: `leeward.yaml:2: colos[0]: wants keys (name, location, capacity, load, uplinks), got the text "ams"`},
		{name: "group for value", text: zones + "node: {name: {a: b}}\n", want: `leeward.yaml:2: node.name: wants text, got a group of keys`},
		{name: "duration number", text: zones + "steering: {ttl: {max: 30}}\n", want: `leeward.yaml:2: steering.ttl.max: 30 has no unit: write it like 500ms, 30s or 1h30m`},
		{name: "duration text", text: zones + "steering: {ramp: soon}\n", want: `leeward.yaml:2: steering.ramp: "soon" is no duration: write it like 500ms, 30s or 1h30m`},
		{name: "duration negative", text: zones + "steering: {ramp: -1s}\n", want: `leeward.yaml:2: steering.ramp: -1s is too short (at least 0s)`},
		{name: "duration zero", text: zones + "dns: {tcp: {idle: 0s, connections: 0}}\n", want: `
leeward.yaml:2: dns.tcp.idle: 0s is too short (at least 1ms)
leeward.yaml:2: dns.tcp.connections: 0 is out of range (1 to 1000000)
`},
		{name: "ttl", text: zones + "steering:\n  ttl:\n    max: 2500ms\n    min: 0s\n", want: `
leeward.yaml:4: steering.ttl.max: 2.5s is no whole number of seconds, as a TTL must be
leeward.yaml:5: steering.ttl.min: 0s is too short (at least 1s)
`},
		{name: "dnstap", text: zones + "dnstap: {to: 127.0.0.1:6000}\n", want: `leeward.yaml:2: dnstap.to: "127.0.0.1:6000" is no destination, such as unix:/run/dnstap.sock, tcp:127.0.0.1:6000 or file:/var/log/leeward.dnstap`},
		{name: "dnstap without a port", text: zones + "dnstap: {to: 'tcp:localhost'}\n", want: `leeward.yaml:2: dnstap.to: "tcp:localhost" is no destination, such as unix:/run/dnstap.sock, tcp:127.0.0.1:6000 or file:/var/log/leeward.dnstap`},
		{name: "dnstap to no path", text: zones + "dnstap: {to: 'file:'}\n", want: `leeward.yaml:2: dnstap.to: "file:" is no destination, such as unix:/run/dnstap.sock, tcp:127.0.0.1:6000 or file:/var/log/leeward.dnstap`},
		{name: "dnstap to nobody", text: zones + "dnstap: {sample: 10}\n", want: `leeward.yaml:2: dnstap.sample: has no meaning without dnstap.to`},
		{name: "dnstap of nothing", text: zones + "dnstap: {to: 'file:tap', queries: false, responses: false}\n", want: `leeward.yaml:2: dnstap.responses: neither queries nor responses: nothing would be told`},
		{name: "log of queries", text: zones + "log: {queries: {sample: -1, most: 0, client: none}}\n", want: `
leeward.yaml:2: log.queries.sample: -1 is out of range (0 to 1000000000)
leeward.yaml:2: log.queries.most: 0 is out of range (1 to 10000)
leeward.yaml:2: log.queries.client: "none" is not one of scope or whole
`},
		{name: "status page without an address outside", text: zones + "status_page: {listen: '0.0.0.0:80'}\n", want: `leeward.yaml:2: status_page.listen: status_page.url is needed with it: where the page is found from outside, such as https://status.example.com/`},
		{name: "status page below a query", text: zones + "status_page: {listen: '0.0.0.0:80', url: 'http://a.example/?b'}\n", want: `leeward.yaml:2: status_page.url: http://a.example/?b has a query or a fragment`},
		{name: "stale", text: zones + "steering: {stale: 500ms}\n", want: `leeward.yaml:2: steering.stale: 500ms is too short (at least 1s)`},
		{name: "not a number", text: zones + "steering: {geo: {default: {lat: .nan, lon: -180.5}}}\n", want: `
leeward.yaml:2: steering.geo.default.lat: NaN is out of range (-90 to 90)
leeward.yaml:2: steering.geo.default.lon: -180.5 is out of range (-180 to 180)
`},
		{name: "words", text: zones + "log: {level: INFO, format: xml}\n", want: `
leeward.yaml:2: log.level: "INFO" is not one of debug, info, warn or error
leeward.yaml:2: log.format: "xml" is not one of text or json
`},
		{name: "names", text: zones + "node: {name: ''}\ndns: {nsid: \"a\\nb\", version: " + strings.Repeat("v", 256) + "}\n", want: `
leeward.yaml:2: node.name: must not be empty
leeward.yaml:3: dns.nsid: "a\nb" has control characters
leeward.yaml:3: dns.version: longer than 255 octets
`},
		{name: "name with space", text: zones + "node: {name: 'a b'}\n", want: `leeward.yaml:2: node.name: "a b" has spaces or control characters`},
		{name: "listen", text: zones + "dns:\n  listen:\n    - ':53'\n    - 127.0.0.1\n    - '[::ffff:127.0.0.1]:53'\n    - localhost:53\n", want: `
leeward.yaml:4: dns.listen[0]: ":53" is no address with a port, such as 192.0.2.1:53 or [2001:db8::1]:53
leeward.yaml:5: dns.listen[1]: "127.0.0.1" is no address with a port, such as 192.0.2.1:53 or [2001:db8::1]:53
leeward.yaml:6: dns.listen[2]: write ::ffff:127.0.0.1 as the IPv4 address 127.0.0.1
leeward.yaml:7: dns.listen[3]: "localhost:53" is no address with a port, such as 192.0.2.1:53 or [2001:db8::1]:53
`},
		{name: "origins", text: "zones:\n  files:\n    - {origin: a..b, file: f}\n    - {origin: 'a b', file: f}\n    - {origin: 'a\\25', file: f}\n" +
			"    - {origin: " + strings.Repeat("a", 64) + ", file: f}\n    - {origin: '', file: f}\n    - {origin: " + strings.Repeat("abcdefg.", 32) + ", file: f}\n", want: `
leeward.yaml:3: zones.files[0].origin: "a..b" is no domain name: an empty label
leeward.yaml:4: zones.files[1].origin: "a b" is no domain name: ' ' in it
leeward.yaml:5: zones.files[2].origin: "a\\25" is no domain name: an escape is \ and a character or three digits
leeward.yaml:6: zones.files[3].origin: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" is no domain name: a label of more than 63 octets
leeward.yaml:7: zones.files[4].origin: "" is no domain name: 1 to 255 octets
leeward.yaml:8: zones.files[5].origin: "abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg.abcdefg." is no domain name: 1 to 255 octets
`},
		{name: "cluster", text: zones + `cluster:
  listen: 127.0.0.1:0
  advertise: 0.0.0.0:7946
  join: ["", ns1:0, "a b", 300.1.1.1, "http://x", "::ffff:1.2.3.4"]
  allow: [192.0.2.1, x, "::ffff:192.0.2.0/120"]
`, want: `
leeward.yaml:4: cluster.advertise: 0.0.0.0 is no address that other nodes can reach
leeward.yaml:5: cluster.join[0]: "" is no host, such as ns1.example.com, ns1.example.com:7946 or [2001:db8::1]:7946
leeward.yaml:5: cluster.join[1]: "ns1:0" is no host, such as ns1.example.com, ns1.example.com:7946 or [2001:db8::1]:7946
leeward.yaml:5: cluster.join[2]: "a b" is no host, such as ns1.example.com, ns1.example.com:7946 or [2001:db8::1]:7946
leeward.yaml:5: cluster.join[3]: "300.1.1.1" is no host, such as ns1.example.com, ns1.example.com:7946 or [2001:db8::1]:7946
leeward.yaml:5: cluster.join[4]: "http://x" is no host, such as ns1.example.com, ns1.example.com:7946 or [2001:db8::1]:7946
leeward.yaml:5: cluster.join[5]: write ::ffff:1.2.3.4 as the IPv4 address 1.2.3.4
leeward.yaml:6: cluster.allow[0]: 192.0.2.1 has no length: write 192.0.2.1/32 for this address alone
leeward.yaml:6: cluster.allow[1]: "x" is no prefix, such as 192.0.2.0/24 or 2001:db8::/32
leeward.yaml:6: cluster.allow[2]: write ::ffff:192.0.2.0 as the IPv4 address 192.0.2.0
`},
		{name: "prefixes", text: zones + `colos:
  - name: ams
    location: {lat: 91, lon: 4}
    capacity: -1
    uplinks:
      - upstreams: [u]
        prefixes: [192.0.2.0/33, 2001:db8::1]
        probe: [192.0.2.0/24, "fe80::1%eth0"]
`, want: `
leeward.yaml:4: colos[0].location.lat: 91 is out of range (-90 to 90)
leeward.yaml:5: colos[0].capacity: -1 is out of range (0 to 1000000000)
leeward.yaml:8: colos[0].uplinks[0].prefixes[0]: "192.0.2.0/33" is no prefix, such as 192.0.2.0/24 or 2001:db8::/32
leeward.yaml:8: colos[0].uplinks[0].prefixes[1]: 2001:db8::1 has no length: write 2001:db8::1/128 for this address alone
leeward.yaml:9: colos[0].uplinks[0].probe[0]: "192.0.2.0/24" is no address, such as 192.0.2.1 or 2001:db8::1
leeward.yaml:9: colos[0].uplinks[0].probe[1]: "fe80::1%eth0" is no address, such as 192.0.2.1 or 2001:db8::1
`},
		{name: "check", text: zones + "check: {type: ping, port: 0, interval: 50ms, timeout: 11s, fall: 0, rise: -1, status: [99, 600], path: x, host: a/b, qtype: soa}\n", want: `
leeward.yaml:2: check.type: "ping" is not one of tcp, http, https or dns
leeward.yaml:2: check.port: 0 is out of range (1 to 65535)
leeward.yaml:2: check.interval: 50ms is too short (at least 100ms)
leeward.yaml:2: check.timeout: 11s is too long (at most 10s)
leeward.yaml:2: check.fall: 0 is out of range (1 to 1000)
leeward.yaml:2: check.rise: -1 is out of range (1 to 1000)
leeward.yaml:2: check.status[0]: 99 is out of range (100 to 599)
leeward.yaml:2: check.status[1]: 600 is out of range (100 to 599)
leeward.yaml:2: check.path: "x" is no path of a URL: it begins with / and has no spaces
leeward.yaml:2: check.host: "a/b" is no name or address of a host, with or without a port
leeward.yaml:2: check.qtype: "soa" is not one of SOA, A, AAAA, CAA, CNAME, DNSKEY, DS, HTTPS, MX, NS, PTR, SRV, SVCB or TXT
`},
	})
}
