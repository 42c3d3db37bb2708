package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// refusal is a configuration that must not load, and all that is said of it.
type refusal struct {
	name    string
	file    string // its name; "": leeward.yaml
	text    string
	environ []string
	flags   []string
	want    string // without the directory
}

func refuse(t *testing.T, table []refusal) {
	t.Helper()
	for _, tt := range table {
		t.Run(tt.name, func(t *testing.T) {
			if tt.file == "" {
				tt.file = "leeward.yaml"
			}
			_, dir, err := load(t, tt.file, tt.text, func(o *Options) { o.Environ, o.Flags = tt.environ, flagSet(t, tt.flags) })
			if err == nil {
				t.Fatal("loaded")
			}
			if got := strings.NewReplacer(dir+"/", "", dir, "DIR").Replace(err.Error()); got != strings.TrimSpace(tt.want) {
				t.Errorf("got\n%s\nwant\n%s", got, strings.TrimSpace(tt.want))
			}
		})
	}
}

func TestRefuseFile(t *testing.T) {
	refuse(t, []refusal{
		{name: "suffix", file: "leeward.ini", want: `configuration leeward.ini: the name must end in .yaml, .toml or .json`},
		{name: "empty", want: `leeward.yaml: zones.directory or zones.files is needed, to say where the zones are`},
		{name: "only a comment", text: "# nothing\n", want: `leeward.yaml: zones.directory or zones.files is needed, to say where the zones are`},
		{name: "null document", text: "---\n", want: `leeward.yaml: zones.directory or zones.files is needed, to say where the zones are`},
		{name: "empty toml", file: "l.toml", text: "# nothing\n", want: `l.toml: zones.directory or zones.files is needed, to say where the zones are`},
		{name: "empty json", file: "l.json", want: `l.json: zones.directory or zones.files is needed, to say where the zones are`},
		{name: "list", text: "\n- a\n", want: `leeward.yaml:2: wants keys, got a list`},
		{name: "list json", file: "l.json", text: "[]", want: `l.json:1: wants keys, got a list`},
		{name: "latin-1", text: "zones:\n  directory: \"\xe9\"\n", want: `leeward.yaml:2: syntax: not UTF-8`},
		{name: "NUL", file: "l.toml", text: "a=1\nb\x00=2\n", want: `l.toml:2: syntax: control character 0x00`},
		{name: "yaml colon", text: "zones: {directory: z}\nnode: name: x\n", want: `leeward.yaml:2: syntax: mapping values are not allowed in this context`},
		{name: "yaml first line", text: "node: name: x\n", want: `leeward.yaml:1: syntax: mapping values are not allowed in this context`},
		{name: "yaml tab", text: "zones:\n\tdirectory: z\n", want: `leeward.yaml:2: syntax: found character that cannot start any token`},
		{name: "yaml open bracket", text: "zones: {directory: z}\ndns:\n  listen: [a, b\nlog: {}\n", want: `leeward.yaml:3: syntax: did not find expected ',' or ']'`},
		{name: "yaml indent", text: "zones:\n  directory: z\n serial: keep\n", want: `leeward.yaml:3: syntax: did not find expected key`},
		{name: "yaml quote", text: "zones:\n  directory: 'z\n", want: `leeward.yaml:2: syntax: found unexpected end of stream`},
		{name: "yaml alias", text: "zones: &z {directory: z}\nnode: *z\n", want: `
leeward.yaml:1: syntax: anchors and aliases are not supported: write the value out
leeward.yaml:2: syntax: anchors and aliases are not supported: write the value out
`},
		{name: "yaml unknown alias", text: "zones: {directory: z}\nnode: *y\n", want: `leeward.yaml:2: syntax: unknown anchor 'y' referenced`},
		{name: "yaml merge", text: "zones: {directory: z}\nlog:\n  <<: {level: info}\n", want: `leeward.yaml:3: syntax: merge keys are not supported: write the keys out`},
		{name: "yaml tag", text: "zones: {directory: !!str z}\nlog: !mine {level: info}\n", want: `
leeward.yaml:1: syntax: the tag !!str is not supported
leeward.yaml:2: syntax: the tag !mine is not supported
`},
		{name: "yaml documents", text: "zones: {directory: z}\n---\nnode: {}\n", want: `leeward.yaml:2: syntax: a second document`},
		{name: "yaml key", text: "zones: {directory: z}\n? [a]\n: b\n", want: `leeward.yaml:2: syntax: a key must be a plain word`},
		{name: "toml syntax", file: "l.toml", text: "[zones]\ndirectory = z\n", want: `l.toml:2: syntax: unexpected character U+007A 'z' at start of value`},
		{name: "toml duplicate", file: "l.toml", text: "[zones]\ndirectory = 'z'\nserial = 'keep'\ndirectory = 'y'\n", want: `l.toml:4: syntax: key directory is already defined`},
		{name: "toml table twice", file: "l.toml", text: "[zones]\ndirectory = 'z'\n[log]\n[zones]\n", want: `l.toml:4: syntax: table zones already exists`},
		{name: "json syntax", file: "l.json", text: "{\n\"zones\": {\n\"directory\": \"z\",\n}}\n", want: `l.json:4: syntax: invalid character '}' looking for beginning of object key string`},
		{name: "json is not yaml", file: "l.json", text: "zones: {directory: z}\n", want: `l.json:1: syntax: invalid character 'z' looking for beginning of value`},
		{name: "json ends", file: "l.json", text: "{\n\"zones\": {\n", want: `l.json:2: syntax: unexpected end of JSON input`},
		{name: "json and more", file: "l.json", text: "{}\n{}\n", want: `l.json:2: syntax: invalid character '{' after top-level value`},
		{name: "json duplicate", file: "l.json", text: "{\n\"zones\": {\"directory\": \"z\",\n\"directory\": \"y\"}}\n", want: `l.json:3: zones.directory: given again, after line 2`},
		{name: "yaml duplicate", text: "zones:\n  directory: z\n  serial: keep\n  directory: y\nzones: {}\n", want: `
leeward.yaml:4: zones.directory: given again, after line 2
leeward.yaml:5: zones: given again, after line 1
`},
	})
}

