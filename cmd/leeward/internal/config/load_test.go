package config

import (
	"encoding/base64"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

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
			UDP: UDP{Batch: 32}, TCP: TCP{Idle: 10 * time.Second, Connections: 1000},
		},
		Zones: Zones{Directory: filepath.Join(dir, "zones"), Serial: SerialKeep, Verify: Verify{Timeout: 30 * time.Second}},
		Steering: Steering{
			TTL: steering.TTL{Min: 5, Max: 30}, Ramp: time.Minute, Stale: 2500 * time.Millisecond, Hold: 10 * time.Minute,
			Witnesses: []Witness{},
		},
		Colos: []steering.Colo{},
		Check: steering.Check{
			Type: steering.CheckTCP, Port: 443, Interval: time.Second, Timeout: 500 * time.Millisecond, Fall: 6, Rise: 5,
		},
		Admin:      Admin{Listen: netip.MustParseAddrPort("127.0.0.1:9353"), Socket: "/run/leeward/leeward.sock", SocketMode: 0o660, Anonymous: AnonymousRead},
		State:      State{Directory: "/var/lib/leeward"},
		Log:        Log{Level: slog.LevelInfo, Format: "text", Queries: LogQueries{Most: 10, Client: "scope"}},
		Dnstap:     Dnstap{Queries: true, Responses: true, Sample: 1, Identity: "ns1", Version: "leeward 1.2.3", Buffer: 8 << 20},
		StatusPage: StatusPage{Title: "Status", Upstreams: true, Colos: true},
		Process:    Process{Grace: 2 * time.Second, User: "leeward", Hooks: Hooks{Timeout: 10 * time.Second}},
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
			&c.Zones.Directory, &c.Zones.Files[0].File, &c.Zones.Keys[1].SecretFile, &c.Cluster.KeyFile, &c.Steering.Geo.Database,
			&c.Steering.Geo.ASN, &c.Steering.Geo.Nets, &c.Steering.Geo.Latency,
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
			NSID:   "ams-1", UDPSize: 1232, UDP: UDP{Batch: 32}, TCP: TCP{Idle: 10 * time.Second, Connections: 1000},
			Proxy: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
		},
		Zones: Zones{
			Directory: filepath.Join(dir, "zones"), Serial: SerialIncrement,
			Files:  []ZoneFile{{"0/25.2.0.192.in-addr.arpa.", filepath.Join(dir, "zones/reverse.zone")}},
			Follow: []string{"ns1-lhr"},
			Secondary: []Secondary{{Origin: "example.org.", Key: "xfr.example.net.", Primaries: []netip.AddrPort{
				netip.MustParseAddrPort("198.51.100.1:53"), netip.MustParseAddrPort("198.51.100.2:5353")}}},
			Update:   []Update{{[]string{"example.com."}, []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}, "xfr.example.net."}},
			Transfer: []Transfer{{[]string{"example.com."}, []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}, "xfr.example.net."}},
			Notify:   []Notify{{[]string{"example.com."}, []netip.AddrPort{netip.MustParseAddrPort("198.51.100.3:53")}, "xfr.example.net."}},
			Catalog:  "catalog.example.net.",
			Keys: []TSIGKey{{"xfr.example.net.", "hmac-sha256", Secret("sixteen octets!!"), ""},
				{"old.example.net.", "hmac-sha256", make(Secret, 32), filepath.Join(dir, "gossip.key")}},
			Verify: Verify{[]string{"/usr/local/bin/check-zone", "--strict"}, 30 * time.Second},
		},
		Cluster: &Cluster{
			Listen:    netip.MustParseAddrPort("0.0.0.0:7946"),
			Advertise: []netip.AddrPort{netip.MustParseAddrPort("192.0.2.53:7946"), netip.MustParseAddrPort("192.0.2.117:0")},

			Join:    []string{"ns1.lhr.example.net:7946", "198.51.100.53:7946", "[2001:db8:2::53]:7946"},
			KeyFile: filepath.Join(dir, "gossip.key"), Key: make(Secret, 32),
			Allow: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24"),
				netip.MustParsePrefix("2001:db8::/32")},
		},
		Steering: Steering{
			TTL: steering.TTL{Min: 5, Max: 30}, Ramp: time.Minute, Stale: 2500 * time.Millisecond, Hold: 10 * time.Minute,
			Witnesses: []Witness{{"northway", netip.MustParseAddrPort("203.0.113.1:443")}, {"eastlink", netip.MustParseAddrPort("[2001:db8:ffff::1]:443")},
				{"transpac", netip.MustParseAddrPort("203.0.113.1:53")}},
			Geo: Geo{
				Database: filepath.Join(dir, "geo.mmdb"), ASN: filepath.Join(dir, "asn.mmdb"),
				Nets: filepath.Join(dir, "nets.txt"), Latency: filepath.Join(dir, "latency.txt"),
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
			Slow: 200 * time.Millisecond,
			Path: "/healthz", Host: "www.example.com", Status: []int{200, 204},
		},
		Admin: Admin{Listen: netip.MustParseAddrPort("127.0.0.1:9353"), Socket: "/run/leeward/leeward.sock", SocketMode: 0o660, Anonymous: AnonymousRead},
		State: State{Directory: "/var/lib/leeward"},
		Log:   Log{Level: slog.LevelInfo, Format: "json", Queries: LogQueries{Sample: 1000, Most: 5, Client: "whole"}},
		Dnstap: Dnstap{To: Destination{"unix", "/run/dnstap.sock"}, Queries: true, Responses: false, Sample: 10, Identity: "ams-1",
			Version: "leeward 1.2.3", Buffer: 1 << 20},
		StatusPage: StatusPage{Listen: netip.MustParseAddrPort("192.0.2.53:8080"), URL: "https://status.example.com/", Title: "Example", Colos: true, Reasons: true},
		Process: Process{Grace: 10 * time.Second, User: "dns", Named: true, Hooks: Hooks{Ready: []string{"/usr/local/bin/announce", "up"},
			Unready: []string{"/usr/local/bin/announce", "down"}, Timeout: 5 * time.Second}},
	}
	network, err := steering.NewNetwork(want.Colos, want.Check, steering.NewWitness("northway", want.Steering.Witnesses[0].Address),
		steering.NewWitness("eastlink", want.Steering.Witnesses[1].Address), steering.NewWitness("transpac", want.Steering.Witnesses[2].Address))
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
