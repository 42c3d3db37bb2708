package config

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"leeward/steering"
)

// write puts files into a new directory and is the path of it.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// load loads a configuration of that name and text, with a valid gossip key beside it.
func load(t testing.TB, name, text string, change func(*Options)) (*Config, string, error) {
	t.Helper()
	dir := write(t, map[string]string{name: text, "gossip.key": base64.StdEncoding.EncodeToString(make([]byte, 32)) + "\n"})
	o := Options{File: filepath.Join(dir, name), HostName: "ns1", Version: "1.2.3"}
	if change != nil {
		change(&o)
	}
	c, err := Load(o)
	return c, dir, err
}

func mustLoad(t testing.TB, name, text string, change func(*Options)) (*Config, string) {
	t.Helper()
	c, dir, err := load(t, name, text, change)
	if err != nil {
		t.Fatal(err)
	}
	return c, dir
}

func full(t testing.TB, suffix string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/full" + suffix)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestDefaults(t *testing.T) {
	c, dir := mustLoad(t, "leeward.yaml", "zones: {directory: zones}\n", nil)
	network := c.Network
	if network == nil || len(network.Colos()) > 0 || network.Check().Type != steering.CheckTCP {
		t.Errorf("network without colos: %+v", network)
	}
	c.Network = nil
	want := &Config{
		Node: Node{Name: "ns1"},
		DNS: DNS{
			Listen: []netip.AddrPort{netip.MustParseAddrPort("0.0.0.0:53"), netip.MustParseAddrPort("[::]:53")},
			NSID:   "ns1", Version: "leeward 1.2.3", UDPSize: 1232,
			TCP: TCP{Idle: 10 * time.Second, Connections: 1000},
		},
		Zones: Zones{Directory: filepath.Join(dir, "zones"), Serial: SerialKeep},
		Steering: Steering{
			TTL: steering.TTL{Min: 5, Max: 30}, Ramp: time.Minute, Stale: 2500 * time.Millisecond, Hold: 10 * time.Minute,
			Witnesses: []Witness{},
		},
		Colos: []steering.Colo{},
		Check: steering.Check{
			Type: steering.CheckTCP, Port: 443, Interval: time.Second, Timeout: 500 * time.Millisecond, Fall: 6, Rise: 5,
		},
		Admin: Admin{Listen: netip.MustParseAddrPort("127.0.0.1:9353"), Socket: "/run/leeward/leeward.sock"},
		State: State{Directory: "/var/lib/leeward"},
		Log:   Log{Level: slog.LevelInfo, Format: "text"},
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
}

func TestFormatsAreEqual(t *testing.T) {
	var loaded []*Config
	for _, suffix := range []string{".yaml", ".toml", ".json"} {
		c, dir := mustLoad(t, "leeward"+suffix, full(t, suffix), nil)
		for _, p := range []*string{
			&c.Zones.Directory, &c.Zones.Files[0].File, &c.Cluster.KeyFile, &c.Steering.Geo.Database, &c.Steering.Geo.Nets,
		} {
			rel, err := filepath.Rel(dir, *p)
			if err != nil || strings.HasPrefix(rel, "..") {
				t.Errorf("%s: %s is not below the directory of the configuration", suffix, *p)
			}
			*p = rel
		}
		loaded = append(loaded, c)
	}
	if !reflect.DeepEqual(loaded[0], loaded[1]) {
		t.Errorf("yaml %+v\ntoml %+v", loaded[0], loaded[1])
	}
	if !reflect.DeepEqual(loaded[0], loaded[2]) {
		t.Errorf("yaml %+v\njson %+v", loaded[0], loaded[2])
	}
}

func TestFull(t *testing.T) {
	c, dir := mustLoad(t, "leeward.yaml", full(t, ".yaml"), nil)
	want := &Config{
		Node: Node{Name: "ns1-ams", Colo: "ams"},
		DNS: DNS{
			Listen: []netip.AddrPort{netip.MustParseAddrPort("192.0.2.53:53"), netip.MustParseAddrPort("[2001:db8:1::53]:53")},
			NSID:   "ams-1", UDPSize: 1232, TCP: TCP{Idle: 10 * time.Second, Connections: 1000},
		},
		Zones: Zones{
			Directory: filepath.Join(dir, "zones"), Serial: SerialIncrement,
			Files: []ZoneFile{{"0/25.2.0.192.in-addr.arpa.", filepath.Join(dir, "zones/reverse.zone")}},
		},
		Cluster: &Cluster{
			Listen: netip.MustParseAddrPort("0.0.0.0:7946"), Advertise: netip.MustParseAddrPort("192.0.2.53:7946"),
			Join:    []string{"ns1.lhr.example.net:7946", "198.51.100.53:7946", "[2001:db8:2::53]:7946"},
			KeyFile: filepath.Join(dir, "gossip.key"), Key: make(GossipKey, 32),
			Allow: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24"),
				netip.MustParsePrefix("2001:db8::/32")},
		},
		Steering: Steering{
			TTL: steering.TTL{Min: 5, Max: 30}, Ramp: time.Minute, Stale: 2500 * time.Millisecond, Hold: 10 * time.Minute,
			Witnesses: []Witness{{"northway", netip.MustParseAddr("203.0.113.1")}, {"eastlink", netip.MustParseAddr("2001:db8:ffff::1")}},
			Geo: Geo{
				Database: filepath.Join(dir, "geo.mmdb"), Nets: filepath.Join(dir, "nets.txt"),
				Default: steering.Location{Lat: 50, Lon: 8.5},
			},
		},
		Colos: []steering.Colo{
			{Name: "ams", Location: steering.Location{Lat: 52.31, Lon: 4.76}, Capacity: 2, Uplinks: []steering.Uplink{
				{
					Upstreams: []string{"northway"},
					Prefixes:  []netip.Prefix{netip.MustParsePrefix("192.0.2.0/26"), netip.MustParsePrefix("2001:db8:1:1::/64")},
					Probe:     []netip.Addr{netip.MustParseAddr("192.0.2.10"), netip.MustParseAddr("2001:db8:1:1::10")},
				},
				{
					Upstreams: []string{"eastlink", "transpac"},
					Prefixes:  []netip.Prefix{netip.MustParsePrefix("192.0.2.64/26")},
					Probe:     []netip.Addr{netip.MustParseAddr("192.0.2.74")},
				},
			}},
			{Name: "iad", Location: steering.Location{Lat: 38.94, Lon: -77.46}, Capacity: 1.5, Uplinks: []steering.Uplink{{
				Upstreams: []string{"northway"},
				Prefixes:  []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")},
				Probe:     []netip.Addr{netip.MustParseAddr("198.51.100.10")},
			}}},
		},
		Check: steering.Check{
			Type: steering.CheckHTTPS, Port: 8443, Interval: time.Second, Timeout: 500 * time.Millisecond, Fall: 6, Rise: 5,
			Path: "/healthz", Host: "www.example.com", Status: []int{200, 204},
		},
		Admin: Admin{Listen: netip.MustParseAddrPort("127.0.0.1:9353"), Socket: "/run/leeward/leeward.sock"},
		State: State{Directory: "/var/lib/leeward"},
		Log:   Log{Level: slog.LevelInfo, Format: "json"},
	}
	network, err := steering.NewNetwork(want.Colos, want.Check)
	if err != nil {
		t.Fatal(err)
	}
	if c.Network.Digest() != network.Digest() {
		t.Errorf("another network: %+v", c.Network.Colos())
	}
	c.Network = nil
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
}

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
		NSID:   "ns1", UDPSize: 4096, TCP: TCP{Idle: 3 * time.Second, Connections: 1000},
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