func TestRefuseMissingFile(t *testing.T) {
	_, err := Load(Options{File: "/nonexistent/leeward.yaml"})
	const want = "configuration /nonexistent/leeward.yaml: no such file (name another with --config)"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	dir := filepath.Join(t.TempDir(), "dir.yaml")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err = Load(Options{File: dir})
	if want := "configuration " + dir + ": is a directory"; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestRefuseKeys(t *testing.T) {
	refuse(t, []refusal{
		{name: "unknown yaml", text: "zones: {directory: z}\nsteering:\n  tll:\n    max: 30s\n", want: `leeward.yaml:4: unknown key "steering.tll.max": did you mean steering.ttl.max?`},
		{name: "unknown toml", file: "l.toml", text: "zones.directory = 'z'\n[steering]\ntll.max = '30s'\n", want: `l.toml:3: unknown key "steering.tll.max": did you mean steering.ttl.max?`},
		{name: "unknown json", file: "l.json", text: "{\"zones\": {\"directory\": \"z\"},\n \"steering\": {\n\t\"tll\": {\"max\": \"30s\"}}}", want: `l.json:3: unknown key "steering.tll.max": did you mean steering.ttl.max?`},
		{name: "group misspelt", text: "zone: {directory: z}\n", want: `leeward.yaml:1: unknown key "zone.directory": did you mean zones.directory?`},
		{name: "wrong group", text: "zones: {directory: z}\nudp_size: 1232\n", want: `leeward.yaml:2: unknown key "udp_size": did you mean dns.udp_size?`},
		{name: "capitals", text: "zones: {Directory: z}\n", want: `leeward.yaml:1: unknown key "zones.Directory": did you mean zones.directory?`},
		{name: "dotted", text: "zones: {directory: z}\ndns.udp_size: 1232\n", want: `leeward.yaml:2: unknown key "dns.udp_size": a dot leads nowhere here, write udp_size below dns`},
		{name: "nothing like it", text: "zones: {directory: z}\nfrobnicate: {}\n", want: `leeward.yaml:2: unknown key "frobnicate": did you mean node.name?`},
		{name: "number as key", text: "zones: {directory: z}\n8: x\n", want: `leeward.yaml:2: unknown key "8": did you mean dns?`},
		{name: "in lists", text: `zones: {directory: z}
colos:
  - name: ams
    location: {lat: 1, lon: 2}
    uplinks:
      - {upstreams: [u], prefixes: [192.0.2.0/24]}
  - name: iad
    location: {lat: 1, long: 2}
    uplinks:
      - upstreams: [u]
        prefixs: [198.51.100.0/24]
`, want: `
leeward.yaml:8: unknown key "colos[1].location.long": did you mean colos[1].location.lon?
leeward.yaml:11: unknown key "colos[1].uplinks[0].prefixs": did you mean colos[1].uplinks[0].prefixes?
`},
		{name: "in toml lists", file: "l.toml", text: `zones.directory = 'z'
[[colos]]
name = 'ams'
location = {lat = 1, lon = 2}
[[colos.uplinks]]
upstreams = ['u']
prefixes = ['192.0.2.0/24']
[[colos]]
name = 'iad'
location = {lat = 1, lon = 2}
[[colos.uplinks]]
upstreams = ['u']
prefixs = ['198.51.100.0/24']
[[colos.uplinks]]
upstreams = ['v']
prefixes = [
  '203.0.113.0/24',
  'x',
]
`, want: `
l.toml:13: unknown key "colos[1].uplinks[0].prefixs": did you mean colos[1].uplinks[0].prefixes?
l.toml:18: colos[1].uplinks[1].prefixes[1]: "x" is no prefix, such as 192.0.2.0/24 or 2001:db8::/32
`},
		{name: "missing", text: "zones: {directory: z, files: [{origin: a}]}\ncolos:\n  - name: ams\n    uplinks: [{}]\n", want: `
leeward.yaml:1: zones.files[0]: file is missing
leeward.yaml:3: colos[0]: location is missing
leeward.yaml:4: colos[0].uplinks[0]: upstreams is missing
leeward.yaml:4: colos[0].uplinks[0]: prefixes is missing
`},
		{name: "variable", text: "zones: {directory: z}\n", environ: []string{"LEEWARD_NODE_NAM=x", "LEEWARD_COLOS=x", "LEEWARD_DNS=1", "LEEWARD=1"}, want: `
LEEWARD_COLOS: colos: only a file can hold a list of groups
LEEWARD_DNS: unknown variable: did you mean LEEWARD_DNS_NSID?
LEEWARD_NODE_NAM: unknown variable: did you mean LEEWARD_NODE_NAME?
`},
		{name: "values of variables", text: "zones: {directory: z}\n", environ: []string{
			"LEEWARD_DNS_UDP_SIZE=100000", "LEEWARD_DNS_TCP_CONNECTIONS=many", "LEEWARD_STEERING_PREEMPT=yes",
			"LEEWARD_STEERING_TTL_MAX=30", "LEEWARD_DNS_LISTEN=127.0.0.1:53,nowhere", "LEEWARD_STEERING_GEO_DEFAULT_LAT=north",
		}, want: `
LEEWARD_DNS_LISTEN: dns.listen[1]: "nowhere" is no address with a port, such as 192.0.2.1:53 or [2001:db8::1]:53
LEEWARD_DNS_TCP_CONNECTIONS: dns.tcp.connections: wants a whole number, got the text "many"
LEEWARD_DNS_UDP_SIZE: dns.udp_size: 100000 is out of range (512 to 4096)
LEEWARD_STEERING_GEO_DEFAULT_LAT: steering.geo.default.lat: wants a number, got the text "north"
LEEWARD_STEERING_PREEMPT: steering.preempt: wants true or false, got the text "yes"
LEEWARD_STEERING_TTL_MAX: steering.ttl.max: "30" is no duration: write it like 500ms, 30s or 1h30m
`},
		{name: "all in order", text: `log: {level: loud}
dns:
  udp_size: 100000
  listn: ["127.0.0.1:53"]
zones:
  serial: always
`, environ: []string{"LEEWARD_LOG_FORMAT=xml"}, flags: []string{"--node-name=a b", "--node-colo=ams"}, want: `
leeward.yaml:1: log.level: "loud" is not one of debug, info, warn or error
leeward.yaml:3: dns.udp_size: 100000 is out of range (512 to 4096)
leeward.yaml:4: unknown key "dns.listn": did you mean dns.listen?
leeward.yaml:6: zones.serial: "always" is not one of keep, increment or unixtime
LEEWARD_LOG_FORMAT: log.format: "xml" is not one of text or json
--node-name: node.name: "a b" has spaces or control characters
--node-colo: node.colo: "ams", but there are no colos
`},
	})
}

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
		{name: "value in list of groups", text: zones + "colos: [ams]\n", want: `leeward.yaml:2: colos[0]: wants keys (name, location, capacity, uplinks), got the text "ams"`},
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
leeward.yaml:5: colos[0].capacity: -1 is out of range (0 to 1000000)
leeward.yaml:8: colos[0].uplinks[0].prefixes[0]: "192.0.2.0/33" is no prefix, such as 192.0.2.0/24 or 2001:db8::/32
leeward.yaml:8: colos[0].uplinks[0].prefixes[1]: 2001:db8::1 has no length: write 2001:db8::1/128 for this address alone
leeward.yaml:9: colos[0].uplinks[0].probe[0]: "192.0.2.0/24" is no address, such as 192.0.2.1 or 2001:db8::1
leeward.yaml:9: colos[0].uplinks[0].probe[1]: "fe80::1%eth0" is no address, such as 192.0.2.1 or 2001:db8::1
`},
		{name: "check", text: zones + "check: {type: ping, port: 0, interval: 50ms, timeout: 11s, fall: 0, rise: -1, status: [99, 600], path: x, qtype: soa}\n", want: `
leeward.yaml:2: check.type: "ping" is not one of tcp, http, https or dns
leeward.yaml:2: check.port: 0 is out of range (1 to 65535)
leeward.yaml:2: check.interval: 50ms is too short (at least 100ms)
leeward.yaml:2: check.timeout: 11s is too long (at most 10s)
leeward.yaml:2: check.fall: 0 is out of range (1 to 1000)
leeward.yaml:2: check.rise: -1 is out of range (1 to 1000)
leeward.yaml:2: check.status[0]: 99 is out of range (100 to 599)
leeward.yaml:2: check.status[1]: 600 is out of range (100 to 599)
leeward.yaml:2: check.path: "x" is no path of a URL: it begins with / and has no spaces
leeward.yaml:2: check.qtype: "soa" is not one of SOA, A, AAAA, CAA, CNAME, DNSKEY, DS, HTTPS, MX, NS, PTR, SRV, SVCB or TXT
`},
	})
}

func TestRefuseTogether(t *testing.T) {
	zones := "zones: {directory: z}\n"
	colo := func(name, uplinks string) string {
		return "  - name: " + name + "\n    location: {lat: 1, lon: 2}\n    uplinks:\n" + uplinks
	}
	refuse(t, []refusal{
		{name: "no zones", text: "zones: {directory: '', files: []}\n", want: `leeward.yaml:1: zones.directory or zones.files is needed, to say where the zones are`},
		{name: "listen twice", text: zones + "dns:\n  listen: ['127.0.0.1:53', '127.0.0.1:54',\n    '127.0.0.1:53']\n", want: `leeward.yaml:4: dns.listen[2]: 127.0.0.1:53 is listed twice`},
		{name: "listen nowhere", text: zones + "dns: {listen: []}\n", want: `leeward.yaml:2: dns.listen: at least one address is needed`},
		{name: "origin twice", text: "zones:\n  files:\n    - {origin: a.example, file: a}\n    - {origin: A.example., file: ''}\n", want: `
leeward.yaml:4: zones.files[1].file: must not be empty
leeward.yaml:4: zones.files[1].origin: a.example. is listed already, as zones.files[0]
`},
		{name: "colo without colos", text: zones + "node: {colo: ams}\n", want: `leeward.yaml:2: node.colo: "ams", but there are no colos`},
		{name: "colo unknown", text: zones + "node: {colo: asm}\ncolos:\n" +
			colo("iad", "      - {upstreams: [u], prefixes: [192.0.2.0/25]}\n") + colo("ams", "      - {upstreams: [u], prefixes: [192.0.2.128/25]}\n"), want: `leeward.yaml:2: node.colo: there is no colo "asm": did you mean ams?`},
		{name: "colo of flag unknown", text: zones, flags: []string{"--node-colo", "ams"}, want: `--node-colo: node.colo: "ams", but there are no colos`},
		{name: "ttl", text: zones + "steering:\n  ttl:\n    min: 1m\n", want: `leeward.yaml:4: steering.ttl.min: ttl.min (1m0s) is more than ttl.max (30s)`},
		{name: "ttl max", text: zones + "steering:\n  ttl:\n    max: 2s\n", want: `leeward.yaml:4: steering.ttl.max: ttl.min (5s) is more than ttl.max (2s)`},
		{name: "geo half", text: zones, environ: []string{"LEEWARD_STEERING_GEO_DEFAULT_LAT=1"}, want: `LEEWARD_STEERING_GEO_DEFAULT_LAT: steering.geo.default.lat: lon is missing beside it`},
		{name: "geo half in file", text: zones + "steering:\n  geo:\n    default:\n      lon: 1\n", want: `leeward.yaml:4: steering.geo.default: lat is missing`},
		{name: "check options", text: zones + "check:\n  type: tcp\n  path: /\n  name: a\n", want: `
leeward.yaml:4: check.path: only a check of type http and https has it, this one is tcp
leeward.yaml:5: check.name: only a check of type dns has it, this one is tcp
`},
		{name: "check options of dns", text: zones + "check:\n  type: dns\n  verify: true\n", want: `
leeward.yaml:2: check: name is missing: a check of type dns asks for it
leeward.yaml:4: check.verify: only a check of type http and https has it, this one is dns
`},
		{name: "check options of http", text: zones + "check:\n  type: http\n  status: []\n  qtype: SOA\n", want: `
leeward.yaml:4: check.status: at least one status is needed
leeward.yaml:5: check.qtype: only a check of type dns has it, this one is http
`},
		{name: "check times", text: zones + "check:\n  interval: 100ms\n  timeout: 2s\n", want: `leeward.yaml:4: check.timeout: 2s is more than ten times check.interval (100ms)`},
		{name: "admin", text: zones + "admin:\n  listen: 0.0.0.0:9353\n  socket: /" + strings.Repeat("s", 107) + "\n", want: `
leeward.yaml:3: admin.listen: only a loopback address without authentication, not 0.0.0.0:9353
leeward.yaml:4: admin.socket: /sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss is longer than 107 octets
`},
		{name: "same colo", text: zones + "colos:\n" + colo("ams", "      - {upstreams: [u], prefixes: [192.0.2.0/25]}\n") +
			colo("ams", "      - {upstreams: [u], prefixes: [192.0.2.128/25]}\n"), want: `leeward.yaml:7: colos[1].name: ams is the name of colos[0] already`},
		{name: "network", text: zones + "colos:\n" +
			colo("ams", "      - {upstreams: [u], prefixes: [192.0.2.0/25]}\n      - {upstreams: [v], prefixes: [192.0.2.0/25]}\n") +
			colo("iad", "      - {upstreams: [u], prefixes: [198.51.100.0/24], probe: [203.0.113.1]}\n") +
			colo("lhr", "      - {upstreams: [u], prefixes: [198.51.101.0/23]}\n") +
			colo("sjc", "      - {upstreams: [u], prefixes: [203.0.113.0/24]}\n") +
			colo("a/b", "      - {upstreams: [u], prefixes: [2001:db8::/32]}\n") +
			colo("nrt", "      []\n"), want: `
leeward.yaml:7: colo ams, uplink v: prefix 192.0.2.0/25 belongs to ams/u already: an address can be reached through one uplink only
leeward.yaml:15: colo lhr, uplink u: prefix 198.51.101.0/23 has bits set beyond its length: 198.51.100.0/23 is meant?
leeward.yaml:19: probe address 203.0.113.1 of iad/u lies in a prefix of sjc/u
leeward.yaml:23: colo "a/b": a name has no space and none of / : + , "
leeward.yaml:26: colo nrt has no uplinks
`},
		{name: "witnesses", text: zones + `colos:
  - {name: ams, location: {lat: 1, lon: 2}, uplinks: [{upstreams: [northway], prefixes: [192.0.2.0/24]}]}
steering:
  witnesses:
    - {upstream: norhtway, address: 203.0.113.1}
    - {upstream: northway, address: 192.0.2.7}
    - {upstream: northway, address: 203.0.113.1}
    - {upstream: northway, address: 203.0.113.1}
`, want: `
leeward.yaml:6: steering.witnesses[0].upstream: there is no upstream "norhtway": did you mean northway?
leeward.yaml:7: steering.witnesses[1].address: 192.0.2.7 lies in a prefix of ams/northway: a witness stands outside the network
leeward.yaml:9: steering.witnesses[3]: 203.0.113.1 through northway is listed twice
`},
		{name: "witness without colos", text: zones + "steering: {witnesses: [{upstream: u, address: 203.0.113.1}]}\n", want: `leeward.yaml:2: steering.witnesses[0].upstream: there is no upstream "u": there are no colos`},
		{name: "key required", text: zones + "cluster: {}\n", want: `leeward.yaml:2: cluster.key_file: required unless cluster.listen is a loopback address (make a key with: leeward keys new > FILE)`},
		{name: "key absent", text: zones + "cluster: {key_file: nowhere.key}\n", want: `leeward.yaml:2: cluster.key_file: nowhere.key: no such file or directory`},
		{name: "key is a directory", text: zones + "cluster: {key_file: .}\n", want: `leeward.yaml:2: cluster.key_file: DIR: not a regular file`},
		{name: "key not base64", text: zones + "cluster: {listen: '127.0.0.1:0', key_file: leeward.yaml}\n", want: `leeward.yaml:2: cluster.key_file: leeward.yaml: not base64 (make a key with: leeward keys new > FILE)`},
	})
}

func TestRefuseKeyFile(t *testing.T) {
	for _, tt := range []struct{ key, want string }{
		{"", "a key of 0 octets, 32 are wanted (make a key with: leeward keys new > FILE)"},
		{"AAAA", "a key of 3 octets, 32 are wanted (make a key with: leeward keys new > FILE)"},
		{"A!", "not base64 (make a key with: leeward keys new > FILE)"},
		{strings.Repeat("A", 5000), "too large for a key (make a key with: leeward keys new > FILE)"},
	} {
		dir := write(t, map[string]string{"leeward.yaml": "zones: {directory: z}\ncluster:\n  key_file: k\n", "k": tt.key})
		_, err := Load(Options{File: filepath.Join(dir, "leeward.yaml"), HostName: "ns1"})
		want := dir + "/leeward.yaml:3: cluster.key_file: " + dir + "/k: " + tt.want
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

func TestRefuseHostName(t *testing.T) {
	_, _, err := load(t, "leeward.yaml", "zones: {directory: z}\n", func(o *Options) { o.HostName = "" })
	if err == nil || !strings.HasSuffix(err.Error(), "leeward.yaml: node.name: the host name cannot stand in for it: must not be empty") {
		t.Errorf("got %v", err)
	}
}
