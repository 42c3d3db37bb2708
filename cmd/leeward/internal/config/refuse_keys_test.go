package config

import "testing"

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
