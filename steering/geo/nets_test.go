package geo_test

import (
	"net/netip"
	"strings"
	"testing"

	"leeward/steering"
	"leeward/steering/geo"
)

func TestParseNetsRefuses(t *testing.T) {
	n := network(t, demo...)
	for _, row := range []struct{ text, want string }{
		{"192.0.2.0/24", "line 1: 192.0.2.0/24: colos or a location (@LAT,LON) are wanted after it"},
		{"192.0.2.0/24 # ams", "line 1: 192.0.2.0/24: colos or a location (@LAT,LON) are wanted after it"},
		{"\n\nams 192.0.2.0/24", `line 3: "ams" is no prefix, no AS number like AS64496 and no country like DE`},
		{"\ufeff\n\ufeffDE ams", `line 2: "\ufeffDE" is no prefix, no AS number like AS64496 and no country like DE`},
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
		{"192.0.2.0/24 " + strings.Repeat("a", 61), `line 1: no colo is called "` + strings.Repeat("a", 60) + `…": there are ams, lhr, iad, sjc, sin, nrt`},
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
		{"192.0.2.0/24 ams\n192.0.2.0/23 iad\n10.0.0.0/8 ams\n192.0.2.0/23 iad\n10.0.0.0/8 ams", "line 4: 192.0.2.0/23 stands in line 2 already"},
		{"::/0 ams\n0.0.0.0/0 ams\n0::0/0 ams", "line 3: ::/0 stands in line 1 already"},
		{"DE", "line 1: DE: colos or a location (@LAT,LON) are wanted after it"},
		{"DE ams\nAS64496 ams\nDE iad", "line 3: DE stands in line 1 already"},
		{"UK lhr", `line 1: no country "UK" (ISO 3166-1 alpha-2): is GB meant?`},
		{"de ams", `line 1: no country "de" (ISO 3166-1 alpha-2): is DE meant?`},
		{"DEU ams", `line 1: no country "DEU" (ISO 3166-1 alpha-2): is DE meant?`},
		{"germany ams", `line 1: "germany" is no prefix, no AS number like AS64496 and no country like DE`},
		{"AS64496 ams\nAS64496 ams", "line 2: AS64496 stands in line 1 already"},
		{"AS64496 amz", `line 1: no colo is called "amz": ams is meant?`},
		{"AS64496 @1", `line 1: "@1": a location is written @LAT,LON without a space`},
		{"as64496 ams", `line 1: "as64496": is AS64496 meant?`},
		{"64496 ams", `line 1: "64496": is AS64496 meant?`},
		{"AS1.10 ams", `line 1: "AS1.10": is AS65546 meant?`},
		{"AS0 ams", `line 1: "AS0" is nobody's number (RFC 7607)`},
		{"AS4294967296 ams", `line 1: "AS4294967296" is beyond the last AS number, AS4294967295`},
		{"AS6449x ams", `line 1: "AS6449x" is no AS number, as AS64496 is`},
	} {
		_, err := geo.ParseNets(row.text, "nets.txt", n)
		if want := "nets.txt: " + row.want; err == nil || err.Error() != want {
			t.Errorf("%q: error\n%v, not\n%s", row.text, err, want)
		}
	}
}

// Whatever the size of a word is, the error is of one to be read, and comes at once.
func TestErrorsOfTheMapAreShort(t *testing.T) {
	n := network(t, demo...)
	long := strings.Repeat("9", 5_000_000)
	for _, text := range []string{
		"LONG ams", "xLONG ams", "ASLONG ams", "AS0LONG ams", "ASxLONG ams", "LONG/8 ams", "10.0.0.0/LONG ams", "LONG:: ams", "10.0.0.0/8 LONG",
		"10.0.0.0/8 ams LONG", "10.0.0.0/8 @LONG", "10.0.0.0/8 @LONG,1", "10.0.0.0/8 @xLONG,1", "10.0.0.0/8 @1,LONG", "10.0.0.0/8 @1,xLONG",
		"10.0.0.0/8 @1,1 LONG",
	} {
		_, err := geo.ParseNets(strings.ReplaceAll(text, "LONG", long), "nets.txt", n)
		if err == nil || len(err.Error()) > 300 || !strings.HasPrefix(err.Error(), "nets.txt: line 1: ") {
			t.Errorf("%s: %.400v", text, err)
		}
	}
	for _, text := range []string{"LONG ams 1", "10.0.0.0/8 LONG 1", "10.0.0.0/8 ams LONG", "10.0.0.0/8 ams xLONG", "10.0.0.0/8 ams 1 LONG"} {
		_, err := geo.ParseLatency(strings.ReplaceAll(text, "LONG", long), "latency.txt", n)
		if err == nil || len(err.Error()) > 300 || !strings.HasPrefix(err.Error(), "latency.txt: line 1: ") {
			t.Errorf("%s: %.400v", text, err)
		}
	}
	for _, n := range []*steering.Network{nil, network(t)} {
		if _, err := geo.ParseNets("10.0.0.0/8 "+long, "nets.txt", n); err == nil || len(err.Error()) > 300 {
			t.Errorf("%.400v", err)
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

// An editor's byte order mark is skipped too.
func TestParseNetsSkipsCommentsAndEmptyLines(t *testing.T) {
	n := network(t, at("nrt#1", 35.76, 140.39), demo[4])
	m := compile(t, geo.Options{Network: n, Nets: nets(t,
		"\ufeff# nets\r\n\r\n  ; more\n\t192.0.2.0/24\tsin ;why\n0.0.0.0/0 nrt#1", n)})
	for client, want := range map[string]string{
		"192.0.2.1": "nets file (line 4): sin, then default",
		"10.0.0.1":  "nets file (line 5): nrt#1, then default",
	} {
		if _, by, _ := m.Explain(netip.MustParseAddr(client)); by != want {
			t.Errorf("%s is located by %q, not %q", client, by, want)
		}
	}
}
