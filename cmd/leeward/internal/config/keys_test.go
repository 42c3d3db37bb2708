package config

import "testing"

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
		{Path: "node.name", Variable: "LEEWARD_NODE_NAME", Default: "host name"},
		{Path: "dns.listen", Variable: "LEEWARD_DNS_LISTEN", Default: `["0.0.0.0:53", "[::]:53"]`},
		{Path: "dns.udp_size", Variable: "LEEWARD_DNS_UDP_SIZE", Default: "1232"},
		{Path: "steering.geo.nets", Variable: "LEEWARD_STEERING_GEO_NETS", Default: `""`},
		{Path: "check.status", Variable: "LEEWARD_CHECK_STATUS", Default: "[200]"},
		{Path: "cluster", Default: "absent: no gossip"},
		{Path: "colos", Default: "[]"},
		{Path: "colos[].uplinks[].prefixes", Required: true},
	} {
		if byPath[want.Path] != want {
			t.Errorf("got %+v, want %+v", byPath[want.Path], want)
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
