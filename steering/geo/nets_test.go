package geo_test

import (
	"net/netip"
	"testing"

	"leeward/steering/geo"
)

func TestParseNetsRefuses(t *testing.T) {
	n := network(t, demo...)
	for _, row := range []struct{ text, want string }{
		{"192.0.2.0/24", "line 1: 192.0.2.0/24: colos or a location (@LAT,LON) are wanted after the prefix"},
		{"192.0.2.0/24 # ams", "line 1: 192.0.2.0/24: colos or a location (@LAT,LON) are wanted after the prefix"},
		{"\n\nams 192.0.2.0/24", `line 3: "ams" is no prefix`},
		{"192.0.2.0/33 ams", `line 1: "192.0.2.0/33" is no prefix`},
		{"192.0.2.1 ams", `line 1: "192.0.2.1" has no length: 192.0.2.1/32 is meant?`},
		{"2001:db8:: ams", `line 1: "2001:db8::" has no length: 2001:db8::/128 is meant?`},
		{"fe80::1%eth0 ams", `line 1: "fe80::1%eth0" is no prefix`},
		{"192.0.2.1/24 ams", `line 1: "192.0.2.1/24" has bits set beyond its length: 192.0.2.0/24 is meant?`},
		{"::ffff:192.0.2.0/120 ams", `line 1: "::ffff:192.0.2.0/120" is IPv4 in IPv6: it is to be written as IPv4`},
		{"192.0.2.0/24 amz", `line 1: no colo is called "amz": ams is meant?`},
		{"192.0.2.0/24 AMS", `line 1: no colo is called "AMS": ams is meant?`},
		{"192.0.2.0/24 ams siin", `line 1: no colo is called "siin": sin is meant?`},
		{"192.0.2.0/24 frankfurt", `line 1: no colo is called "frankfurt": there are ams, lhr, iad, sjc, sin, nrt`},
		{"192.0.2.0/24 ams ams", `line 1: colo "ams" is named twice`},
		{"192.0.2.0/24 ams @1,2", `line 1: no colo is called "@1,2": there are ams, lhr, iad, sjc, sin, nrt`},
		{"192.0.2.0/24 @1,2 ams", `line 1: "ams" after a location: nothing is wanted there`},
		{"192.0.2.0/24 @1, 2", `line 1: "2" after a location: nothing is wanted there`},
		{"192.0.2.0/24 @1", `line 1: "@1": a location is written @LAT,LON without a space`},
		{"192.0.2.0/24 @north,2", `line 1: "@north,2": latitude "north" is no number`},
		{"192.0.2.0/24 @1,", `line 1: "@1,": longitude "" is no number`},
		{"192.0.2.0/24 @91,2", `line 1: "@91,2": location 91, 2 is not on the earth (latitude -90 to 90, longitude -180 to 180)`},
		{"192.0.2.0/24 @NaN,2", `line 1: "@NaN,2": location NaN, 2 is not on the earth (latitude -90 to 90, longitude -180 to 180)`},
		{"192.0.2.0/24 ams\n192.0.2.0/25 ams\n192.0.2.0/24 iad", "line 3: 192.0.2.0/24 stands in line 1 already"},
	} {
		_, err := geo.ParseNets(row.text, "nets.txt", n)
		if want := "nets.txt: " + row.want; err == nil || err.Error() != want {
			t.Errorf("%q: error\n%v, not\n%s", row.text, err, want)
		}
	}
}

func TestParseNetsWithoutColos(t *testing.T) {
	if _, err := geo.ParseNets("192.0.2.0/24 ams", "nets.txt", nil); err == nil {
		t.Error("a colo of no network is taken")
	}
	if _, err := geo.ParseNets("192.0.2.0/24 ams", "nets.txt", network(t)); err == nil {
		t.Error("a colo of a network without colos is taken")
	}
	if _, err := geo.ParseNets("192.0.2.0/24 @1,2", "nets.txt", nil); err != nil {
		t.Error(err)
	}
}

func TestParseNetsSkipsCommentsAndEmptyLines(t *testing.T) {
	n := network(t, at("nrt#1", 35.76, 140.39), demo[4])
	m := compile(t, geo.Options{Network: n, Nets: nets(t,
		"# nets\r\n\r\n  ; more\n\t192.0.2.0/24\tsin ;why\n0.0.0.0/0 nrt#1", n)})
	for client, want := range map[string]string{
		"192.0.2.1": "nets file (line 4): sin, then default",
		"10.0.0.1":  "nets file (line 5): nrt#1, then default",
	} {
		if _, by, _ := m.Explain(netip.MustParseAddr(client)); by != want {
			t.Errorf("%s is located by %q, not %q", client, by, want)
		}
	}
}
