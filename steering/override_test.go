package steering

import (
	"testing"
	"time"
)

func TestParsePlace(t *testing.T) {
	for s, want := range map[string]string{
		"colo:ams":                     "colo:ams",
		"upstream:northway":            "upstream:northway",
		"uplink:ams/northway":          "uplink:ams/northway",
		"uplink:ams/northway+eastlink": "uplink:ams/eastlink+northway",
	} {
		if got, err := ParsePlace(s); err != nil || string(got) != want {
			t.Errorf("%s: got %s, %v", s, got, err)
		}
	}
	for s, want := range map[string]string{
		"ams":          `"ams" is no target: colo:NAME, uplink:COLO/UPSTREAM or upstream:NAME is wanted`,
		"rack:7":       `"rack:7": rack is none of colo, uplink, upstream`,
		"uplink:ams":   `"uplink:ams": an uplink is written uplink:COLO/UPSTREAM`,
		"colo:":        "colo without a name",
		"uplink:ams/":  "uplink without a name",
		"colo:a b":     `colo "a b": a name has no space and none of / : + , "`,
		"uplink:a/n++": "uplink without a name",
	} {
		if got, err := ParsePlace(s); err == nil || err.Error() != want {
			t.Errorf("%s: got %s, %v", s, got, err)
		}
	}
}

func TestOverrideOrder(t *testing.T) {
	at := func(version uint64, issuer string) Override { return Override{Version: version, Issuer: issuer} }
	for _, row := range []struct {
		a, b Override
		want bool
	}{
		{at(2, "a"), at(1, "z"), true},
		{at(1, "z"), at(2, "a"), false},
		{at(1, "b"), at(1, "a"), true},
		{at(1, "a"), at(1, "a"), false},
	} {
		if got := row.a.Beats(row.b); got != row.want {
			t.Errorf("%+v beats %+v: %v", row.a, row.b, got)
		}
	}
}

func TestOverrideLife(t *testing.T) {
	forever, hour := drain("colo:a"), drain("colo:a")
	hour.Until = testNow.Add(time.Hour)
	ended := Override{Action: Undrain, Issued: testNow}
	for _, row := range []struct {
		name                string
		o                   Override
		after               time.Duration
		active, forgettable bool
	}{
		{"without end", forever, 1000 * time.Hour, true, false},
		{"before its end", hour, 59 * time.Minute, true, false},
		{"at its end", hour, time.Hour, false, false},
		{"long after", hour, 31 * 24 * time.Hour, false, true},
		{"undrained", ended, time.Hour, false, false},
		{"undrained long ago", ended, 31 * 24 * time.Hour, false, true},
	} {
		now := testNow.Add(row.after)
		if row.o.Active(now) != row.active || row.o.Forgettable(now) != row.forgettable {
			t.Errorf("%s: active %v, forgettable %v", row.name, row.o.Active(now), row.o.Forgettable(now))
		}
	}
}

func TestCovers(t *testing.T) {
	n := demo(t)
	for place, want := range map[Place]int{"colo:ams": 2, "upstream:northway": 3, "uplink:nrt/transpac": 1, "colo:xxx": 0} {
		if got := n.Covers(place); len(got) != want {
			t.Errorf("%s covers %v", place, got)
		}
	}
	if got := len(n.Places()); got != 6+9+3 {
		t.Errorf("%d places", got)
	}
}
