package cluster

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/hashicorp/memberlist"
)

func TestOptions(t *testing.T) {
	loopback, open := netip.MustParseAddrPort("127.0.0.1:7946"), netip.MustParseAddrPort("0.0.0.0:7946")
	keys := [][]byte{testKey}
	for _, c := range []struct {
		options Options
		refused string // "" if not
	}{
		{Options{Name: "a"}, ""},
		{Options{}, "node.name: a node needs a name"},
		{Options{Name: strings.Repeat("a", 129)}, "node.name: aaaaaaaaaaaaaaaaaaaa... is longer than 128 octets"},
		{Options{Name: "a", Listen: loopback}, ""},
		{Options{Name: "a", Listen: open, Keys: keys}, ""},
		{Options{Name: "a", Listen: open}, "cluster.key_file: a gossip key is required unless cluster.listen is a loopback address (make one with: leeward keys new)"},
		{Options{Name: "a", Listen: open, Keys: [][]byte{{1}}}, "cluster.key_file: a gossip key has 32 octets, not 1 (make one with: leeward keys new)"},
		{Options{Name: "a", Listen: loopback, Advertise: []netip.AddrPort{open}}, "cluster.advertise: peers cannot reach a node at 0.0.0.0"},
		{Options{Name: "a", Listen: loopback, Advertise: []netip.AddrPort{{}}}, "cluster.advertise: peers cannot reach a node at invalid IP"},
		{Options{Name: "a", Listen: loopback, Advertise: []netip.AddrPort{at(1), at(2), at(3), at(4)}}, ""},
		{Options{Name: "a", Listen: loopback, Advertise: []netip.AddrPort{at(1), at(2), at(3), at(4), at(5)}}, "cluster.advertise: 5 addresses, at most 4 are told to the peers"},
		{Options{Name: "a", Listen: loopback, Advertise: []netip.AddrPort{at(1), at(2), at(1)}}, "cluster.advertise: 127.0.1.53:7946 stands there twice"},
		{Options{Name: "a", Listen: open, Keys: keys, Next: nextKey}, ""},
		{Options{Name: "a", Listen: open, Keys: keys, Next: []byte{1}}, "cluster.key_file: a gossip key has 32 octets, not 1 (make one with: leeward keys new)"},
		{Options{Name: "a", Listen: loopback, Next: nextKey}, "cluster.key_file: a next gossip key needs one that it follows"},
		{Options{Name: "a", Listen: loopback, Join: []string{"b:"}}, `cluster.join: "b:" is neither host nor host:port`},
	} {
		n, err := New(c.options)
		switch {
		case c.refused == "" && (err != nil || n == nil):
			t.Errorf("%+v: %v", c.options, err)
		case c.refused != "" && (err == nil || err.Error() != c.refused):
			t.Errorf("%+v: %v, not %s", c.options, err, c.refused)
		}
	}
}

// The longest that a node may say of itself fits what memberlist grants.
func TestMetaFits(t *testing.T) {
	long := strings.Repeat("x", maxName)
	m := meta{Incarnation: 1 << 63, Colo: long, Version: long[:maxVersion]}
	for i := range maxAddrs {
		m.Addrs = append(m.Addrs, netip.AddrPortFrom(netip.IPv6LinkLocalAllNodes(), uint16(i)))
	}
	m.DNS = m.Addrs
	if n := len(putMeta(nil, &m)); n > memberlist.MetaMaxSize {
		t.Errorf("%d octets", n)
	}
}

func TestSplitPeer(t *testing.T) {
	for peer, want := range map[string]struct {
		host string
		port uint16
	}{
		"ns1.example.com":      {"ns1.example.com", 7946},
		"ns1.example.com:1234": {"ns1.example.com", 1234},
		"192.0.2.1":            {"192.0.2.1", 7946},
		"192.0.2.1:1234":       {"192.0.2.1", 1234},
		"2001:db8::1":          {"2001:db8::1", 7946},
		"[2001:db8::1]":        {"2001:db8::1", 7946},
		"[2001:db8::1]:1234":   {"2001:db8::1", 1234},
		"":                     {},
		":7946":                {},
		"a:b":                  {},
		"a:0":                  {},
		"a b":                  {},
		"a:70000":              {},
	} {
		host, port, err := splitPeer(peer)
		if (err != nil) != (want.host == "") || host != want.host || port != want.port {
			t.Errorf("%q: %q, %d, %v", peer, host, port, err)
		}
	}
}
