package config

import (
	"net/netip"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"leeward/steering"
)

func TestPrecedence(t *testing.T) {
	const file = "node: {name: from-file}\nzones: {directory: zones}\ncolos: [{name: ams, location: {lat: 1, lon: 2}, uplinks: " +
		"[{upstreams: [u], prefixes: [192.0.2.0/24], probe: [192.0.2.1]}]}]\n"
	const plain = "zones: {directory: zones}\n"
	for _, tt := range []struct {
		name, text string
		environ    []string
		flags      []string
		want       string
	}{
		{"default", plain, nil, nil, "ns1"},
		{"file before default", file, nil, nil, "from-file"},
		{"environment before file", file, []string{"LEEWARD_NODE_NAME=from-env"}, nil, "from-env"},
		{"flag before environment", file, []string{"LEEWARD_NODE_NAME=from-env"}, []string{"--node-name=from-flag"}, "from-flag"},
		{"flag before default", plain, nil, []string{"--node-name", "from-flag"}, "from-flag"},
		{"flag not given", file, nil, []string{"--node-colo=ams"}, "from-file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := mustLoad(t, "leeward.yaml", tt.text, func(o *Options) {
				o.Environ, o.Flags = tt.environ, flagSet(t, tt.flags)
			})
			if c.Node.Name != tt.want {
				t.Errorf("node.name is %s, want %s", c.Node.Name, tt.want)
			}
			if slices.Contains(tt.flags, "--node-colo=ams") && c.Node.Colo != "ams" {
				t.Errorf("node.colo is %q", c.Node.Colo)
			}
		})
	}
}

func flagSet(t testing.TB, args []string) *pflag.FlagSet {
	t.Helper()
	set := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	set.String("node-name", "", "")
	set.String("node-colo", "", "")
	set.String("config", "", "")
	if err := set.Parse(args); err != nil {
		t.Fatal(err)
	}
	return set
}

func TestEnvironmentAlone(t *testing.T) {
	c, dir := mustLoad(t, "leeward.yaml", "", func(o *Options) {
		o.Ignore = []string{"LEEWARD_SOCKET"}
		o.Environ = []string{
			"PATH=/bin", "LEEWARD_SOCKET=/tmp/x",
			"LEEWARD_ZONES_DIRECTORY=zones", "LEEWARD_DNS_LISTEN=127.0.0.1:5300, [::1]:5300", "LEEWARD_DNS_UDP_SIZE=4096",
			"LEEWARD_DNS_TCP_IDLE=3s", "LEEWARD_DNS_VERSION=", "LEEWARD_STEERING_PREEMPT=true",
			"LEEWARD_STEERING_GEO_DEFAULT_LAT=-1.5", "LEEWARD_STEERING_GEO_DEFAULT_LON=7",
			"LEEWARD_CLUSTER_LISTEN=127.0.0.1:0", "LEEWARD_CLUSTER_JOIN=", "LEEWARD_ADMIN_LISTEN=",
			"LEEWARD_CHECK_TYPE=http", "LEEWARD_CHECK_STATUS=200,404",
		}
	})
	want := DNS{
		Listen: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:5300"), netip.MustParseAddrPort("[::1]:5300")},
		NSID:   "ns1", UDPSize: 4096, UDP: UDP{Batch: 32}, TCP: TCP{Idle: 3 * time.Second, Connections: 1000},
	}
	if !reflect.DeepEqual(c.DNS, want) {
		t.Errorf("dns %+v, want %+v", c.DNS, want)
	}
	if c.Zones.Directory != filepath.Join(dir, "zones") || !c.Steering.Preempt || c.Admin.Listen.IsValid() {
		t.Errorf("got %+v", c)
	}
	if (c.Steering.Geo.Default != steering.Location{Lat: -1.5, Lon: 7}) {
		t.Errorf("default location %+v", c.Steering.Geo.Default)
	}
	if c.Cluster == nil || c.Cluster.Listen != netip.MustParseAddrPort("127.0.0.1:0") || len(c.Cluster.Join) > 0 || c.Cluster.Key != nil {
		t.Errorf("cluster %+v", c.Cluster)
	}
	if c.Check.Port != 80 || !slices.Equal(c.Check.Status, []int{200, 404}) || c.Check.Path != "/" || !c.Check.Verify {
		t.Errorf("check %+v", c.Check)
	}
}

// The environment replaces a list of the file as a whole.
func TestEnvironmentReplacesList(t *testing.T) {
	c, _ := mustLoad(t, "leeward.yaml", "zones: {directory: z}\ndns:\n  listen: ['127.0.0.1:1', '127.0.0.1:2']\n", func(o *Options) {
		o.Environ = []string{"LEEWARD_DNS_LISTEN=127.0.0.1:3"}
	})
	if len(c.DNS.Listen) != 1 || c.DNS.Listen[0].Port() != 3 {
		t.Errorf("dns.listen is %v", c.DNS.Listen)
	}
}
