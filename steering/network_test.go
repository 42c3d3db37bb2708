package steering

import (
	"net/netip"
	"strings"
	"testing"
)

func prefixes(list ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range list {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

func TestNewNetworkRefuses(t *testing.T) {
	uplink := func(upstreams string, p []netip.Prefix, probe ...string) Uplink {
		return Uplink{Upstreams: strings.Fields(upstreams), Prefixes: p, Probe: addrs(probe...)}
	}
	for _, row := range []struct {
		colos []Colo
		want  string
	}{
		{[]Colo{{Name: "", Uplinks: []Uplink{uplink("n", nil)}}}, "colo without a name"},
		{[]Colo{{Name: "a b", Uplinks: []Uplink{uplink("n", nil)}}}, `colo "a b": a name has no space and none of / : + , "`},
		{[]Colo{{Name: "a", Uplinks: []Uplink{uplink("n", nil)}}, {Name: "a", Uplinks: []Uplink{uplink("n", nil)}}}, "colo a is listed twice"},
		{[]Colo{{Name: "a", Location: Location{91, 0}, Uplinks: []Uplink{uplink("n", nil)}}}, "colo a: location 91, 0 is not on the earth (lat -90 to 90, lon -180 to 180)"},
		{[]Colo{{Name: "a"}}, "colo a has no uplinks"},
		{[]Colo{{Name: "a", Uplinks: []Uplink{uplink("", nil)}}}, "colo a, uplink : no upstreams"},
		{[]Colo{{Name: "a", Uplinks: []Uplink{uplink("n n", nil)}}}, "colo a, uplink n+n: upstream n is listed twice"},
		{[]Colo{{Name: "a", Uplinks: []Uplink{uplink("n e", nil), uplink("e n", nil)}}}, "colo a, uplink e+n: a second uplink through the same upstreams: put their prefixes into one"},
		{[]Colo{{Name: "a", Uplinks: []Uplink{uplink("n", prefixes("10.0.0.1/24"))}}}, "colo a, uplink n: prefix 10.0.0.1/24 has bits set beyond its length: 10.0.0.0/24 is meant?"},
		{[]Colo{{Name: "a", Uplinks: []Uplink{uplink("n", prefixes("10.0.0.0/24", "10.0.0.0/24"))}}}, "colo a, uplink n: prefix 10.0.0.0/24 is listed twice"},
		{[]Colo{{Name: "a", Uplinks: []Uplink{uplink("n", prefixes("10.0.0.0/24"))}}, {Name: "b", Uplinks: []Uplink{uplink("e", prefixes("10.0.0.0/24"))}}},
			"colo b, uplink e: prefix 10.0.0.0/24 belongs to a/n already: an address can be reached through one uplink only"},
		{[]Colo{{Name: "a", Uplinks: []Uplink{uplink("n", nil, "10.0.0.1", "10.0.0.1")}}}, "colo a, uplink n: probe address 10.0.0.1 is listed twice"},
		{[]Colo{{Name: "a", Uplinks: []Uplink{uplink("n", nil, "10.0.0.1"), uplink("e", nil, "10.0.0.1")}}}, "probe address 10.0.0.1 is listed in both a/n and a/e"},
		{[]Colo{{Name: "a", Uplinks: []Uplink{uplink("n", nil, "10.0.0.1"), uplink("e", prefixes("10.0.0.0/24"))}}}, "probe address 10.0.0.1 of a/n lies in a prefix of a/e"},
	} {
		_, err := NewNetwork(row.colos, testCheck)
		if err == nil || err.Error() != row.want {
			t.Errorf("got %v, want %s", err, row.want)
		}
	}
}

func TestUplinkOf(t *testing.T) {
	n, err := NewNetwork([]Colo{{Name: "a", Uplinks: []Uplink{
		{Upstreams: []string{"n"}, Prefixes: prefixes("10.0.0.0/8", "2001:db8::/32")},
		{Upstreams: []string{"e"}, Prefixes: prefixes("10.1.0.0/16", "2001:db8:1::/48")},
	}}}, testCheck)
	if err != nil {
		t.Fatal(err)
	}
	for addr, want := range map[string]UplinkIndex{
		"10.2.0.1": 0, "10.1.0.1": 1, "::ffff:10.1.0.1": 1, "2001:db8:2::1": 0, "2001:db8:1::1": 1, "192.0.2.1": NoUplink,
	} {
		if got := n.UplinkOf(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: got %d, want %d", addr, got, want)
		}
	}
}

// A target is known by colo, upstreams, address and what is asked of it; not by timing or the order of upstreams.
func TestTargetID(t *testing.T) {
	id := func(colo, upstreams, addr string, check Check) TargetID {
		n, err := NewNetwork([]Colo{{Name: colo, Uplinks: []Uplink{{Upstreams: strings.Fields(upstreams), Probe: addrs(addr)}}}}, check)
		if err != nil {
			t.Fatal(err)
		}
		return n.targets[0].ID
	}
	base := id("a", "n e", "10.0.0.1", testCheck)
	slow, other := testCheck, testCheck
	slow.Interval *= 2
	other.Port = 80
	for _, row := range []struct {
		what string
		id   TargetID
		same bool
	}{
		{"upstreams in another order", id("a", "e n", "10.0.0.1", testCheck), true},
		{"another interval", id("a", "n e", "10.0.0.1", slow), true},
		{"another port", id("a", "n e", "10.0.0.1", other), false},
		{"another colo", id("b", "n e", "10.0.0.1", testCheck), false},
		{"other upstreams", id("a", "n", "10.0.0.1", testCheck), false},
		{"another address", id("a", "n e", "10.0.0.2", testCheck), false},
	} {
		if (row.id == base) != row.same {
			t.Errorf("%s: same %v", row.what, row.id == base)
		}
	}
}

func TestDigest(t *testing.T) {
	a, b := demo(t), demo(t)
	if a.Digest() != b.Digest() {
		t.Error("equal networks have equal digests")
	}
	if a.Digest() == network(t, "ams: northway").Digest() {
		t.Error("other networks have other digests")
	}
}

func TestNearest(t *testing.T) {
	n := network(t, "zero: n", "one: n", "two: n", "three: n")
	if got := n.Nearest(Location{Lon: 1.6}); got[0] != 2 || got[1] != 1 || got[3] != 0 {
		t.Errorf("got %v", got)
	}
	if got := n.Nearest(Location{Lon: 1.5}); got[0] != 1 {
		t.Errorf("a tie goes to the first in the configuration: got %v", got)
	}
	ams, nrt := Location{52.31, 4.76}, Location{35.76, 140.39}
	if km := ams.Km(nrt); km < 9300 || km > 9400 {
		t.Errorf("Amsterdam to Narita is %f km", km)
	}
}
