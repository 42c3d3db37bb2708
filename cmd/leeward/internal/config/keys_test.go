package config

import (
	"strings"
	"testing"
)

func TestKeys(t *testing.T) {
	variables := map[string]string{}
	byPath := map[string]Key{}
	for _, k := range Keys() {
		byPath[k.Path] = k
		if other, ok := variables[k.Variable]; ok && k.Variable != "" {
			t.Errorf("%s and %s have the same variable", k.Path, other)
		}
		variables[k.Variable] = k.Path
	}
	for _, want := range []Key{
		{Path: "node.name", Variable: "LEEWARD_NODE_NAME", Type: "name", Default: "host name"},
		{Path: "dns.listen", Variable: "LEEWARD_DNS_LISTEN", Type: "list of address:port", Default: `["0.0.0.0:53", "[::]:53"]`},
		{Path: "dns.udp_size", Variable: "LEEWARD_DNS_UDP_SIZE", Type: "whole number, 512 to 4096", Default: "1232"},
		{Path: "dns.proxy", Variable: "LEEWARD_DNS_PROXY", Type: "list of prefixes; one needs no brackets", Default: "[]"},
		{Path: "steering.geo.nets", Variable: "LEEWARD_STEERING_GEO_NETS", Type: "path", Default: `""`},
		{Path: "check.interval", Variable: "LEEWARD_CHECK_INTERVAL", Type: "duration, 100ms to 1h", Default: "1s"},
		{Path: "check.status", Variable: "LEEWARD_CHECK_STATUS", Type: "list of whole numbers, 100 to 599", Default: "[200]"},
		{Path: "cluster", Type: "group", Default: "absent: no gossip"},
		{Path: "colos", Type: "list of groups", Default: "[]"},
		{Path: "zones.keys[].algorithm", Type: "`hmac-sha256`, `hmac-sha384` or `hmac-sha512`", Default: "hmac-sha256"},
		{Path: "colos[].uplinks[].prefixes", Type: "list of prefixes", Required: true},
	} {
		want.Means = byPath[want.Path].Means
		if byPath[want.Path] != want {
			t.Errorf("got %+v, want %+v", byPath[want.Path], want)
		}
	}
}

// Every key that holds a value says what it means, in one line, and has a type.
func TestKeysAreDescribed(t *testing.T) {
	for _, k := range Keys() {
		if k.Means == "" || k.Type == "" || strings.ContainsAny(k.Means, "|\n") {
			t.Errorf("%s: type %q, meaning %q: want words, without a line break or a |", k.Path, k.Type, k.Means)
		}
	}
}

// Every default is what its key may hold.
func TestDefaultsParse(t *testing.T) {
	walkKeys(keys(), "", func(path string, k key) {
		if k.fallback == nil {
			return
		}
		r := newReport("table")
		if _, ok := (walker{r}).value(k, &node{value: k.fallback}, path); !ok {
			t.Error(r.err())
		}
	})
}
