package admin

import (
	"errors"
	"net/http/httptest"
	"testing"

	"leeward/zones"
)

func TestZoneList(t *testing.T) {
	all := []Zone{{Origin: "a.example."}, {Origin: "b.example.", Warnings: []string{"same serial"}}, {Origin: "c.test.", Error: "line 3: unknown TYPE"}}
	for _, row := range []struct {
		query, first, refused string
		matched, listed       int
	}{
		{"", "c.test.", "", 3, 3},
		{"match=EXAMPLE", "b.example.", "", 2, 2},
		{"match=unknown+type", "c.test.", "", 1, 1},
		{"match=serial", "b.example.", "", 1, 1},
		{"match=nothing", "", "", 0, 0},
		{"limit=1", "c.test.", "", 3, 1},
		{"limit=0", "", `limit "0": a number from 1 to 1000 is wanted`, 0, 0},
		{"limit=1001", "", `limit "1001": a number from 1 to 1000 is wanted`, 0, 0},
		{"limit=many", "", `limit "many": a number from 1 to 1000 is wanted`, 0, 0},
	} {
		got, err := zoneList(httptest.NewRequest("GET", "/v1/zones?"+row.query, nil), all)
		if row.refused != "" || err != nil {
			if err == nil || err.Error() != row.refused {
				t.Errorf("%s: %v", row.query, err)
			}
			continue
		}
		list := got.(ZoneList)
		if list.All != 3 || list.Matched != row.matched || len(list.Zones) != row.listed || row.listed > 0 && list.Zones[0].Origin != row.first {
			t.Errorf("%s: %+v", row.query, list)
		}
	}
}

// asked is a node that says what it was asked for.
type asked func(name zones.Name, qtype uint16) (Flows, error)

func (a asked) Flows(name zones.Name, qtype uint16) (Flows, error) { return a(name, qtype) }

func TestFlowsAreAskedFor(t *testing.T) {
	stop := errors.New("asked")
	for _, row := range []struct {
		query, name string
		qtype       uint16
		refused     string
	}{
		{"", "", 0, ""},
		{"type=AAAA", "", 0, ""},
		{"name=www.example.com", "www.example.com.", 1, ""},
		{"name=www.example.com&type=aaaa", "www.example.com.", 28, ""},
		{"name=www.example.com&type=MX", "", 0, `type "MX": only A and AAAA are steered`},
		{"name=a..b", "", 0, `name "a..b" is no domain name`},
	} {
		var name zones.Name
		var kind uint16
		_, err := flows(httptest.NewRequest("GET", "/v1/flows?"+row.query, nil), asked(func(n zones.Name, q uint16) (Flows, error) {
			name, kind = n, q
			return Flows{}, stop
		}))
		switch {
		case row.refused != "":
			if err == nil || err.Error() != row.refused {
				t.Errorf("%s: %v", row.query, err)
			}
		case err != stop || kind != row.qtype || row.name == "" && name != "" || row.name != "" && name.String() != row.name:
			t.Errorf("%s: %q %d, %v", row.query, name, kind, err)
		}
	}
}
