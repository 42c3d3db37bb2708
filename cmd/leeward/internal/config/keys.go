package config

import (
	"fmt"
	"strings"
	"time"
)

// key is one key of the configuration: with a kind it holds a value (or, as a list, several), with keys a group.
type key struct {
	name     string
	kind     kind
	keys     []key
	list     bool
	lone     bool   // a list of one may stand as its item
	required bool   // in its group
	fallback any    // the default, as it would stand in a file; nil: none
	instead  string // what the default is when it is no constant, in words
	flag     string // the flag that sets it
}

// defaultSocket is where the admin API listens that is not told otherwise.
const defaultSocket = "/run/leeward/leeward.sock"

// keys is every key there is.
func keys() []key {
	return []key{
		{name: "node", keys: []key{
			{name: "name", kind: word(), instead: "host name", flag: "node-name"},
			{name: "colo", kind: word(), flag: "node-colo"},
		}},
		{name: "dns", keys: []key{
			{name: "listen", kind: addrPort(), list: true, fallback: list{{value: "0.0.0.0:53"}, {value: "[::]:53"}}},
			{name: "nsid", kind: line(), instead: "node.name"},
			{name: "version", kind: line(), instead: "leeward VERSION"},
			{name: "udp_size", kind: whole(512, 4096), fallback: int64(1232)},
			{name: "proxy", kind: prefix(), list: true, lone: true, instead: "[]"},
			{name: "udp", keys: []key{
				{name: "sockets", kind: whole(0, 1024), fallback: int64(0), instead: "0 (one for each processor)"},
				{name: "batch", kind: whole(1, 1024), fallback: int64(32)},
				{name: "receive_buffer", kind: whole(0, 1<<30), fallback: int64(0), instead: "0 (1 MiB, or what the system allows)"},
			}},
			{name: "tcp", keys: []key{
				{name: "idle", kind: duration(time.Millisecond, forever), fallback: "10s"},
				{name: "connections", kind: whole(1, 1_000_000), fallback: int64(1000)},
			}},
		}},
		{name: "zones", keys: []key{
			{name: "directory", kind: path()},
			{name: "files", list: true, keys: []key{
				{name: "origin", kind: domainName(), required: true},
				{name: "file", kind: path(), required: true},
			}},
			{name: "serial", kind: oneOf("keep", "increment", "unixtime"), fallback: "keep"},
			{name: "follow", kind: word(), list: true, instead: "[]"},
			{name: "secondary", list: true, instead: "[]", keys: []key{
				{name: "origin", kind: domainName(), required: true},
				{name: "primaries", kind: dnsAddr(), list: true, lone: true, required: true},
				{name: "key", kind: domainName()},
				{name: "catalog", kind: boolean(), instead: "false"},
			}},
			{name: "transfer", list: true, instead: "[]", keys: []key{
				{name: "zones", kind: domainName(), list: true, lone: true, instead: "all"},
				{name: "prefixes", kind: prefix(), list: true, lone: true, instead: "any"},
				{name: "key", kind: domainName()},
			}},
			{name: "notify", list: true, instead: "[]", keys: []key{
				{name: "zones", kind: domainName(), list: true, lone: true, instead: "all"},
				{name: "addresses", kind: dnsAddr(), list: true, lone: true, required: true},
				{name: "key", kind: domainName()},
			}},
			{name: "catalog", kind: domainName()},
			{name: "keys", list: true, instead: "[]", keys: []key{
				{name: "name", kind: domainName(), required: true},
				{name: "algorithm", kind: oneOf("hmac-sha256", "hmac-sha384", "hmac-sha512"), instead: "hmac-sha256"},
				{name: "secret", kind: secret()},
				{name: "secret_file", kind: path()},
			}},
			{name: "verify", keys: []key{
				{name: "command", kind: anything(), list: true, lone: true, instead: "[]"},
				{name: "timeout", kind: duration(time.Millisecond, time.Hour), fallback: "30s"},
			}},
		}},
		{name: "cluster", instead: "absent: no gossip", keys: []key{
			{name: "listen", kind: addrPort(), fallback: "0.0.0.0:7946"},
			{name: "advertise", kind: advertised(), list: true, lone: true, fallback: list{}, instead: "as listening"},
			{name: "join", kind: hostPort(), list: true, fallback: list{}},
			{name: "key_file", kind: path()},
			{name: "allow", kind: prefix(), list: true, fallback: list{}},
		}},
		{name: "steering", keys: steeringKeys()},
		{name: "colos", list: true, keys: coloKeys(), fallback: list{}},
		{name: "check", keys: checkKeys()},
		{name: "checks", keys: namedCheckKeys(), list: true, instead: "[]"},
		{name: "admin", keys: []key{
			{name: "listen", kind: orOff(addrPort()), fallback: "127.0.0.1:9353"},
			{name: "socket", kind: path(), fallback: defaultSocket},
		}},
		{name: "state", keys: []key{
			{name: "directory", kind: path(), fallback: "/var/lib/leeward"},
		}},
		{name: "log", keys: []key{
			{name: "level", kind: logLevel(), fallback: "info"},
			{name: "format", kind: oneOf("text", "json"), fallback: "text"},
		}},
	}
}

