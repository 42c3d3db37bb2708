package plan

import (
	"strings"
	"testing"
)

func TestPlaces(t *testing.T) {
	w := Six()
	ams := Uplink{"ams", "northway"}
	for _, row := range []struct {
		uplinks []Uplink
		want    string
	}{
		{w.Through("northway"), "upstream:northway"},
		{w.Of("iad"), "colo:iad"},
		{w.Of("ams"), "colo:ams"},
		{[]Uplink{ams}, "uplink:ams/northway"},
		{append(w.Through("eastlink"), w.Of("iad")...), "upstream:eastlink colo:iad"},
		{w.Uplinks(), "upstream:northway upstream:eastlink upstream:transpac"},
		{append(w.Of("sjc"), ams), "colo:sjc uplink:ams/northway"},
		{nil, ""},
	} {
		if got := strings.Join(w.Places(row.uplinks), " "); got != row.want {
			t.Errorf("%v: %q, not %q", row.uplinks, got, row.want)
		}
	}
}
