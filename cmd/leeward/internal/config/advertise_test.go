package config

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"leeward/cluster"
)

// One address to advertise needs no brackets; in the environment a list is written as everywhere.
func TestAdvertise(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"192.0.2.53", "[192.0.2.53:0]"},
		{"[192.0.2.53]", "[192.0.2.53:0]"},
		{"['192.0.2.53:7000', '2001:db8::53']", "[192.0.2.53:7000 [2001:db8::53]:0]"},
		{"[]", "[]"},
	} {
		c, _ := mustLoad(t, "leeward.yaml", "zones: {directory: z}\ncluster: {listen: '127.0.0.1:7946', advertise: "+tt.text+"}\n", nil)
		if got := fmt.Sprint(c.Cluster.Advertise); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.text, got, tt.want)
		}
	}
}

func TestAdvertiseFromEnvironment(t *testing.T) {
	for text, want := range map[string][]netip.AddrPort{
		"192.0.2.53":            {netip.MustParseAddrPort("192.0.2.53:0")},
		"192.0.2.53,192.0.2.54": {netip.MustParseAddrPort("192.0.2.53:0"), netip.MustParseAddrPort("192.0.2.54:0")},
	} {
		c, _ := mustLoad(t, "leeward.yaml", "zones: {directory: z}\ncluster: {listen: '127.0.0.1:7946'}\n", func(o *Options) {
			o.Environ = append(o.Environ, "LEEWARD_CLUSTER_ADVERTISE="+text)
		})
		if !slices.Equal(c.Cluster.Advertise, want) {
			t.Errorf("%s: got %v, want %v", text, c.Cluster.Advertise, want)
		}
	}
}

// A key beside the key file is the one to come.
func TestNextKey(t *testing.T) {
	next := cluster.NewKey()
	write := func(text string) func(*Options) {
		return func(o *Options) {
			dir := filepath.Dir(o.File)
			for name, text := range map[string]string{"gossip.key": cluster.NewKey(), "gossip.key.next": text} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	const text = "zones: {directory: z}\ncluster: {key_file: gossip.key}\n"
	c, _ := mustLoad(t, "leeward.yaml", text, write(next))
	want, _ := cluster.ParseKey(next)
	if !slices.Equal(c.Cluster.NextKey, want) {
		t.Error("not the key in gossip.key.next")
	}
	_, _, err := load(t, "leeward.yaml", text, write("short"))
	if err == nil || !strings.Contains(err.Error(), "gossip.key.next, the key to come: not base64") {
		t.Errorf("a broken key to come: %v", err)
	}
}
