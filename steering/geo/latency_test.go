package geo_test

import (
	"net/netip"
	"testing"

	"leeward/steering/geo"
)

func TestParseLatencyRefuses(t *testing.T) {
	n := network(t, demo...)
	const ms = "milliseconds are a decimal number above 0, like 12.5"
	for _, row := range []struct{ text, want string }{
		{"192.0.2.0/24", "line 1: 192.0.2.0/24: a colo and milliseconds are wanted after it"},
		{"192.0.2.0/24,,", "line 1: 192.0.2.0/24: a colo and milliseconds are wanted after it"},
		{"192.0.2.0/24 ams", "line 1: 192.0.2.0/24 ams: milliseconds are wanted after it"},
		{"192.0.2.0/24 ams #12", "line 1: 192.0.2.0/24 ams: milliseconds are wanted after it"},
		{"192.0.2.0/24 12 ams", `line 1: no colo is called "12": there are ams, lhr, iad, sjc, sin, nrt`},
		{"192.0.2.0/24 amz 12", `line 1: no colo is called "amz": ams is meant?`},
		{"192.0.2.0/24 ams 12 iad 80", `line 1: "iad 80" after the milliseconds: nothing is wanted there`},
		{"192.0.2.0/24 ams 12ms", `line 1: "12ms": ` + ms},
		{"192.0.2.0/24 ams 0", `line 1: "0": ` + ms},
		{"192.0.2.0/24 ams 0.000", `line 1: "0.000": ` + ms},
		{"192.0.2.0/24 ams -1", `line 1: "-1": ` + ms},
		{"192.0.2.0/24 ams NaN", `line 1: "NaN": ` + ms},
		{"192.0.2.0/24 ams Inf", `line 1: "Inf": ` + ms},
		{"192.0.2.0/24 ams 1e3", `line 1: "1e3": ` + ms},
		{"192.0.2.0/24 ams .", `line 1: ".": ` + ms},
		{"192.0.2.0/24 ams 9999999999999999999999999999999999999999", `line 1: "9999999999999999999999999999999999999999": ` + ms},
		{"192.0.2.1/24 ams 12", `line 1: "192.0.2.1/24" has bits set beyond its length: 192.0.2.0/24 is meant?`},
		{"192.0.2.1 ams 12", `line 1: "192.0.2.1" has no length: 192.0.2.1/32 is meant?`},
		{"::ffff:192.0.2.0/120 ams 12", `line 1: "::ffff:192.0.2.0/120" is IPv4 in IPv6: it is to be written as IPv4`},
		{"# measured\n\nprefix,colo,ms", `line 3: "prefix" is no prefix`},
		{"DE ams 12", `line 1: "DE" is no prefix`},
		{"192.0.2.0/24 ams 12\n192.0.2.0/24 iad 80\n192.0.2.0/24,ams,13", "line 3: 192.0.2.0/24 ams stands in line 1 already"},
		{"2001:db8::/32 ams 12\n2001:0db8::/32 ams 12", "line 2: 2001:db8::/32 ams stands in line 1 already"},
	} {
		_, err := geo.ParseLatency(row.text, "latency.txt", n)
		if want := "latency.txt: " + row.want; err == nil || err.Error() != want {
			t.Errorf("%q: error\n%v, not\n%s", row.text, err, want)
		}
	}
	if _, err := geo.ParseLatency("192.0.2.0/24 ams 12", "latency.txt", nil); err == nil {
		t.Error("a colo of no network is taken")
	}
}

// The rows are latency tables, and the order that each makes of lhr ams iad sjc nrt sin, that of the distances from London.
func TestLatencyOverDistance(t *testing.T) {
	n := network(t, demo...)
	for _, row := range []struct{ what, table, order string }{
		{"nothing", "", "lhr ams iad sjc nrt sin"},
		{"nothing but words", " # nothing yet\n\n\t; nor here", "lhr ams iad sjc nrt sin"},
		{"one colo has nothing to be compared with", "10.0.0.0/8 sin 1", "lhr ams iad sjc nrt sin"},
		{"two change places", "10.0.0.0/8 lhr 30\n10.0.0.0/8 iad 20", "iad ams lhr sjc nrt sin"},
		{"behind a byte order mark", "\ufeff10.0.0.0/8 lhr 30\n10.0.0.0/8 iad 20", "iad ams lhr sjc nrt sin"},
		{"two that stand right", "10.0.0.0/8 lhr 20\n10.0.0.0/8 iad 30", "lhr ams iad sjc nrt sin"},
		{"equal ones stay", "10.0.0.0/8 sin 20\n10.0.0.0/8 lhr 20.0\n10.0.0.0/8 iad 10", "iad ams lhr sjc nrt sin"},
		{"a full table, however it is written", "10.0.0.0/8 lhr 60\n10.0.0.0/8,ams,50\n10.0.0.0/8, iad, 40\n10.0.0.0/8\tsjc\t30 ; why\r\n10.0.0.0/8 nrt 20\n10.0.0.0/8 sin 9.5",
			"sin nrt sjc iad ams lhr"},
		{"a shorter prefix says nothing", "10.0.0.0/8 lhr 30\n10.0.0.0/8 iad 20\n10.0.0.0/16 ams 20\n10.0.0.0/16 iad 10", "lhr iad ams sjc nrt sin"},
		{"not even where the longer one has nothing to compare", "10.0.0.0/8 lhr 30\n10.0.0.0/8 iad 20\n10.0.0.0/16 ams 20", "lhr ams iad sjc nrt sin"},
		{"other networks", "11.0.0.0/8 lhr 30\n11.0.0.0/8 iad 20\n::/0 lhr 30\n::/0 iad 20", "lhr ams iad sjc nrt sin"},
	} {
		m := compile(t, geo.Options{Network: n, Fallback: demo[1].Location, Latency: latency(t, row.table, n)})
		region, _ := m.Lookup(netip.MustParseAddr("10.0.0.1"))
		if got := names(n, region); got != row.order {
			t.Errorf("%s: %s, not %s", row.what, got, row.order)
		}
	}
}
