package config

import (
	"strings"
	"testing"
)

func TestNearestKey(t *testing.T) {
	for _, tt := range []struct{ path, want string }{
		// within two edits
		{"dns.listn", "dns.listen"},
		{"steering.tll.max", "steering.ttl.max"},
		{"Zones.Directory", "zones.directory"},
		{"colos[12].uplinks[3].prefixs", "colos[12].uplinks[3].prefixes"},
		// further, same last name
		{"key_file", "cluster.key_file"},
		{"server.udp_size", "dns.udp_size"},
		{"colos[4].probe", "colos[4].uplinks[].probe"},
		// further
		{"dns.listen_on", "dns.listen"},
		{"colo", "colos"},
		{"check.timeout" + strings.Repeat("x", 1<<20), "check.timeout"},
	} {
		if got := nearestKey(tt.path); got != tt.want {
			t.Errorf("%.40s: got %s, want %s", tt.path, got, tt.want)
		}
	}
}
