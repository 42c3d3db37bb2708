package config

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestRefuseTogether(t *testing.T) {
	zones := "zones: {directory: z}\n"
	colo := func(name, uplinks string) string {
		return "  - name: " + name + "\n    location: {lat: 1, lon: 2}\n    uplinks:\n" + uplinks
	}
	refuse(t, []refusal{
		{name: "no zones", text: "zones: {directory: '', files: []}\n", want: `leeward.yaml:1: zones.directory or zones.files is needed, to say where the zones are, or zones.secondary or zones.follow, to get them from elsewhere`},
		{name: "listen twice", text: zones + "dns:\n  listen: ['127.0.0.1:53', '127.0.0.1:54',\n    '127.0.0.1:53']\n", want: `leeward.yaml:4: dns.listen[2]: 127.0.0.1:53 is listed twice`},
		{name: "listen nowhere", text: zones + "dns: {listen: []}\n", want: `leeward.yaml:2: dns.listen: at least one address is needed`},
		{name: "origin twice", text: "zones:\n  files:\n    - {origin: a.example, file: a}\n    - {origin: A.example., file: ''}\n", want: `
leeward.yaml:4: zones.files[1].file: must not be empty
leeward.yaml:4: zones.files[1].origin: a.example. is listed already, as zones.files[0]
`},
		{name: "secondary", text: "zones:\n  files: [{origin: a.example, file: a}]\n  secondary:\n    - {origin: b.example, primaries: []}\n" +
			"    - {origin: B.example, primaries: 192.0.2.1}\n    - {origin: a.example, primaries: 192.0.2.1}\n", want: `
leeward.yaml:4: zones.secondary[0].primaries: at least one address is needed
leeward.yaml:5: zones.secondary[1].origin: b.example. is listed already, as zones.secondary[0]
leeward.yaml:6: zones.secondary[2].origin: a.example. has a file, as zones.files[0]: it is the one or the other
`},
		{name: "keys", text: "zones:\n  directory: z\n  keys:\n    - {name: k.example, secret: c2l4dGVlbiBvY3RldHMhIQ==}\n    - {name: K.example, secret: c2l4dGVlbiBvY3RldHMhIQ==}\n" +
			"    - {name: l.example}\n    - {name: m.example, secret_file: nowhere}\n", want: `
leeward.yaml:5: zones.keys[1].name: k.example. is listed already, as zones.keys[0]
leeward.yaml:6: zones.keys[2]: secret or secret_file is needed, and not both
leeward.yaml:7: zones.keys[3].secret_file: nowhere: no such file or directory
`},
		{name: "secrets", text: "zones:\n  directory: z\n  keys:\n    - {name: k.example, secret: hushhush!}\n    - {name: l.example, secret: aHVzaA==}\n", want: `
leeward.yaml:4: zones.keys[0].secret: not base64 (make a key with: leeward keys new > FILE)
leeward.yaml:5: zones.keys[1].secret: a secret of 4 octets, at least 16 are wanted (make a key with: leeward keys new > FILE)
`},
		{name: "key names", text: "zones:\n  directory: z\n  keys: [{name: xfr.example, secret: c2l4dGVlbiBvY3RldHMhIQ==}]\n  transfer:\n    - {zones: a.example}\n" +
			"    - {key: xfr.exmple}\n  notify:\n    - {addresses: 192.0.2.1, key: xrf.example}\n  update:\n    - {key: xfr.exampel}\n", want: `
leeward.yaml:5: zones.transfer[0]: anybody could transfer: give prefixes or a key (0.0.0.0/0 and ::/0 if that is meant)
leeward.yaml:6: zones.transfer[1].key: there is no key "xfr.exmple." in zones.keys: did you mean xfr.example.?
leeward.yaml:8: zones.notify[0].key: there is no key "xrf.example." in zones.keys: did you mean xfr.example.?
leeward.yaml:10: zones.update[0].key: there is no key "xfr.exampel." in zones.keys: did you mean xfr.example.?
`},
		{name: "no keys", text: "zones:\n  secondary: [{origin: a.example, primaries: 192.0.2.1, key: k}]\n", want: `leeward.yaml:2: zones.secondary[0].key: there is no key "k.": zones.keys is empty`},
		{name: "follow alone", text: "zones:\n  follow: [ns2]\n", want: `leeward.yaml:2: zones.follow: nodes are found by gossip, and there is no cluster`},
		{name: "follow itself", text: "node: {name: ns1}\ncluster: {listen: '127.0.0.1:0'}\nzones:\n  follow:\n    - ns2\n    - ns1\n    - ns2\n", want: `
leeward.yaml:6: zones.follow[1]: "ns1" is this node itself
leeward.yaml:7: zones.follow[2]: "ns2" is listed twice
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
		{name: "loads", text: zones + `colos:
  - {name: a, location: {lat: 1, lon: 2}, load: {low: 1, high: 2}, uplinks: [{upstreams: [u], prefixes: [192.0.2.0/28]}]}
  - {name: b, location: {lat: 1, lon: 2}, load: {file: f, url: "http://h/", low: 1, high: 2}, uplinks: [{upstreams: [u], prefixes: [192.0.2.16/28]}]}
  - {name: c, location: {lat: 1, lon: 2}, load: {file: f, low: 2, high: 2}, uplinks: [{upstreams: [u], prefixes: [192.0.2.32/28]}]}
  - {name: d, location: {lat: 1, lon: 2}, load: {url: f, low: 1, high: 2}, uplinks: [{upstreams: [u], prefixes: [192.0.2.48/28]}]}
  - {name: e, location: {lat: 1, lon: 2}, load: {file: f, high: 2}, uplinks: [{upstreams: [u], prefixes: [192.0.2.64/28]}]}
`, want: `
leeward.yaml:6: colos[3].load.url: "f" is no URL that begins with http:// or https://
leeward.yaml:7: colos[4].load: low is missing
`},
		{name: "loads that do not fit", text: zones + `colos:
  - {name: a, location: {lat: 1, lon: 2}, load: {low: 1, high: 2}, uplinks: [{upstreams: [u], prefixes: [192.0.2.0/28]}]}
  - {name: b, location: {lat: 1, lon: 2}, load: {file: f, url: "http://h/", low: 1, high: 2}, uplinks: [{upstreams: [u], prefixes: [192.0.2.16/28]}]}
  - {name: c, location: {lat: 1, lon: 2}, load: {file: f, low: 2, high: 2}, uplinks: [{upstreams: [u], prefixes: [192.0.2.32/28]}]}
`, want: `
leeward.yaml:3: colos[0].load: file or url is wanted, one of them
leeward.yaml:4: colos[1].load: file or url is wanted, one of them
leeward.yaml:5: colos[2].load.low: 2 is no less than high (2): clients would be sent to and fro
`},
		{name: "named checks", text: zones + "checks:\n  - {check: web, type: tcp, path: /}\n  - {check: web}\n  - {type: http}\n  - {check: a, type: dns}\n" +
			"  - {check: b, timeout: 20s}\n  - {check: c, timout: 1s}\n", want: `
leeward.yaml:3: checks[0].path: only a check of type http and https has it, this one is tcp
leeward.yaml:4: checks[1].check: web is the name of checks[0] already
leeward.yaml:5: checks[2]: check is missing
leeward.yaml:6: checks[3]: name is missing: a check of type dns asks for it
leeward.yaml:7: checks[4].timeout: 20s is too long (at most 10s)
leeward.yaml:8: unknown key "checks[5].timout": did you mean checks[5].timeout?
`},
		{name: "check times", text: zones + "check:\n  interval: 100ms\n  timeout: 2s\n", want: `leeward.yaml:4: check.timeout: 2s is more than ten times check.interval (100ms)`},
		{name: "admin", text: zones + "admin:\n  listen: 0.0.0.0:9353\n  socket: /" + strings.Repeat("s", 107) + "\n", want: `
leeward.yaml:3: admin.listen: only a loopback address without authentication, not 0.0.0.0:9353: add admin.tokens (leeward tokens new makes one) and admin.tls
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
leeward.yaml:9: steering.witnesses[3]: 203.0.113.1:443 through northway is listed twice
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