func TestCheckDefaults(t *testing.T) {
	for _, tt := range []struct {
		check string
		want  steering.Check
	}{
		{"{type: tcp}", steering.Check{Type: "tcp", Port: 443}},
		{"{type: http}", steering.Check{Type: "http", Port: 80, Path: "/", Status: []int{200}, Verify: true}},
		{"{type: https}", steering.Check{Type: "https", Port: 443, Path: "/", Status: []int{200}, Verify: true}},
		{"{type: dns, name: Example.com}", steering.Check{Type: "dns", Port: 53, Name: "example.com.", Qtype: "SOA"}},
	} {
		c, _ := mustLoad(t, "leeward.yaml", "zones: {directory: z}\ncheck: "+tt.check+"\n", nil)
		tt.want.Interval, tt.want.Timeout, tt.want.Fall, tt.want.Rise = time.Second, 500*time.Millisecond, 6, 5
		if !reflect.DeepEqual(c.Check, tt.want) {
			t.Errorf("%s: got %+v, want %+v", tt.check, c.Check, tt.want)
		}
	}
}

func TestGeoDefaultIsFirstColo(t *testing.T) {
	text := full(t, ".yaml")
	text = text[:strings.Index(text, "    default: {lat")] + text[strings.Index(text, "\ncolos:"):]
	c, _ := mustLoad(t, "leeward.yaml", text, nil)
	if c.Steering.Geo.Default != c.Colos[0].Location {
		t.Errorf("got %+v", c.Steering.Geo.Default)
	}
}

func TestWarnings(t *testing.T) {
	c, dir := mustLoad(t, "leeward.yaml", `zones: {directory: z}
cluster:
  key_file: open.key
colos:
  - name: ams
    location: {lat: 1, lon: 2}
    uplinks:
      - {upstreams: [u], prefixes: [192.0.2.0/25], probe: [192.0.2.1]}
      - {upstreams: [v], prefixes: [192.0.2.128/25]}
`, func(o *Options) {
		file := filepath.Join(filepath.Dir(o.File), "open.key")
		if err := os.WriteFile(file, []byte(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, 0o644); err != nil {
			t.Fatal(err)
		}
	})
	key := filepath.Join(dir, "open.key")
	want := []string{
		"leeward.yaml:3: cluster.key_file: " + key + " is open to all users (mode 0644): chmod o= " + key,
		"leeward.yaml:9: colos[0].uplinks[1]: no address to probe: it is never found down",
	}
	for i := range want {
		want[i] = filepath.Join(dir, want[i])
	}
	if !slices.Equal(c.Warnings, want) {
		t.Errorf("got  %q\nwant %q", c.Warnings, want)
	}
}

func TestKeyDoesNotPrint(t *testing.T) {
	c := Cluster{Key: bytes.Repeat([]byte{7}, 32)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		text := fmt.Sprintf(verb, c)
		if !strings.Contains(text, "(hidden)") || strings.Contains(text, "0707") || strings.Contains(text, "7 7") || strings.Contains(text, "0x7,") {
			t.Errorf("%s: %s", verb, text)
		}
	}
}

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
