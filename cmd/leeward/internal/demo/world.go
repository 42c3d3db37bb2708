package demo

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
)

// colo is a colo of the demo's world. Colo N, from 1, has its name server at 127.N.0.53, and per uplink U, from 1, the
// prefixes 127.N.U.0/24 and 2001:db8:N:U::/64.
type colo struct {
	name     string
	lat, lon float64
	uplinks  []string // one upstream each
}

var world = []colo{
	{"ams", 52.31, 4.76, []string{"northway", "eastlink"}},
	{"lhr", 51.47, -0.45, []string{"northway"}},
	{"iad", 38.94, -77.46, []string{"northway"}},
	{"sjc", 37.36, -121.93, []string{"transpac", "eastlink"}},
	{"sin", 1.36, 103.99, []string{"transpac"}},
	{"nrt", 35.76, 140.39, []string{"eastlink", "transpac"}},
}

// Fixed places of the world.
const (
	webPort    = 8080
	gossipPort = 7946
	origin     = "example.com"
)

func nodeName(n int) string { return fmt.Sprintf("ns%d-%s", n, world[n-1].name) }

func nodeAddr(n int) netip.Addr { return netip.AddrFrom4([4]byte{127, byte(n), 0, 53}) }

func webAddr(n, u int) netip.Addr { return netip.AddrFrom4([4]byte{127, byte(n), byte(u), 1}) }

// upstreams are the names of all upstreams, in order of first mention.
func upstreams() []string {
	var names []string
	for _, c := range world {
		for _, name := range c.uplinks {
			if !strings.Contains(" "+strings.Join(names, " ")+" ", " "+name+" ") {
				names = append(names, name)
			}
		}
	}
	return names
}

// zone is the text of the zone.
func zone() string {
	var b strings.Builder
	b.WriteString("$TTL 3600\n@ IN SOA ns1 hostmaster 1 3600 600 604800 60\n")
	for n := range world {
		fmt.Fprintf(&b, "@ IN NS ns%d\n", n+1)
	}
	for n := range world {
		fmt.Fprintf(&b, "ns%d IN A %s\n", n+1, nodeAddr(n+1))
	}
	b.WriteString("\n; All addresses of www: who asks is given those of the nearest healthy colo.\n")
	for i, c := range world {
		for j, upstream := range c.uplinks {
			fmt.Fprintf(&b, "www 30 IN A %-12s ; in %s through %s\n", webAddr(i+1, j+1), c.name, upstream)
		}
	}
	for i, c := range world {
		for j := range c.uplinks {
			fmt.Fprintf(&b, "www 30 IN AAAA 2001:db8:%d:%d::1\n", i+1, j+1)
		}
	}
	b.WriteString("\nmail IN A 203.0.113.25\nshop IN CNAME www\n*.apps IN CNAME www\nsub IN NS ns.sub\nns.sub IN A 203.0.113.53\n")
	return b.String()
}

// configuration is the text of the configuration of node n.
func configuration(n int, dnsPort uint16) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# The name server in %s.\nnode: {name: %s, colo: %s}\n", world[n-1].name, nodeName(n), world[n-1].name)
	fmt.Fprintf(&b, "dns: {listen: [\"%s:%d\"]}\nzones: {directory: zones}\n", nodeAddr(n), dnsPort)
	b.WriteString("cluster:\n  key_file: gossip.key\n")
	fmt.Fprintf(&b, "  listen: %s:%d\n  join: [", nodeAddr(n), gossipPort)
	for other := range world {
		if other+1 != n {
			fmt.Fprintf(&b, "\"%s:%d\", ", nodeAddr(other+1), gossipPort)
		}
	}
	fmt.Fprintf(&b, "]\nadmin: {listen: \"\", socket: %s.sock}\nstate: {directory: state-%s}\n", world[n-1].name, world[n-1].name)
	fmt.Fprintf(&b, "steering: {ramp: 0s, hold: 0s}\ncheck: {type: http, port: %d, path: /healthz}\ncolos:\n", webPort)
	for i, c := range world {
		fmt.Fprintf(&b, "  - name: %s\n    location: {lat: %g, lon: %g}\n    uplinks:\n", c.name, c.lat, c.lon)
		for j, upstream := range c.uplinks {
			fmt.Fprintf(&b, "      - {upstreams: [%s], prefixes: [127.%d.%d.0/24, \"2001:db8:%d:%d::/64\"], probe: [%s]}\n",
				upstream, i+1, j+1, i+1, j+1, webAddr(i+1, j+1))
		}
	}
	return b.String()
}

// write writes the files of the world into a directory.
func write(dir string, dnsPort uint16, key string) error {
	files := map[string]string{
		filepath.Join("zones", origin+".zone"): zone(),
		"gossip.key":                           key + "\n",
	}
	for n := range world {
		files[world[n].name+".yaml"] = configuration(n+1, dnsPort)
	}
	if err := os.MkdirAll(filepath.Join(dir, "zones"), 0o755); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}