func steeringKeys() []key {
	return []key{
		{name: "ttl", keys: []key{
			{name: "max", kind: wholeSeconds(), fallback: "30s"},
			{name: "min", kind: wholeSeconds(), fallback: "5s"},
		}},
		{name: "ramp", kind: duration(0, forever), fallback: "60s"},
		// A heartbeat comes every second: with less, every vote would be stale between two of them.
		{name: "stale", kind: duration(time.Second, forever), fallback: "2.5s"},
		{name: "preempt", kind: boolean(), fallback: false},
		{name: "hold", kind: duration(0, forever), fallback: "10m"},
		{name: "witnesses", list: true, fallback: list{}, keys: []key{
			{name: "upstream", kind: word(), required: true},
			{name: "address", kind: witnessAddr(), required: true},
		}},
		{name: "geo", keys: []key{
			{name: "database", kind: path(), fallback: "", instead: `"" (embedded country map)`},
			{name: "asn", kind: path(), fallback: ""},
			{name: "nets", kind: path(), fallback: ""},
			{name: "latency", kind: path(), fallback: ""},
			{name: "default", keys: locationKeys(), instead: "first colo"},
		}},
	}
}

func locationKeys() []key {
	return []key{
		{name: "lat", kind: fraction(-90, 90), required: true},
		{name: "lon", kind: fraction(-180, 180), required: true},
	}
}

func coloKeys() []key {
	return []key{
		{name: "name", kind: word(), required: true},
		{name: "location", keys: locationKeys(), required: true},
		{name: "capacity", kind: fraction(0, 1_000_000_000)},
		{name: "load", instead: "it is not measured", keys: []key{
			{name: "file", kind: path()},
			{name: "url", kind: url()},
			{name: "low", kind: fraction(0, 1_000_000_000), required: true},
			{name: "high", kind: fraction(0, 1_000_000_000), required: true},
		}},
		{name: "uplinks", list: true, required: true, keys: []key{
			{name: "upstreams", kind: word(), list: true, required: true},
			{name: "prefixes", kind: prefix(), list: true, required: true},
			{name: "probe", kind: addr(), list: true},
		}},
	}
}

func checkKeys() []key {
	return []key{
		{name: "type", kind: oneOf("tcp", "http", "https", "dns"), fallback: "tcp"},
		{name: "port", kind: whole(1, 65535), fallback: int64(443), instead: "443 (http: 80, dns: 53)"},
		{name: "interval", kind: duration(100*time.Millisecond, time.Hour), fallback: "1s"},
		{name: "timeout", kind: duration(time.Millisecond, 10*time.Second), fallback: "500ms"},
		{name: "fall", kind: whole(1, 1000), fallback: int64(6)},
		{name: "rise", kind: whole(1, 1000), fallback: int64(5)},
		{name: "slow", kind: duration(0, 10*time.Second), fallback: "0s"},
		{name: "path", kind: requestTarget(), fallback: "/"},
		{name: "host", kind: host(), instead: "the address"},
		{name: "status", kind: whole(100, 599), list: true, fallback: list{{value: int64(200)}}},
		{name: "verify", kind: boolean(), fallback: true},
		{name: "name", kind: domainName()},
		{name: "qtype", kind: qtype(), fallback: "SOA"},
	}
}

// namedCheckKeys are those of a check and its name. Lists have no defaults: the checker knows them.
func namedCheckKeys() []key {
	keys := []key{{name: "check", kind: word(), required: true}}
	for _, k := range checkKeys() {
		if k.instead == "" && k.fallback != nil {
			k.instead = showDefault(k.fallback)
		}
		switch k.name {
		case "interval", "timeout", "fall", "rise", "slow":
			k.instead = "check." + k.name
		}
		k.fallback = nil
		keys = append(keys, k)
	}
	return keys
}

// Key describes one key that holds a value, or a group with a default of its own.
type Key struct {
	Path     string // such as colos[].uplinks[].prefixes
	Variable string // that sets it; "": only the file does
	Default  string // as it would stand in a YAML file, or in words; "": none
	Required bool   // wherever the group it stands in is given
}

// Keys are all keys that hold a value, and the groups that have a default of their own, in the order of the
// documentation.
func Keys() []Key {
	var all []Key
	walkKeys(keys(), "", func(path string, k key) {
		if k.keys != nil && k.fallback == nil && k.instead == "" {
			return
		}
		described := Key{Path: path, Default: k.instead, Required: k.required}
		if described.Default == "" && k.fallback != nil {
			described.Default = showDefault(k.fallback)
		}
		if k.keys == nil && !strings.Contains(path, "[]") {
			described.Variable = variable(path)
		}
		all = append(all, described)
	})
	return all
}

// walkKeys calls visit for each key and group, from above to below. The path of an item in a list ends in [].
func walkKeys(keys []key, above string, visit func(path string, k key)) {
	for _, k := range keys {
		path := join(above, k.name)
		visit(path, k)
		if k.list {
			path += "[]"
		}
		walkKeys(k.keys, path, visit)
	}
}

func showDefault(value any) string {
	switch v := value.(type) {
	case list:
		items := make([]string, len(v))
		for i, n := range v {
			items[i] = showDefault(n.value)
			if _, ok := n.value.(string); ok {
				items[i] = fmt.Sprintf("%q", n.value)
			}
		}
		return "[" + strings.Join(items, ", ") + "]"
	case string:
		if v == "" {
			return `""`
		}
	}
	return fmt.Sprint(value)
}
